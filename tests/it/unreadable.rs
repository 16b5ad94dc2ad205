//! A record of which a key or a value does not open: its changes wait on the phones, whatever else there
//! is goes on, and once it is mended nothing is missing.

mod erasing;
mod kept;
mod pulls;
mod rotations;

use doorstep::store::catalogue;
use doorstep::sync::documents;
use doorstep_tests::world::{AREA, OTHER_AREA, World};
use doorstep_tests::{BarePhone, mirror};
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::derived::premises_id;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{Outcome, RecordPush};

fn run(world: &World, sql: &str) -> usize {
    world.store.transaction(|db| catalogue::run(db, sql)).unwrap()
}

/// Alters a value of a record; the same once more puts it right.
fn alter(world: &World, value: (&str, &str), record: RecordId) {
    let (table, column) = value;
    let byte = format!("set_byte({column}, 20, 255 - get_byte({column}, 20))");
    let of = format!("record_id = '{record}'::uuid");
    let sql = format!("UPDATE {table} SET {column} = {byte} WHERE {of} AND length({column}) > 20");
    assert!(run(world, &sql) > 0, "{sql}");
}

const KEY: (&str, &str) = ("record_keys", "wrapped");

fn home(number: u32) -> RecordId {
    premises_id(&format!("210102001001{number:09}"))
}

/// A phone with two homes, both in the log.
struct Homes {
    world: World,
    li: BarePhone,
    documents: [Document; 2],
}

impl Homes {
    fn new() -> Self {
        let world = World::new();
        let li = world.bare_phone("李春梅", Role::Coordinator, AREA);
        let documents = [(); 2].map(|()| Document::genesis(Kind::Premises).unwrap());
        let mut homes = Self { world, li, documents };
        let push = homes.edited("notes", "门铃坏了。");
        assert_eq!(homes.pushed(push), ["accepted", "accepted"]);
        documents::refresh_area(&homes.world.store, mirror::scope(AREA)).unwrap();
        homes
    }

    /// A change of each.
    fn edited(&mut self, key: &str, value: &str) -> Vec<RecordPush> {
        let li = &self.li;
        let change = |document: &mut Document| li.edit(document, &[(key, value.into())]).bytes;
        let changes = self.documents.each_mut().map(change);
        (1..).zip(changes).map(|(number, change)| of(AREA, home(number), change)).collect()
    }

    fn pushed(&self, push: Vec<RecordPush>) -> Vec<&'static str> {
        outcomes(&self.li, push)
    }
}

fn of(area: AreaId, record: RecordId, change: Vec<u8>) -> RecordPush {
    RecordPush { area, record, kind: Kind::Premises, changes: vec![change.into()] }
}

fn outcomes(phone: &BarePhone, push: Vec<RecordPush>) -> Vec<&'static str> {
    let verdicts = phone.sync(&phone.signed(push)).verdicts;
    let word = |outcome: &Outcome| match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Duplicate { .. } => "duplicate",
        Outcome::Held { .. } => "held",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Retry { .. } => "retry",
        Outcome::Dismissed { .. } => "dismissed",
    };
    verdicts.iter().map(word).collect()
}

#[test]
fn its_changes_are_put_off_those_of_others_are_taken_and_nothing_is_lost() {
    for value in [KEY, ("records", "registers")] {
        let mut homes = Homes::new();
        alter(&homes.world, value, home(1));
        let push = homes.edited("room", "501");
        assert_eq!(homes.pushed(push.clone()), ["retry", "accepted"], "{value:?}");
        alter(&homes.world, value, home(1));
        assert_eq!(homes.pushed(push), ["accepted", "duplicate"], "{value:?}");
    }
}

#[test]
fn a_text_of_a_record_whose_log_does_not_open_is_put_off() {
    let mut homes = Homes::new();
    let values = [("changes", "bytes"), ("documents", "document")];
    values.iter().for_each(|value| alter(&homes.world, *value, home(1)));
    let push = homes.edited("notes", "门铃修好了。");
    assert_eq!(homes.pushed(push.clone()), ["retry", "accepted"]);
    values.iter().for_each(|value| alter(&homes.world, *value, home(1)));
    assert_eq!(homes.pushed(push), ["accepted", "duplicate"]);
}

#[test]
fn so_is_a_new_record_of_which_only_something_refused_is_kept_under_a_key_that_does_not_open() {
    let mut homes = Homes::new();
    let mut document = Document::genesis(Kind::Premises).unwrap();
    // Coordinators do not set the tier.
    let tier = homes.li.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    assert_eq!(homes.pushed(vec![of(AREA, home(3), tier)]), ["rejected"]);
    alter(&homes.world, KEY, home(3));
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let room = homes.li.edit_at(&mut document, 1_795_000_001, &[("room", "1".into())]).bytes;
    let mut push = homes.edited("room", "501");
    push.push(of(AREA, home(3), room));
    assert_eq!(homes.pushed(push), ["accepted", "accepted", "retry"]);
}

#[test]
fn so_is_what_somebody_may_not_write_in_an_area_if_it_cannot_be_kept_there() {
    let mut homes = Homes::new();
    let elsewhere = |push: Vec<RecordPush>| {
        push.into_iter().map(|part| RecordPush { area: OTHER_AREA, ..part }).collect()
    };
    let first = elsewhere(homes.edited("room", "501"));
    assert_eq!(homes.pushed(first), ["rejected", "rejected"]);
    run(
        &homes.world,
        &format!(
            "UPDATE record_keys SET wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20))
             WHERE area_id = {OTHER_AREA} AND record_id = '{}'::uuid",
            home(1)
        ),
    );
    let second = elsewhere(homes.edited("room", "502"));
    assert_eq!(homes.pushed(second), ["retry", "rejected"]);
}
