//! Whoever looks after people of one area reaches no other through what these have there for somebody who
//! is absent, or will have.

use doorstep::absences::{self, Absence};
use doorstep::clock::now_ms;
use doorstep::trail::Actor;
use doorstep_tests::world::STREET;

use super::*;
use crate::permissions::somebody;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What somebody has besides.
type More = fn(&Scene);

/// An administrator of the second area alone, whose coordinator may have more.
struct Scene {
    world: World,
    administrator: Console,
    whose: PersonId,
    phone: String,
}

impl Scene {
    fn new() -> Self {
        let world = World::new();
        let (administrator, _) = somebody(&world, Role::Administrator, OTHER_AREA);
        let whose = world.person("周九", Role::Coordinator, OTHER_AREA);
        let phone = BarePhone::enrol(&world.url, &world.enrolment_code(whose));
        Self { world, administrator, whose, phone: phone.device.to_string() }
    }

    /// They stand in for somebody of the first area, from and until so many days from now.
    fn stands_in(&self, from: i64, until: i64) {
        let absent = self.world.person("赵六", Role::Coordinator, AREA);
        let now = now_ms();
        let (from_ms, until_ms) = (now + from * DAY, now + until * DAY);
        let new = Absence { person: absent, from_ms, until_ms, stand_in: Some(self.whose) };
        let by = (Actor::Operator("tests".to_owned()), from_ms.min(now));
        let set = self.world.store.transaction(|db| Ok(absences::set(db, operator(), &new, by)));
        set.unwrap().unwrap();
    }

    /// They have a role in the first area that begins and ends so many days from now.
    fn has_role(&self, from: i64, until: i64) {
        grant(&self.world, self.whose, AREA, Role::Coordinator);
        let moment = |days: i64| format!("to_timestamp({})", (now_ms() + days * DAY) / 1000);
        let sql = format!(
            "UPDATE person_roles SET valid_from = {}, valid_until = {}
              WHERE person_id = '{}'::uuid AND area_id = {AREA}",
            moment(from),
            moment(until),
            self.whose
        );
        assert_eq!(self.world.store.transaction(|db| catalogue::run(db, &sql)).unwrap(), 1);
    }

    /// What asking for a code for them is answered, and what letting their phone go on.
    fn answers(&self, by: &Console) -> (u16, u16) {
        let code = format!("/v1/people/{}/enrolment-code", self.whose);
        let invited = by.post_json(&code, &json!({ "server": self.world.url }));
        assert_eq!(act(by, &self.phone, "suspend"), 204);
        (invited, act(by, &self.phone, "resume"))
    }
}

#[test]
fn no_administrator_gives_a_phone_to_whoever_has_another_area_through_a_stand_in_or_soon() {
    let scene = Scene::new();
    assert_eq!(scene.answers(&scene.administrator), (200, 204));
    scene.stands_in(-2, -1);
    assert_eq!(scene.answers(&scene.administrator), (200, 204), "it is over");

    let more: [(&str, More); 4] = [
        ("stands in", |scene| scene.stands_in(-1, 1)),
        ("will stand in", |scene| scene.stands_in(1, 2)),
        ("has a role until a date", |scene| scene.has_role(-1, 1)),
        ("will have a role", |scene| scene.has_role(1, 2)),
    ];
    for (what, more) in more {
        let scene = Scene::new();
        more(&scene);
        assert_eq!(scene.answers(&scene.administrator), (403, 403), "{what}");
        // Of the street above both.
        let (above, _) = somebody(&scene.world, Role::Administrator, STREET);
        assert_eq!(scene.answers(&above), (200, 204), "{what}");
    }

    let scene = Scene::new();
    scene.has_role(-2, -1);
    assert_eq!(scene.answers(&scene.administrator), (200, 204), "what is over counts no more");
}

#[test]
fn a_phone_that_reads_an_area_through_a_stand_in_is_seen_and_stopped_by_that_areas_administrator() {
    let scene = Scene::new();
    let (of_first, _) = somebody(&scene.world, Role::Administrator, AREA);
    assert!(listed(&of_first, &scene.phone).is_none());
    assert_eq!(act(&of_first, &scene.phone, "suspend"), 404);
    scene.stands_in(-1, 1);
    assert_eq!(listed(&of_first, &scene.phone).unwrap()["person"]["name"], "周九");
    assert_eq!(act(&of_first, &scene.phone, "suspend"), 204);
    assert_eq!(act(&of_first, &scene.phone, "resume"), 403);
}
