//! Pushes that name the old area: where they go, as whose, and what they are answered.

use automerge::ROOT;
use automerge::transaction::Transactable as _;
use doorstep::store::quarantine;
use doorstep_tests::{BarePhone, rogue};
use serde_json::json;
use sync_protocol::document::Document;
use sync_protocol::records::derived::premises_id;
use sync_protocol::records::{Kind, Value};
use sync_protocol::wire::{Bytes, RecordPush, Request};

use super::*;
use crate::console::Console;

pub(super) fn home() -> RecordId {
    premises_id(HOME)
}

/// A home in the first area, its document, and the phone that opened it.
pub(super) fn opened(world: &World) -> (BarePhone, Document, Request) {
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let values = [("address_code", Value::from(HOME)), ("use", "rented".into())];
    let change = phone.edit(&mut document, &values).bytes;
    let request = phone.push_request(AREA, home(), Kind::Premises, &[&change]);
    assert!(accepted(&outcomes(&phone.sync(&request))[0]));
    (phone, document, request)
}

pub(super) fn rooms(phone: &BarePhone, document: &mut Document, rooms: i64) -> Vec<u8> {
    phone.edit(document, &[("rooms", Value::from(rooms))]).bytes
}

pub(super) fn push(phone: &BarePhone, change: &[u8]) -> Request {
    phone.push_request(AREA, home(), Kind::Premises, &[change])
}

pub(super) fn moved(world: &World) {
    move_record(world, &home().to_string(), AREA, OTHER_AREA);
}

fn refused_in(world: &World, area: AreaId) -> Vec<quarantine::Kept> {
    let scope = operator().area(area);
    world.store.read(|db| quarantine::undecided(db, &[scope], 10)).unwrap()
}

#[test]
fn a_push_is_answered_alike_before_and_after_the_move_and_when_it_is_repeated() {
    let world = World::new();
    let (phone, mut document, first) = opened(&world);
    let before = outcomes(&phone.sync(&first));
    moved(&world);
    assert_eq!(outcomes(&phone.sync(&first)), before);
    // The same change in another push is a duplicate.
    let again = phone.signed(first.push.clone());
    assert!(matches!(outcomes(&phone.sync(&again))[0], Outcome::Duplicate { .. }));

    let change = rooms(&phone, &mut document, 2);
    let late = push(&phone, &change);
    let answer = outcomes(&phone.sync(&late));
    assert!(matches!(answer[0], Outcome::Accepted { .. }), "{answer:?}");
    for _ in 0..2 {
        assert_eq!(outcomes(&phone.sync(&late)), answer);
    }
    let again = phone.signed(late.push.clone());
    assert!(matches!(outcomes(&phone.sync(&again))[0], Outcome::Duplicate { .. }));
    // One push of something known and something new.
    let third = rooms(&phone, &mut document, 3);
    let both = phone.push_request(AREA, home(), Kind::Premises, &[&change, &third]);
    let answer = outcomes(&phone.sync(&both));
    assert!(answer.iter().all(accepted) && answer.len() == 2, "{answer:?}");
    nothing_is_doubled(&world, OTHER_AREA);
    hold(&world, &BOTH);
}

#[test]
fn one_push_of_what_stayed_and_what_moved_is_answered_for_all_of_it() {
    let world = World::new();
    let (phone, mut document, _) = opened(&world);
    moved(&world);
    let mut other = Document::genesis(Kind::Premises).unwrap();
    let stays = phone.edit(&mut other, &[("use", Value::from("shop"))]).bytes;
    let goes = rooms(&phone, &mut document, 2);
    let part = |record, change: &[u8]| RecordPush {
        area: AREA,
        record,
        kind: Kind::Premises,
        changes: vec![Bytes::from(change.to_vec())],
    };
    let request = phone.signed(vec![part(home(), &goes), part(RecordId([8; 16]), &stays)]);
    let answer = phone.sync(&request);
    assert!(outcomes(&answer).iter().all(accepted), "{answer:?}");
    assert_eq!(outcomes(&answer).len(), 2);
    assert!(has(&world, AREA, RecordId([8; 16]), sync_protocol::keys::change_name(&stays)));
    assert!(has(&world, OTHER_AREA, home(), sync_protocol::keys::change_name(&goes)));
    hold(&world, &BOTH);
}

