//! Pushes: what is accepted, what is refused and why, and that neither loses anything.

use doorstep::auth::AreaScope;
use doorstep::store::changes;
use doorstep_tests::world::{AREA, OTHER_AREA, World, operator};
use doorstep_tests::{BarePhone, bare_phone, rogue};
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::derived::premises_id;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{Outcome, Request, Response};

fn scope(area: AreaId) -> AreaScope {
    operator().area(area)
}

fn home(number: u32) -> RecordId {
    premises_id(&format!("210102001001{number:09}"))
}

fn opened(phone: &BarePhone) -> (Document, Vec<u8>) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let values = [("address_code", Value::from("A1")), ("use", Value::from("rented"))];
    let bytes = phone.edit(&mut document, &values).bytes;
    (document, bytes)
}

fn only(response: &Response) -> &Outcome {
    let [outcome] = response.verdicts.as_slice() else { panic!("one verdict") };
    outcome
}

fn code(response: &Response) -> &str {
    match only(response) {
        Outcome::Rejected { code, .. } => code,
        other => panic!("not refused: {other:?}"),
    }
}

fn logged(world: &World, area: AreaId) -> usize {
    world.store.read(|db| changes::after(db, &scope(area), 0, 10_000, None)).unwrap().len()
}

#[test]
fn a_replayed_push_gets_the_same_verdicts_and_is_logged_once() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (_, change) = opened(&phone);
    let request = phone.push_request(AREA, home(1), Kind::Premises, &[&change]);
    assert_eq!(only(&phone.sync(&request)), &Outcome::Accepted { seq: 1 });
    assert_eq!(only(&phone.sync(&request)), &Outcome::Accepted { seq: 1 });
    let another = phone.push_request(AREA, home(1), Kind::Premises, &[&change]);
    assert_eq!(only(&phone.sync(&another)), &Outcome::Duplicate { seq: 1 });
    assert_eq!(logged(&world, AREA), 1);
}

#[test]
fn the_same_push_twice_at_once_is_logged_once() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (_, change) = opened(&phone);
    let request = phone.push_request(AREA, home(1), Kind::Premises, &[&change]);
    let outcomes = std::thread::scope(|threads| {
        let sent: Vec<_> = (0..6).map(|_| threads.spawn(|| phone.sync(&request))).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let same = outcomes.iter().map(only).all(|outcome| *outcome == Outcome::Accepted { seq: 1 });
    assert!(same, "{outcomes:?}");
    assert_eq!(logged(&world, AREA), 1);
}

#[test]
fn places_are_gapless_however_many_push_at_once() {
    let world = World::new();
    let phones: Vec<BarePhone> =
        (0..8).map(|n| world.bare_phone(&format!("人{n}"), Role::Coordinator, AREA)).collect();
    std::thread::scope(|threads| {
        for (number, phone) in phones.iter().enumerate() {
            threads.spawn(move || {
                let mut document = Document::genesis(Kind::Premises).unwrap();
                for round in 0..6_i64 {
                    // Each phone has a home of its own, and all of them share one.
                    let own = phone.edit(&mut document, &[("rooms", Value::from(round))]).bytes;
                    let record = home(100 + u32::try_from(number).unwrap());
                    phone.sync(&phone.push_request(AREA, record, Kind::Premises, &[&own]));
                }
                let (_, shared) = opened(phone);
                phone.sync(&phone.push_request(AREA, home(1), Kind::Premises, &[&shared]));
            });
        }
    });
    let log = world.store.read(|db| changes::after(db, &scope(AREA), 0, 10_000, None)).unwrap();
    let places: Vec<u64> = log.iter().map(|entry| entry.seq).collect();
    assert_eq!(places, (1..=8 * 7).collect::<Vec<u64>>());
}

#[test]
fn one_bad_change_stops_neither_its_neighbours_nor_the_phone() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (mut document, first) = opened(&phone);
    // Coordinators do not set the tier.
    let forbidden = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    let (_, other) = opened(&phone);
    let mut request =
        phone.push_request(AREA, home(1), Kind::Premises, &[&first, &forbidden, b"rubbish"]);
    request.push.extend(phone.push_request(AREA, home(2), Kind::Premises, &[&other]).push);
    let response = phone.sync(&phone.signed(request.push));
    let outcomes: Vec<&Outcome> = response.verdicts.iter().collect();
    assert!(matches!(outcomes[0], Outcome::Accepted { .. }));
    assert!(matches!(outcomes[1], Outcome::Rejected { code, field: Some(field), .. }
        if code == "field_forbidden" && field == "tier"));
    assert!(matches!(outcomes[2], Outcome::Rejected { code, .. } if code == "not_a_change"));
    assert!(matches!(outcomes[3], Outcome::Accepted { .. }));
    assert_eq!(logged(&world, AREA), 2);
}

