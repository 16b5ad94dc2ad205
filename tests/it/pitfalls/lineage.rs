//! Changes with a wrong place in their record's history: refused one by one, and the record stays
//! good for honest edits, on the server and on every phone.

use automerge::transaction::Transactable;
use automerge::{ObjType, ROOT};
use doorstep::store::catalogue;
use doorstep_tests::handset::{address_code, number, text};
use doorstep_tests::outcomes::{code, only, outcomes};
use doorstep_tests::world::{AREA, World};
use doorstep_tests::{BarePhone, Handset, mirror, rogue};
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::derived::premises_id;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::Outcome;

/// A record that an honest phone has opened, and a phone that reads along.
struct Scene {
    world: World,
    phone: BarePhone,
    reader: Handset,
    document: Document,
    record: RecordId,
}

impl Scene {
    fn new() -> Self {
        let world = World::new();
        let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
        let reader = Handset::enrol(&world, &world.url, "王建国", Role::Coordinator, AREA);
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let record = premises_id(&address_code(AREA, 1));
        let values = [("address_code", Value::from(address_code(AREA, 1)))];
        let first = phone.edit(&mut document, &values).bytes;
        let scene = Self { world, phone, reader, document, record };
        assert_eq!(scene.push(&first), Outcome::Accepted { seq: 1 });
        scene.reader.client().sync().unwrap();
        scene
    }

    fn push(&self, change: &[u8]) -> Outcome {
        only(&self.phone.sync(&self.request(change))).clone()
    }

    fn refused(&self, change: &[u8]) -> String {
        code(&self.phone.sync(&self.request(change))).to_owned()
    }

    fn request(&self, change: &[u8]) -> sync_protocol::wire::Request {
        self.phone.push_request(AREA, self.record, Kind::Premises, &[change])
    }

    /// An honest edit, that of a phone which never saw what was refused, arrives everywhere.
    fn an_honest_edit_succeeds(&mut self, honest: &[u8]) {
        assert!(matches!(self.push(honest), Outcome::Accepted { .. }));
        let answer = self.reader.write(AREA, 1, vec![number("floor", 3)]);
        assert!(answer.is_some());
        let fresh = Handset::enrol(&self.world, &self.world.url, "赵敏", Role::Coordinator, AREA);
        for phone in [&self.reader, &fresh] {
            assert_eq!(phone.client().sync().unwrap().rejected, 0);
        }
        let server = mirror::shown(&self.world, AREA);
        assert_eq!(server[&self.record.to_string()]["use"], Value::from("shop"));
        for phone in [&self.reader, &fresh] {
            assert_eq!(phone.shown(), server);
            assert_eq!(phone.digests(), mirror::digests(&self.world, AREA));
        }
    }
}

/// A change whose first operation has another number is refused; the honest one is not.
fn start_op(number: impl FnOnce(u64) -> u64) {
    let mut scene = Scene::new();
    let mut edited = scene.document.clone();
    let honest = scene.phone.edit(&mut edited, &[("use", Value::from("shop"))]).bytes;
    let forged = rogue::forge(&honest, |change| {
        change.start_op = number(change.start_op.get()).try_into().unwrap();
    });
    assert_eq!(scene.refused(&forged), "wrong_start_op");
    // Alone and with an honest change behind it in one push.
    let mut request = scene.request(&forged);
    request.push[0].changes.push(honest.clone().into());
    let answer = scene.phone.sync(&scene.phone.signed(request.push));
    let [first, second] = outcomes(&answer)[..] else { panic!("two outcomes") };
    assert!(matches!(first, Outcome::Rejected { code, .. } if code == "wrong_start_op"));
    assert!(matches!(second, Outcome::Accepted { .. }));
    let again = scene.phone.push_request(AREA, scene.record, Kind::Premises, &[&honest]);
    assert!(matches!(only(&scene.phone.sync(&again)), Outcome::Duplicate { .. }));
    scene.document = edited;
    let floor = scene.phone.edit(&mut scene.document, &[("room", Value::from("301"))]).bytes;
    scene.an_honest_edit_succeeds(&floor);
}

#[test]
fn start_op_poisoned_is_refused_and_the_record_stays_editable() {
    start_op(|_| u64::from(u32::MAX));
}

#[test]
fn start_op_too_low_is_refused_and_the_record_stays_editable() {
    start_op(|honest| honest - 1);
}

#[test]
fn start_op_too_high_is_refused_and_the_record_stays_editable() {
    start_op(|honest| honest + 1);
}