#[test]
fn what_the_old_areas_worker_may_not_write_is_refused_in_the_new_area_too() {
    let world = World::new();
    let (phone, mut document, _) = opened(&world);
    moved(&world);
    let change = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    let answer = outcomes(&phone.sync(&push(&phone, &change)));
    assert_eq!(code(&answer[0]), "field_forbidden");
    assert_eq!(refused_in(&world, OTHER_AREA).len(), 1);
    assert!(refused_in(&world, AREA).is_empty());
}

#[test]
fn in_the_new_area_the_persons_own_role_there_counts() {
    let world = World::new();
    let (phone, mut document, _) = opened(&world);
    // A coordinator in the old area, a reviewer in the new one.
    grant(&world, "李春梅", OTHER_AREA, Role::Reviewer);
    moved(&world);
    let tier = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    assert!(accepted(&outcomes(&phone.sync(&push(&phone, &tier)))[0]));
    // The other way round.
    let reviewer = world.bare_phone("赵敏", Role::Reviewer, AREA);
    grant(&world, "赵敏", OTHER_AREA, Role::Coordinator);
    let tier = reviewer.edit(&mut document, &[("tier", Value::from("ordinary"))]).bytes;
    let answer = outcomes(&reviewer.sync(&push(&reviewer, &tier)));
    assert_eq!(code(&answer[0]), "field_forbidden");
}

#[test]
fn thirty_days_after_the_move_the_old_role_counts_no_more_and_nothing_is_lost() {
    let world = World::new();
    let (phone, mut document, _) = opened(&world);
    moved(&world);
    let days = |days: i64| days * 24 * 3_600_000;
    let now = doorstep::clock::now_ms();
    run(&world, &format!("UPDATE moved SET at = {}", now - days(29)));
    let change = rooms(&phone, &mut document, 2);
    assert!(accepted(&outcomes(&phone.sync(&push(&phone, &change)))[0]));
    run(&world, &format!("UPDATE moved SET at = {}", now - days(31)));
    let change = rooms(&phone, &mut document, 3);
    let late = push(&phone, &change);
    let answer = outcomes(&phone.sync(&late));
    assert_eq!(code(&answer[0]), "record_moved");
    assert_eq!(outcomes(&phone.sync(&late)), answer);
    let kept = refused_in(&world, OTHER_AREA);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].bytes, change);
    // Staff of the new area adopt it.
    let console = Console::sign_in(&world);
    let name = sync_protocol::keys::change_name(&change);
    let address = format!("/v1/quarantine/{OTHER_AREA}/{}/{name}/adopt", home());
    assert_eq!(console.post_json(&address, &json!({ "reason": "核实无误" })), 204);
    assert!(has(&world, OTHER_AREA, home(), name));
    run(&world, &format!("UPDATE moved SET at = {NOW}"));
    hold(&world, &BOTH);
}

#[test]
fn a_person_with_only_the_new_area_is_heard_and_a_stranger_is_not() {
    let world = World::new();
    let (_, document, _) = opened(&world);
    let new = world.bare_phone("赵敏", Role::Coordinator, OTHER_AREA);
    let stranger = world.bare_phone("陈外人", Role::Auditor, OTHER_AREA);
    let (mut theirs, mut strangers) = (document.clone(), document);
    moved(&world);
    // Their area was exchanged for the new one; the phone still names the old one.
    let change = rooms(&new, &mut theirs, 4);
    assert!(accepted(&outcomes(&new.sync(&push(&new, &change)))[0]));
    let change = rooms(&stranger, &mut strangers, 5);
    let answer = outcomes(&stranger.sync(&push(&stranger, &change)));
    assert_eq!(code(&answer[0]), "area_forbidden");
    assert_eq!(refused_in(&world, OTHER_AREA).len(), 1);
    hold(&world, &BOTH);
}

