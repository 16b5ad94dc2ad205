//! A stay without a document number: its name is all that says whose it is, and whoever agreed, agreed to
//! that.

use doorstep_tests::BarePhone;
use doorstep_tests::world::AREA;
use serde_json::{Value as Json, json};
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::Outcome;

use super::swapped::{VICTIM, VICTIMS, agreed, community, person_changed};
use super::{NAME, Scene, yes};

/// Our app asks for a number; what another wrote may have none.
struct Unnumbered {
    scene: Scene,
    phone: BarePhone,
    stay: Document,
}

const STAY: RecordId = RecordId([9; 16]);

impl Unnumbered {
    fn new() -> Self {
        let mut scene = Scene::new();
        scene.stay = STAY.to_string();
        let phone = scene.world.bare_phone("王建国", Role::Coordinator, AREA);
        let stay = Document::genesis(Kind::Residency).unwrap();
        let mut made = Self { scene, phone, stay };
        let home = made.scene.home.clone();
        made.write(&[("premises", &home), ("name", NAME), ("phone", "19900007771")]);
        made
    }

    /// Writes values, or clears them.
    fn write(&mut self, values: &[(&str, &str)]) {
        let value = |value: &str| match value {
            "" => Value::Null,
            value => Value::from(value),
        };
        let values: Vec<_> = values.iter().map(|(key, of)| (*key, value(of))).collect();
        let change = self.phone.edit(&mut self.stay, &values).bytes;
        let push = self.phone.push_request(AREA, STAY, Kind::Residency, &[&change]);
        let verdicts = self.phone.sync(&push).verdicts;
        assert!(matches!(verdicts[..], [Outcome::Accepted { .. }]), "{verdicts:?}");
    }

    fn is_there(&self) -> bool {
        self.scene.phone.client().sync().unwrap();
        self.scene.phone.client().read(STAY.to_string()).is_ok()
    }
}

const TYPE: (&str, &str) = ("document_type", "resident_id");

#[test]
fn that_became_anothers_after_two_agreed_is_neither_handed_out_nor_erased() {
    let others: [&[(&str, &str)]; 3] = [
        &[TYPE, ("document_number", VICTIMS), ("name", VICTIM)],
        &[TYPE, ("document_number", VICTIMS)],
        &[("name", VICTIM)],
    ];
    for (kind, way) in [("access", "hand-out"), ("erasure", "erase")] {
        let mut stay = Unnumbered::new();
        let by = community(&stay.scene);
        let request = agreed(&stay.scene, &by, kind);
        for other in others {
            stay.write(other);
            let refused = by[1].refused(&format!("{request}/{way}"), &json!({}));
            assert_eq!(refused, person_changed(), "{kind} {other:?}");
            assert_eq!(by[1].get(&request)["state"], "open");
            stay.write(&[("document_number", ""), ("name", NAME)]);
        }
        assert!(stay.is_there());
    }
}

#[test]
fn whoever_agrees_sees_the_name_and_to_another_spelling_of_it_they_agree_anew() {
    let mut stay = Unnumbered::new();
    let by = community(&stay.scene);
    let request = agreed(&stay.scene, &by, "access");
    let seen = by[1].get(&request);
    assert_eq!((&seen["name"], &seen["number"]), (&json!(NAME), &Json::Null));
    stay.write(&[("name", "欧阳春小")]);
    let hand_out = format!("{request}/hand-out");
    assert_eq!(by[1].refused(&hand_out, &json!({})), person_changed());
    assert_eq!(by[0].post_json(&format!("{request}/change"), &stay.scene.asked("access")), 204);
    for other in &by[1..] {
        assert_eq!(other.post_json(&format!("{request}/approve"), &yes(2)), 204);
    }
    let (status, held) = by[1].answer("POST", &hand_out, Some(&json!({})));
    assert_eq!(status, 200, "{held}");
    assert!(held.contains("欧阳春小"), "{held}");
}

#[test]
fn with_neither_number_nor_name_nothing_tells_whose_it_is_and_nothing_is_taken_in() {
    let mut stay = Unnumbered::new();
    stay.write(&[("name", "")]);
    let scene = stay.scene;
    for kind in ["access", "erasure"] {
        let refused = scene.taker.refused("/v1/requests", &scene.asked(kind));
        assert_eq!(refused, (422, "request_number_missing".to_owned()));
    }
}
