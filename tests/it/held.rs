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
        let outcome = phone.sync(&request).verdicts[0].clone();
        assert!(matches!(outcome, Outcome::Held { .. }), "{outcome:?}");
        // The same push is answered in the same way.
        assert_eq!(phone.sync(&request).verdicts[0], outcome);
    }
    let first = phone.push_request(AREA, HOME, Kind::Premises, &[&changes[0]]);
    let answer = phone.sync(&first);
    assert_eq!(answer.verdicts[0], Outcome::Accepted { seq: 1 });
    let late: Vec<&Outcome> = answer.late.iter().map(|late| &late.verdict.outcome).collect();
    let places = [2, 3, 4].map(|seq| Outcome::Accepted { seq });
    assert_eq!(late, places.iter().collect::<Vec<_>>());
}

#[test]
fn what_waited_may_also_build_upon_a_change_that_its_author_has_gone_past() {
    let world = World::new();
    let [ann, ben, eve] =
        ["李春梅", "王建国", "赵敏"].map(|name| world.bare_phone(name, Role::Coordinator, AREA));
    let rooms = |number: i64| [("rooms", Value::from(number))];
    let mut anns = Document::genesis(Kind::Premises).unwrap();
    let early = ann.edit(&mut anns, &rooms(1)).bytes;
    let mut bens = Document::genesis(Kind::Premises).unwrap();
    let late = ben.edit(&mut bens, &rooms(2)).bytes;
    let mut eves = Document::genesis(Kind::Premises).unwrap();
    eves.apply([early.as_slice(), late.as_slice()]).unwrap();
    let both = eve.edit(&mut eves, &rooms(3)).bytes;
    let further = ann.edit(&mut anns, &rooms(4)).bytes;

    ann.sync(&ann.push_request(AREA, HOME, Kind::Premises, &[&early, &further]));
    let answer = eve.sync(&eve.push_request(AREA, HOME, Kind::Premises, &[&both]));
    assert!(matches!(answer.verdicts[0], Outcome::Held { .. }));
    ben.sync(&ben.push_request(AREA, HOME, Kind::Premises, &[&late]));
    let told = eve.sync(&Request::idle("tests")).late;
    assert_eq!(told[0].verdict.outcome, Outcome::Accepted { seq: 4 });
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
    assert!(matches!(answer.verdicts[0], Outcome::Held { .. }));
    assert_eq!(answer.verdicts[1], Outcome::Accepted { seq: 1 });
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