#[test]
fn a_change_cut_short_is_refused_and_the_whole_one_is_still_accepted() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (_, change) = opened(&phone);
    let push = |bytes: &[u8]| phone.push_request(AREA, home(1), Kind::Premises, &[bytes]);
    for kept in [0, 1, 8, change.len() / 2, change.len() - 1] {
        assert_eq!(code(&phone.sync(&push(&change[..kept]))), "not_a_change", "{kept} bytes");
    }
    assert_eq!(logged(&world, AREA), 0);
    assert_eq!(only(&phone.sync(&push(&change))), &Outcome::Accepted { seq: 1 });
}

#[test]
fn what_was_refused_lies_whole_in_quarantine_and_is_refused_again_in_the_same_words() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let forbidden = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    let request = phone.push_request(AREA, home(1), Kind::Premises, &[&forbidden]);
    let first = phone.sync(&request);
    assert_eq!(code(&first), "field_forbidden");
    assert_eq!(phone.sync(&request).verdicts, first.verdicts);
    let kept = world
        .store
        .read(|db| doorstep::store::quarantine::undecided(db, &[scope(AREA)], 10))
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].bytes, forbidden);
}

#[test]
fn a_record_under_two_kinds_in_one_push_is_of_the_first() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (_, premises) = opened(&phone);
    let mut visit = Document::genesis(Kind::Visit).unwrap();
    let visit = phone.edit(&mut visit, &[("card_shown", Value::from(true))]).bytes;
    let mut push = phone.push_request(AREA, home(1), Kind::Premises, &[&premises]).push;
    push.extend(phone.push_request(AREA, home(1), Kind::Visit, &[&visit, &premises]).push);
    let request = phone.signed(push);
    let answer = phone.sync(&request);
    assert_eq!(answer.verdicts[0], Outcome::Accepted { seq: 1 });
    for refused in &answer.verdicts[1..] {
        assert!(matches!(refused, Outcome::Rejected { code, .. } if code == "wrong_kind"));
    }
    assert_eq!(phone.sync(&request).verdicts[0], Outcome::Accepted { seq: 1 });
    assert_eq!(logged(&world, AREA), 1);
}

#[test]
fn a_record_named_under_a_wrong_kind_first_is_still_judged_under_its_own() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (mut document, premises) = opened(&phone);
    phone.sync(&phone.push_request(AREA, home(1), Kind::Premises, &[&premises]));
    let mut visit = Document::genesis(Kind::Visit).unwrap();
    let wrong = phone.edit(&mut visit, &[("card_shown", Value::from(true))]).bytes;
    let notes = [("notes", Value::from("门铃坏了")), ("room", "501".into())];
    let right = phone.edit(&mut document, &notes).bytes;
    let mut push = phone.push_request(AREA, home(1), Kind::Visit, &[&wrong]).push;
    push.extend(phone.push_request(AREA, home(1), Kind::Premises, &[&right]).push);
    let answer = phone.sync(&phone.signed(push));
    assert!(matches!(&answer.verdicts[0], Outcome::Rejected { code, .. } if code == "wrong_kind"));
    assert_eq!(answer.verdicts[1], Outcome::Accepted { seq: 2 });
}

#[test]
fn an_area_that_is_not_the_persons_is_refused_and_another_persons_home_stays_as_it_is() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (_, change) = opened(&phone);
    let request = phone.push_request(OTHER_AREA, home(1), Kind::Premises, &[&change]);
    assert_eq!(code(&phone.sync(&request)), "area_forbidden");
    let nowhere = AreaId(999_999_999_999);
    let request = phone.push_request(nowhere, home(1), Kind::Premises, &[&change]);
    assert_eq!(code(&phone.sync(&request)), "area_forbidden");
    assert_eq!(logged(&world, OTHER_AREA), 0);
}

#[test]
fn another_devices_change_cannot_be_pushed() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let other = world.bare_phone("王建国", Role::Coordinator, AREA);
    let (_, change) = opened(&other);
    let request = phone.push_request(AREA, home(1), Kind::Premises, &[&change]);
    assert_eq!(code(&phone.sync(&request)), "foreign_actor");
}

#[test]
fn a_push_whose_signature_does_not_fit_changes_nothing() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (_, change) = opened(&phone);
    let mut request = phone.push_request(AREA, home(1), Kind::Premises, &[&change]);
    request.push[0].changes.push(b"slipped in".to_vec().into());
    let body = zstd::bulk::compress(&sync_protocol::wire::encode(&request), 3).unwrap();
    let answer: bare_phone::Answer = phone.post_sync(&body);
    assert_eq!((answer.status, answer.code().as_str()), (400, "signature_wrong"));
    assert_eq!(logged(&world, AREA), 0);
}