#[test]
fn a_home_that_moved_opens_no_way_to_what_the_new_area_had_before() {
    let world = World::new();
    let (phone, ..) = opened(&world);
    let there = world.bare_phone("赵敏", Role::Coordinator, OTHER_AREA);
    let stay = |phone: &BarePhone, values: &[(&str, Value)]| {
        phone.edit(&mut Document::genesis(Kind::Residency).unwrap(), values).bytes
    };
    let (stays, shops) = (RecordId([5; 16]), premises_id("B-1"));
    let theirs = stay(&there, &[("name", "陈小明".into())]);
    let request = there.push_request(OTHER_AREA, stays, Kind::Residency, &[&theirs]);
    assert!(accepted(&outcomes(&there.sync(&request))[0]));
    moved(&world);
    // Somebody of the old area says of it that it is at the home that moved.
    let named = [("premises", Value::from(home().to_string())), ("name", "别人".into())];
    let request = phone.push_request(AREA, stays, Kind::Residency, &[&stay(&phone, &named)]);
    assert_eq!(code(&outcomes(&phone.sync(&request))[0]), "area_forbidden");
    // Nor does a home become the old area's by naming one.
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    let request = phone.push_request(AREA, shops, Kind::Premises, &[&change]);
    assert!(accepted(&outcomes(&phone.sync(&request))[0]));
    assert!(has(&world, AREA, shops, sync_protocol::keys::change_name(&change)));
    let document = Document::genesis(Kind::Premises).unwrap();
    let change = rogue::change(&document, phone.actor(), |inner| {
        inner.put(ROOT, "premises", home().to_string()).unwrap();
    });
    let request = phone.push_request(AREA, RecordId([7; 16]), Kind::Premises, &[&change]);
    assert_eq!(code(&outcomes(&phone.sync(&request))[0]), "unknown_field");
    // A new stay at the home that moved follows it.
    let request =
        phone.push_request(AREA, RecordId([6; 16]), Kind::Residency, &[&stay(&phone, &named)]);
    let answer = outcomes(&phone.sync(&request));
    assert!(accepted(&answer[0]), "{answer:?}");
    assert!(held_in(&world, OTHER_AREA).contains_key(&RecordId([6; 16]).to_string()));
    assert_eq!(outcomes(&phone.sync(&request)), answer);
    hold(&world, &BOTH);
}

#[test]
fn what_waits_goes_along_and_is_let_in_when_the_rest_comes() {
    let world = World::new();
    let (phone, mut document, _) = opened(&world);
    let first = rooms(&phone, &mut document, 2);
    let second = rooms(&phone, &mut document, 3);
    let waits = push(&phone, &second);
    let held = outcomes(&phone.sync(&waits));
    assert!(matches!(held[0], Outcome::Held { .. }));
    moved(&world);
    assert_eq!(outcomes(&phone.sync(&waits)), held);
    // Its author only has the old area; both are let in by what they are there.
    let answer = phone.sync(&push(&phone, &first));
    assert!(accepted(&outcomes(&answer)[0]));
    let late: Vec<&Outcome> = answer.late.iter().map(|late| &late.verdict.outcome).collect();
    assert!(matches!(late.as_slice(), [Outcome::Accepted { .. }]), "{late:?}");
    assert!(has(&world, OTHER_AREA, home(), sync_protocol::keys::change_name(&second)));
    let scope = operator().area(AREA);
    let left = doorstep::store::held::of_records;
    assert!(world.store.read(|db| left(db, &scope, &[home()])).unwrap().is_empty());
    hold(&world, &BOTH);
}

#[test]
fn what_waited_in_the_new_area_for_a_change_of_the_old_is_let_in_by_the_move() {
    let world = World::new();
    let (_, mut document, _) = opened(&world);
    let both = world.bare_phone("孙丽", Role::Coordinator, AREA);
    grant(&world, "孙丽", OTHER_AREA, Role::Coordinator);
    let first = rooms(&both, &mut document, 2);
    assert!(accepted(&outcomes(&both.sync(&push(&both, &first)))[0]));
    let second = rooms(&both, &mut document, 3);
    let early = both.push_request(OTHER_AREA, home(), Kind::Premises, &[&second]);
    assert!(matches!(outcomes(&both.sync(&early))[0], Outcome::Held { .. }));
    moved(&world);
    let late = both.sync(&Request::idle("tests")).late;
    assert!(matches!(late[0].verdict.outcome, Outcome::Accepted { .. }), "{late:?}");
    assert!(has(&world, OTHER_AREA, home(), sync_protocol::keys::change_name(&second)));
    hold(&world, &BOTH);
}

