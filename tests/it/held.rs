//! Changes that build on others that have not arrived: held, released, or given up after 30 days.

use std::thread;

use doorstep::store::catalogue;
use doorstep::sync::expiry::{PATIENCE_MS, expire};
use doorstep_tests::BarePhone;
use doorstep_tests::gate::Gate;
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

/// An orphan of a record that has waited since 1970, and the change that it waits for.
fn waits(world: &World, phone: &BarePhone, record: RecordId) -> [Vec<u8>; 2] {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let [first, orphan] =
        [1, 2].map(|rooms| phone.edit(&mut document, &[("rooms", Value::from(rooms))]).bytes);
    let answer = phone.sync(&phone.push_request(AREA, record, Kind::Premises, &[&orphan]));
    assert!(matches!(answer.verdicts[0], Outcome::Held { .. }));
    let age = "UPDATE held SET received_at = 0";
    world.store.transaction(|db| catalogue::run(db, age)).unwrap();
    [first, orphan]
}

#[test]
fn what_is_given_up_just_when_it_is_let_in_gets_one_verdict() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let [first, _] = waits(&world, &phone, HOME);
    let push = phone.push_request(AREA, HOME, Kind::Premises, &[&first]);
    // Whoever gives it up has seen it, and waits where it writes; the push has another way.
    let gate = Gate::hold(&world.store, vec!["LOCK TABLE quarantine IN EXCLUSIVE MODE".to_owned()]);
    let given_up = thread::scope(|scope| {
        let given_up = scope.spawn(|| expire(&world.store, doorstep::clock::now_ms()).unwrap());
        gate.wait_for(1);
        let pushed = scope.spawn(|| phone.sync(&push));
        while !pushed.is_finished() && gate.waiting() < 2 {
            thread::yield_now();
        }
        gate.open();
        assert_eq!(pushed.join().unwrap().verdicts[0], Outcome::Accepted { seq: 1 });
        given_up.join().unwrap()
    });
    assert_eq!(given_up, 1);
    let late = phone.sync(&Request::idle("tests")).late;
    let told: Vec<&Outcome> = late.iter().map(|late| &late.verdict.outcome).collect();
    assert!(
        matches!(told[..], [Outcome::Rejected { code, .. }] if code == "held_too_long"),
        "{told:?}"
    );
    let logged = "SELECT 1 FROM changes WHERE seq > 1";
    assert_eq!(world.store.read(|db| catalogue::run(db, logged)).unwrap(), 0);
}

#[test]
fn one_that_cannot_be_opened_keeps_no_other_from_being_given_up() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let run = |sql: &str| world.store.transaction(|db| catalogue::run(db, sql)).unwrap();
    waits(&world, &phone, HOME);
    assert_eq!(run("UPDATE held SET bytes = substring(bytes FROM 2)"), 1);
    let others = [6, 7].map(|number| RecordId([number; 16]));
    others.iter().for_each(|record| drop(waits(&world, &phone, *record)));
    assert_eq!(expire(&world.store, doorstep::clock::now_ms()).unwrap(), 2);
    let late = phone.sync(&Request::idle("tests")).late;
    let told: Vec<RecordId> = late.iter().map(|late| late.verdict.record).collect();
    assert_eq!(told, others);
    assert_eq!(run("SELECT 1 FROM held"), 1, "what cannot be opened is left for whoever mends it");
}
