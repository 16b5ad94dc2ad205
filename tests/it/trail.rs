//! The audit trail: what is done and its entry stand together, and nothing that stands is changed.

mod commands;
mod denials;
mod leaks;
mod noted;
pub(crate) mod reading;
mod showing;
mod verify;

use doorstep::store::trail::{self, Kept};
use doorstep::store::{Store, StoreError, catalogue, data_keys};
use doorstep::trail::{Act, Actor, Entry, chain, note, note_apart};
use doorstep_tests::TestDatabase;
use doorstep_tests::world::{AREA, NOW};
use sync_protocol::ids::PersonId;

pub(crate) fn all(store: &Store) -> Vec<Kept> {
    store.read(|db| trail::entries(db, 0, u64::MAX >> 1, 10_000)).unwrap()
}

fn entry(number: u8) -> Entry {
    let who = Actor::Staff(PersonId([number; 16]));
    Entry::new(Act::ReportRead, who, NOW + i64::from(number)).area(AREA)
}

#[test]
fn an_entry_stands_when_what_was_done_stands_and_not_otherwise() {
    let database = TestDatabase::migrated();
    let store = database.store();
    store.transaction(|db| data_keys::begin(db, NOW)).unwrap();
    assert_eq!(store.transaction(|db| note(db, &entry(1))).unwrap(), 1);
    let undone: Result<(), StoreError> = store.transaction(|db| {
        assert_eq!(note(db, &entry(2))?, 2);
        Err(StoreError::Corrupt("what was to be done"))
    });
    assert!(undone.is_err());
    assert_eq!(note_apart(&store, &entry(3).reason("租客来电核实")).unwrap(), 2);
    let all = all(&store);
    let actors: Vec<&str> = all.iter().map(|kept| kept.actor.as_str()).collect();
    let person = |number: u8| format!("staff:{}", PersonId([number; 16]));
    assert_eq!(actors, [person(1), person(3)]);
    let reason = all[1].reason.as_deref().and_then(doorstep::trail::reason::words);
    assert_eq!(reason, Some("租客来电核实"));
}

#[test]
fn places_are_gapless_and_chained_however_many_note_at_once() {
    let database = TestDatabase::migrated();
    let store = database.store();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let store = &store;
            scope.spawn(move || {
                (0..10).for_each(|_| {
                    note_apart(store, &entry(number)).unwrap();
                });
            });
        }
    });
    let mut before = chain::start().to_vec();
    let all = all(&store);
    assert_eq!(all.len(), 80);
    for (kept, place) in all.iter().zip(1..) {
        assert_eq!(kept.place, place);
        assert_eq!(kept.chain, chain::next(&before, kept));
        before.clone_from(&kept.chain);
    }
}

#[test]
fn the_database_itself_refuses_to_change_or_lose_an_entry() {
    let database = TestDatabase::migrated();
    let store = database.store();
    note_apart(&store, &entry(1)).unwrap();
    let before = all(&store);
    for sql in [
        "UPDATE trail SET actor = 'nobody'",
        "DELETE FROM trail",
        "TRUNCATE trail",
        "DELETE FROM trail_head",
        "TRUNCATE trail_head",
        "UPDATE trail_head SET place = 0",
        "UPDATE trail_head SET chain = sha256(chain)",
    ] {
        assert!(store.transaction(|db| catalogue::run(db, sql)).is_err(), "{sql}");
    }
    assert_eq!(all(&store), before);
}