#[test]
fn duplicate_actor_and_seq_is_refused_and_the_record_stays_editable() {
    let mut scene = Scene::new();
    let mut twin = scene.document.clone();
    let honest = scene.phone.edit(&mut scene.document, &[("use", Value::from("shop"))]).bytes;
    let other = scene.phone.edit(&mut twin, &[("use", Value::from("vacant"))]).bytes;
    scene.an_honest_edit_succeeds(&honest);
    assert_eq!(scene.refused(&other), "forked");
    assert_eq!(mirror::names(&scene.world, AREA).len(), 3);
}

#[test]
fn genesis_of_another_version_is_refused_and_what_builds_on_it_touches_no_record() {
    let mut scene = Scene::new();
    let (genesis, edit) = rogue::other_genesis(scene.phone.actor());
    // Unknown here, it might still come: what builds on it is held, not accepted.
    let elsewhere = RecordId([9; 16]);
    let push = |record, change: &[u8]| {
        scene.phone.sync(&scene.phone.push_request(AREA, record, Kind::Premises, &[change]))
    };
    assert!(matches!(only(&push(elsewhere, &edit)), Outcome::Held { .. }));
    assert_eq!(code(&push(elsewhere, &genesis)), "foreign_actor");
    assert_eq!(code(&push(scene.record, &genesis)), "foreign_actor");
    assert_eq!(code(&push(scene.record, &edit)), "missing_dependency");
    assert_eq!(mirror::names(&scene.world, AREA).len(), 1);
    let honest = scene.phone.edit(&mut scene.document, &[("use", Value::from("shop"))]).bytes;
    scene.an_honest_edit_succeeds(&honest);
}

#[test]
fn container_created_twice_is_refused_and_two_first_notes_both_stand() {
    let mut scene = Scene::new();
    let twice = rogue::change(&scene.document, scene.phone.actor(), |inner| {
        let text = inner.put_object(ROOT, "notes", ObjType::Text).unwrap();
        inner.update_text(&text, "mine alone").unwrap();
    });
    assert_eq!(scene.refused(&twice), "unknown_operation");
    // Two who write the first notes of a record offline.
    let values = [("use", Value::from("shop")), ("notes", "门铃坏了。".into())];
    let honest = scene.phone.edit(&mut scene.document, &values).bytes;
    let notes = text("notes", "请先打电话。");
    assert!(scene.reader.write(AREA, 1, vec![notes]).is_some());
    scene.an_honest_edit_succeeds(&honest);
    let server = mirror::shown(&scene.world, AREA);
    let notes = server[&scene.record.to_string()]["notes"].as_text().unwrap().to_owned();
    assert!(notes.contains("门铃坏了。") && notes.contains("请先打电话。"), "{notes}");
}

#[test]
fn partial_load_on_the_server_a_document_that_cannot_be_read_is_made_anew_from_the_log() {
    let mut scene = Scene::new();
    let other = scene.phone.push_request(
        AREA,
        RecordId([9; 16]),
        Kind::Premises,
        &[&scene
            .phone
            .edit(&mut Document::genesis(Kind::Premises).unwrap(), &[("rooms", 1.into())])
            .bytes],
    );
    assert!(matches!(only(&scene.phone.sync(&other)), Outcome::Accepted { .. }));
    let second = scene.phone.edit(&mut scene.document, &[("rooms", Value::from(2))]).bytes;
    assert!(matches!(scene.push(&second), Outcome::Accepted { .. }));
    // As far as the table says it holds the first change; its bytes are half of something else.
    let damage = format!(
        "INSERT INTO documents (area_id, record_id, seq, document)
         SELECT area_id, record_id, 1, substr(registers, 1, 20) FROM records
         WHERE record_id = '{}'::uuid
         ON CONFLICT (area_id, record_id)
         DO UPDATE SET seq = excluded.seq, document = excluded.document",
        scene.record
    );
    let damaged = || scene.world.store.transaction(|db| catalogue::run(db, &damage)).unwrap();
    assert_eq!(damaged(), 1);
    // A text is edited upon the document, a new phone fetches it: neither is held up.
    let notes = [("notes", Value::from("门铃坏了")), ("use", "shop".into())];
    let third = scene.phone.edit(&mut scene.document, &notes).bytes;
    assert!(matches!(scene.push(&third), Outcome::Accepted { .. }));
    assert_eq!(damaged(), 1);
    doorstep::sync::documents::refresh_area(&scene.world.store, mirror::scope(AREA)).unwrap();
    assert_eq!(damaged(), 1);
    let floor = scene.phone.edit(&mut scene.document, &[("room", Value::from("301"))]).bytes;
    scene.an_honest_edit_succeeds(&floor);
}
