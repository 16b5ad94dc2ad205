//! Changes that build on others that have not arrived: held, released, or given up after 30 days.

use doorstep::sync::expiry::{PATIENCE_MS, expire};
use doorstep_tests::world::{AREA, World};
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{Outcome, Request};

const HOME: RecordId = RecordId([5; 16]);

#[test]
fn held_and_released_as_a_whole_a_chain_of_changes_that_arrives_backwards() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let changes: Vec<Vec<u8>> = (1..=4)
        .map(|rooms| phone.edit(&mut document, &[("rooms", Value::from(rooms))]).bytes)
        .collect();
    for change in changes.iter().skip(1).rev() {
        let request = phone.push_request(AREA, HOME, Kind::Premises, &[change]);
        let outcome = phone.sync(&request).verdicts[0].outcome.clone();
        assert!(matches!(outcome, Outcome::Held { .. }), "{outcome:?}");
        // The same push is answered in the same way.
        assert_eq!(phone.sync(&request).verdicts[0].outcome, outcome);
    }
    let first = phone.push_request(AREA, HOME, Kind::Premises, &[&changes[0]]);
    let answer = phone.sync(&first);
    assert_eq!(answer.verdicts[0].outcome, Outcome::Accepted { seq: 1 });
    let late: Vec<&Outcome> = answer.late.iter().map(|late| &late.verdict.outcome).collect();
    let places = [2, 3, 4].map(|seq| Outcome::Accepted { seq });
    assert_eq!(late, places.iter().collect::<Vec<_>>());
}

#[test]
fn one_held_record_holds_no_other_up() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    phone.edit(&mut document, &[("rooms", Value::from(1))]);
    let orphan = phone.edit(&mut document, &[("rooms", Value::from(2))]).bytes;
    let mut other = Document::genesis(Kind::Premises).unwrap();
    let good = phone.edit(&mut other, &[("rooms", Value::from(3))]).bytes;
    let mut push = phone.push_request(AREA, HOME, Kind::Premises, &[&orphan]).push;
    push.extend(phone.push_request(AREA, RecordId([6; 16]), Kind::Premises, &[&good]).push);
    let answer = phone.sync(&phone.signed(push));
    assert!(matches!(answer.verdicts[0].outcome, Outcome::Held { .. }));
    assert_eq!(answer.verdicts[1].outcome, Outcome::Accepted { seq: 1 });
}

#[test]
fn after_thirty_days_it_lies_in_quarantine_and_the_phone_is_told() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    phone.edit(&mut document, &[("rooms", Value::from(1))]);
    let orphan = phone.edit(&mut document, &[("rooms", Value::from(2))]).bytes;
    phone.sync(&phone.push_request(AREA, HOME, Kind::Premises, &[&orphan]));
    let now = doorstep::clock::now_ms();
    assert_eq!(expire(&world.store, now + PATIENCE_MS - 60_000).unwrap(), 0);
    assert_eq!(expire(&world.store, now + PATIENCE_MS + 60_000).unwrap(), 1);
    let late = phone.sync(&Request::idle("tests")).late;
    assert!(matches!(&late[0].verdict.outcome, Outcome::Rejected { code, .. }
        if code == "held_too_long"));
}