#[test]
fn what_waited_in_the_new_area_and_comes_with_the_record_waits_no_more() {
    let world = World::new();
    let (_, mut document, _) = opened(&world);
    let both = world.bare_phone("孙丽", Role::Coordinator, AREA);
    grant(&world, "孙丽", OTHER_AREA, Role::Coordinator);
    let first = rooms(&both, &mut document, 2);
    let second = rooms(&both, &mut document, 3);
    let early = both.push_request(OTHER_AREA, home(), Kind::Premises, &[&second]);
    assert!(matches!(outcomes(&both.sync(&early))[0], Outcome::Held { .. }));
    let rest = both.push_request(AREA, home(), Kind::Premises, &[&first, &second]);
    assert!(outcomes(&both.sync(&rest)).iter().all(accepted));
    moved(&world);
    let late = both.sync(&Request::idle("tests")).late;
    assert!(matches!(late[0].verdict.outcome, Outcome::Accepted { .. }), "{late:?}");
    assert_eq!(late.len(), 1);
    assert!(refused_in(&world, OTHER_AREA).is_empty());
    nothing_is_doubled(&world, OTHER_AREA);
    hold(&world, &BOTH);
}

#[test]
fn histories_that_cannot_stand_together_are_not_joined_and_nothing_changes() {
    let world = World::new();
    let (phone, ..) = opened(&world);
    grant(&world, "李春梅", OTHER_AREA, Role::Coordinator);
    // A phone that was restored from an old copy wrote its first change to the home once more.
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let again = phone.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    let request = phone.push_request(OTHER_AREA, home(), Kind::Premises, &[&again]);
    assert!(accepted(&outcomes(&phone.sync(&request))[0]));
    let before = dump(&world);
    let moving = Moving { store: &world.store, by: operator(), from: AREA, to: OTHER_AREA };
    let refused = moving::move_record(moving, home(), NOW, |_, _| ()).unwrap_err();
    assert!(refused.to_string().contains("forked"), "{refused}");
    assert_eq!(dump(&world), before);
    // Had it come about within the step, it would lie in quarantine, and the rest holds.
    let scope = operator().area(AREA);
    let step = |db: &mut _| moving::depart(db, &scope, home(), OTHER_AREA, NOW);
    world.store.transaction(step).unwrap();
    moving::finish(&world.store, NOW).unwrap();
    assert_eq!(refused_in(&world, OTHER_AREA)[0].code, "forked");
    hold(&world, &BOTH);
}

#[test]
fn what_was_refused_goes_along_and_staff_of_the_new_area_adopt_it() {
    let world = World::new();
    let (phone, mut document, _) = opened(&world);
    let change = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    let refused = push(&phone, &change);
    let answer = outcomes(&phone.sync(&refused));
    moved(&world);
    assert_eq!(outcomes(&phone.sync(&refused)), answer);
    assert!(refused_in(&world, AREA).is_empty());
    assert_eq!(refused_in(&world, OTHER_AREA).len(), 1);
    let console = Console::sign_in(&world);
    let name = sync_protocol::keys::change_name(&change);
    let reason = json!({ "reason": "核实无误" });
    let of = |area| format!("/v1/quarantine/{area}/{}/{name}/adopt", home());
    assert_eq!(console.post_json(&of(AREA), &reason), 404);
    assert_eq!(console.post_json(&of(OTHER_AREA), &reason), 204);
    assert!(has(&world, OTHER_AREA, home(), name));
    hold(&world, &BOTH);
}

#[test]
fn phones_that_push_while_the_home_moves_back_and_forth_lose_nothing() {
    let world = World::new();
    let (phone, mut document, _) = opened(&world);
    grant(&world, "李春梅", OTHER_AREA, Role::Coordinator);
    // Both areas have had it.
    moved(&world);
    move_record(&world, &home().to_string(), OTHER_AREA, AREA);
    let changes: Vec<Vec<u8>> =
        (0..40).map(|number| rooms(&phone, &mut document, number)).collect();
    std::thread::scope(|threads| {
        let mover = threads.spawn(|| {
            for _ in 0..4 {
                move_record(&world, &home().to_string(), AREA, OTHER_AREA);
                move_record(&world, &home().to_string(), OTHER_AREA, AREA);
            }
        });
        for (number, change) in changes.iter().enumerate() {
            let area = if number % 2 == 0 { AREA } else { OTHER_AREA };
            let request = phone.push_request(area, home(), Kind::Premises, &[change]);
            loop {
                let outcome = outcomes(&phone.sync(&request)).remove(0);
                if accepted(&outcome) {
                    break;
                }
                assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
            }
        }
        mover.join().unwrap();
    });
    for change in &changes {
        assert!(has(&world, AREA, home(), sync_protocol::keys::change_name(change)));
    }
    BOTH.iter().for_each(|area| nothing_is_doubled(&world, *area));
    hold(&world, &BOTH);
}