#[test]
fn a_push_id_stands_for_one_push() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (mut document, first) = opened(&phone);
    let request = phone.push_request(AREA, home(1), Kind::Premises, &[&first]);
    phone.sync(&request);
    let second = phone.edit(&mut document, &[("room", Value::from("501"))]).bytes;
    let other = phone.push_request(AREA, home(1), Kind::Premises, &[&second]).push;
    let reused = phone.signed_as(request.push_id.unwrap(), other);
    let body = zstd::bulk::compress(&sync_protocol::wire::encode(&reused), 3).unwrap();
    let answer = phone.post_sync(&body);
    assert_eq!((answer.status, answer.code().as_str()), (400, "push_name_taken"));
    assert_eq!(logged(&world, AREA), 1);
}

#[test]
fn a_change_that_builds_on_one_not_here_is_held_and_released_and_a_fork_is_refused() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (mut document, first) = opened(&phone);
    let mut twin = Document::genesis(Kind::Premises).unwrap();
    let fork = phone.edit(&mut twin, &[("use", Value::from("shop"))]).bytes;
    let second = phone.edit(&mut document, &[("room", Value::from("501"))]).bytes;
    let push = |bytes: &[u8]| phone.push_request(AREA, home(1), Kind::Premises, &[bytes]);
    assert!(
        matches!(only(&phone.sync(&push(&second))), Outcome::Held { missing } if missing.len() == 1)
    );
    let released = phone.sync(&push(&first));
    assert_eq!(only(&released), &Outcome::Accepted { seq: 1 });
    // What waited for the first has followed it, and the phone is told until it says so.
    let [late] = released.late.as_slice() else { panic!("one late verdict") };
    assert_eq!(late.verdict.outcome, Outcome::Accepted { seq: 2 });
    let idle = Request { late_seen: late.number, ..Request::idle("tests") };
    assert!(phone.sync(&idle).late.is_empty());
    assert_eq!(code(&phone.sync(&push(&fork))), "forked");
}

#[test]
fn dependants_of_a_rejected_change_are_rejected_with_it() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let forbidden = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    let upon = phone.edit(&mut document, &[("room", Value::from("501"))]).bytes;
    let push = |bytes: &[u8]| phone.push_request(AREA, home(1), Kind::Premises, &[bytes]);
    assert_eq!(code(&phone.sync(&push(&forbidden))), "field_forbidden");
    assert_eq!(code(&phone.sync(&push(&upon))), "missing_dependency");
}

#[test]
fn the_evidence_of_an_accepted_report_is_closed() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let reviewer = world.bare_phone("赵审核", Role::Reviewer, AREA);
    let report = RecordId([9; 16]);
    let push = |phone: &BarePhone, bytes: &[u8]| {
        phone.sync(&phone.push_request(AREA, report, Kind::Visit, &[bytes]))
    };
    let mut document = Document::genesis(Kind::Visit).unwrap();
    let values = [("outcome", Value::from("met")), ("state", Value::from("submitted"))];
    push(&phone, &phone.edit(&mut document, &values).bytes);
    let mut early = document.clone();
    let accepted = reviewer.edit(&mut document, &[("state", Value::from("accepted"))]).bytes;
    assert!(matches!(only(&push(&reviewer, &accepted)), Outcome::Accepted { .. }));
    let late = phone.edit(&mut early, &[("outcome", Value::from("refused"))]).bytes;
    assert_eq!(code(&push(&phone, &late)), "record_closed");
    // A worker does not accept a report either.
    let own = phone.edit(&mut document, &[("state", Value::from("in_review"))]).bytes;
    assert_eq!(code(&push(&phone, &own)), "field_forbidden");
}

#[test]
fn a_text_that_cannot_be_stored_or_is_too_long_is_refused_and_blocks_nobody() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (document, first) = opened(&phone);
    let push = |bytes: &[u8]| phone.push_request(AREA, home(1), Kind::Premises, &[bytes]);
    phone.sync(&push(&first));
    // A phone whose core does not check: the characters go straight into the document.
    for text in ["nul \0".to_owned(), "长".repeat(4_001)] {
        let change = rogue::text(&document, phone.actor(), "notes", &text);
        assert_eq!(code(&phone.sync(&push(&change))), "wrong_value");
    }
    let mut honest = document.clone();
    let change = phone.edit(&mut honest, &[("notes", Value::from("门铃坏了\n请敲门"))]).bytes;
    assert!(matches!(only(&phone.sync(&push(&change))), Outcome::Accepted { .. }));
}
