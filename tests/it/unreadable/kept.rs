//! What waits, what was refused, and what is done behind the pushes.

use doorstep::sync::expiry::{PATIENCE_MS, expire};
use sync_protocol::wire::Request;

use super::*;

/// How many rows a table has of a record.
fn rows(world: &World, table: &str, record: RecordId) -> usize {
    run(world, &format!("SELECT FROM {table} WHERE record_id = '{record}'::uuid"))
}

/// Both homes have a change that waits for the one that is answered.
fn held(homes: &mut Homes) -> Vec<RecordPush> {
    let first = homes.edited("room", "501");
    let second = homes.edited("room", "502");
    assert_eq!(homes.pushed(second), ["held", "held"]);
    first
}

#[test]
fn one_that_waits_and_does_not_open_goes_on_waiting_and_its_record_goes_on_without() {
    let mut homes = Homes::new();
    let first = held(&mut homes);
    alter(&homes.world, ("held", "bytes"), home(1));
    assert_eq!(homes.pushed(first), ["accepted", "accepted"]);
    let waiting = |number| rows(&homes.world, "held", home(number));
    assert_eq!([waiting(1), waiting(2)], [1, 0]);
}

#[test]
fn it_is_not_given_up_before_it_opens_and_others_are() {
    let mut homes = Homes::new();
    held(&mut homes);
    alter(&homes.world, ("held", "bytes"), home(1));
    let late = doorstep::clock::now_ms() + PATIENCE_MS + 1_000;
    assert_eq!(expire(&homes.world.store, late).unwrap(), 1);
    assert_eq!(rows(&homes.world, "quarantine", home(2)), 1);
    alter(&homes.world, ("held", "bytes"), home(1));
    assert_eq!(expire(&homes.world.store, late).unwrap(), 1);
    assert_eq!(rows(&homes.world, "held", home(1)), 0);
}

#[test]
fn a_late_verdict_that_does_not_open_keeps_no_other_from_its_phone() {
    let mut homes = Homes::new();
    let first = held(&mut homes);
    homes.pushed(first);
    alter(&homes.world, ("late_verdicts", "outcome"), home(1));
    let told = homes.li.sync(&Request::idle("tests")).late;
    let told: Vec<RecordId> = told.iter().map(|late| late.verdict.record).collect();
    assert_eq!(told, [home(2)]);
}

#[test]
fn documents_of_others_are_brought_up_to_date() {
    let mut homes = Homes::new();
    let push = homes.edited("room", "501");
    homes.pushed(push);
    alter(&homes.world, KEY, home(1));
    run(&homes.world, "DELETE FROM documents");
    documents::refresh_area(&homes.world.store, mirror::scope(AREA)).unwrap();
    let kept = |number| rows(&homes.world, "documents", home(number));
    assert_eq!([kept(1), kept(2)], [0, 1]);
}
