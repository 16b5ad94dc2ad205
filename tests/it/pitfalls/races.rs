//! What happens at the same moment: commits that come late, transactions that stay open, roles that
//! change, areas in another order, changes that meet what they wait for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use doorstep::http::Server;
use doorstep::photos::Objects;
use doorstep::store::{catalogue, people};
use doorstep_tests::erasing::erase;
use doorstep_tests::outcomes::{all_accepted, code, only};
use doorstep_tests::world::{AREA, OTHER_AREA, STREET, World};
use doorstep_tests::{BarePhone, Gate, mirror};
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{AreaCursor, AreaPage, Item, Outcome, RecordPush, Request};

const HOME: RecordId = RecordId([5; 16]);

fn rooms(phone: &BarePhone, document: &mut Document, number: i64) -> Vec<u8> {
    phone.edit(document, &[("rooms", Value::from(number))]).bytes
}

fn genesis() -> Document {
    Document::genesis(Kind::Premises).unwrap()
}

fn after(page: &AreaPage) -> AreaCursor {
    AreaCursor {
        area: page.area,
        area_epoch: page.area_epoch,
        cursor: page.cursor,
        chain: page.chain,
        complete: page.complete,
        roles: 0,
    }
}

/// Asks again and again while eight phones push, and once more when they have done; every place of
/// the log has to come, in order, and only once.
fn nobody_is_passed(world: &World) {
    const PHONES: u64 = 8;
    const PUSHES: u64 = 6;
    let reader = world.bare_phone("陈静", Role::Coordinator, AREA);
    let writers: Vec<BarePhone> =
        (0..PHONES).map(|n| world.bare_phone(&format!("人{n}"), Role::Coordinator, AREA)).collect();
    let begun = reader.sync(&Request::idle("tests"));
    let mut cursor = after(begun.areas.iter().find(|page| page.area == AREA).unwrap());
    let mut places = Vec::new();
    let mut look = |cursor: &mut AreaCursor| {
        let asked = Request { areas: vec![cursor.clone()], ..Request::idle("tests") };
        for page in reader.sync(&asked).areas {
            places.extend(page.items.iter().map(|item| match item {
                Item::Change { seq, .. } => *seq,
                other => panic!("not a change: {other:?}"),
            }));
            *cursor = after(&page);
        }
    };
    let done = AtomicBool::new(false);
    thread::scope(|threads| {
        let pushing = threads.spawn(|| {
            thread::scope(|threads| {
                for (number, phone) in (0_u8..).zip(&writers) {
                    threads.spawn(move || {
                        let mut document = genesis();
                        for round in 0..PUSHES {
                            let change = rooms(phone, &mut document, round.cast_signed() + 1);
                            let record = RecordId([number; 16]);
                            let push = phone.push_request(AREA, record, Kind::Premises, &[&change]);
                            assert!(all_accepted(&phone.sync(&push)));
                        }
                    });
                }
            });
            done.store(true, Ordering::SeqCst);
        });
        while !done.load(Ordering::SeqCst) {
            look(&mut cursor);
        }
        pushing.join().unwrap();
    });
    look(&mut cursor);
    assert_eq!(places, (1..=PHONES * PUSHES).collect::<Vec<_>>());
}

#[test]
fn late_commit_is_never_passed_by_a_poller() {
    nobody_is_passed(&World::new());
}

#[test]
fn long_transaction_open_beside_it_neither_hides_nor_delays_a_change() {
    let world = World::new();
    let repeatable = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ".to_owned();
    let write = format!("UPDATE areas SET name_en = name_en WHERE area_id = {OTHER_AREA}");
    let long = Gate::hold(&world.store, vec![repeatable, write]);
    nobody_is_passed(&world);
    long.open();
}

#[test]
fn role_changed_between_check_and_commit_is_the_role_that_counts() {
    let world = World::new();
    let person = world.person("赵敏", Role::Reviewer, AREA);
    let phone = BarePhone::enrol(&world.url, &world.enrolment_code(person));
    let tier = [("tier", Value::from("key")), ("tier_reason", "群租".into())];
    let change = phone.edit(&mut genesis(), &tier).bytes;
    let push = phone.push_request(AREA, HOME, Kind::Premises, &[&change]);
    let gate = Gate::close(&world.store, AREA);
    thread::scope(|threads| {
        // It was judged by the reviewer's role and waits for the lock.
        let pushing = threads.spawn(|| phone.sync(&push));
        gate.wait_for(1);
        let changed = world.store.transaction(|db| {
            people::revoke(db, person, AREA, Role::Reviewer)?;
            people::grant(db, person, AREA, Role::Coordinator)
        });
        changed.unwrap();
        gate.open();
        let outcome = only(&pushing.join().unwrap()).clone();
        assert!(matches!(outcome, Outcome::Retry { .. } | Outcome::Rejected { .. }), "{outcome:?}");
    });
    assert!(mirror::log(&world, AREA).is_empty());
    // The phone repeats it, and it is not lost.
    assert_eq!(code(&phone.sync(&push)), "field_forbidden");
    let kept = world
        .store
        .read(|db| doorstep::store::quarantine::undecided(db, &[mirror::scope(AREA)], 10));
    assert_eq!(kept.unwrap()[0].bytes, change);
}

#[test]
fn erased_while_somebody_who_may_write_no_more_pushes_it_is_kept_nowhere() {
    let world = World::new();
    let person = world.person("赵敏", Role::Coordinator, AREA);
    let phone = BarePhone::enrol(&world.url, &world.enrolment_code(person));
    let mut document = genesis();
    let first = rooms(&phone, &mut document, 1);
    let push = |change| phone.push_request(AREA, HOME, Kind::Premises, &[change]);
    assert!(all_accepted(&phone.sync(&push(&first))));
    let upon = rooms(&phone, &mut document, 2);
    let taken = |db: &mut _| people::revoke(db, person, AREA, Role::Coordinator);
    world.store.transaction(taken).unwrap();
    let objects = Objects::in_folder(&world.folder().join("photos")).unwrap();
    let server = &Server::new(world.store.clone(), objects).unwrap();
    // What is refused has been looked at, and is about to be kept.
    let gate = Gate::hold(&world.store, vec!["LOCK TABLE pushes IN SHARE MODE".to_owned()]);
    thread::scope(|threads| {
        let pushing = threads.spawn(|| phone.sync(&push(&upon)));
        gate.wait_for(1);
        let now = doorstep::clock::now_ms() + 1_000;
        let erasing = threads.spawn(move || erase(server.engine(), &HOME.to_string(), now));
        gate.wait_for(2);
        gate.open();
        assert_eq!(code(&pushing.join().unwrap()), "area_forbidden");
        assert_eq!(erasing.join().unwrap(), [AREA]);
    });
    let kept = "SELECT 1 FROM quarantine";
    assert_eq!(world.store.read(|db| catalogue::run(db, kept)).unwrap(), 0);
    assert_eq!(code(&phone.sync(&push(&upon))), "record_erased");
}

#[test]
fn two_areas_in_opposite_order_wait_for_each_other_never() {
    let world = World::new();
    let phones = ["李春梅", "王建国"].map(|name| world.bare_phone(name, Role::Coordinator, STREET));
    thread::scope(|threads| {
        for (place, phone) in phones.iter().enumerate() {
            threads.spawn(move || {
                let mut areas: Vec<(AreaId, Document)> =
                    [AREA, OTHER_AREA].map(|area| (area, genesis())).into();
                if place == 1 {
                    areas.reverse();
                }
                for round in 1..=25 {
                    let push = areas.iter_mut().map(|(area, document)| RecordPush {
                        area: *area,
                        record: HOME,
                        kind: Kind::Premises,
                        changes: vec![rooms(phone, document, round).into()],
                    });
                    let push = push.collect();
                    assert!(all_accepted(&phone.sync(&phone.signed(push))));
                }
            });
        }
    });
    for area in [AREA, OTHER_AREA] {
        assert_eq!(mirror::names(&world, area).len(), 50);
    }
}

/// A change and the one that it waits for are judged before either is committed; `first` says which
/// of the two is committed first. The waiting one is in the log when both have been answered.
fn held_and_released_at_once(waiting_first: bool) {
    let world = World::new();
    let (li, wang) = (
        world.bare_phone("李春梅", Role::Coordinator, AREA),
        world.bare_phone("王建国", Role::Coordinator, AREA),
    );
    let mut document = genesis();
    let base = rooms(&li, &mut document, 1);
    let upon = rooms(&wang, &mut document, 2);
    let brings = || li.sync(&li.push_request(AREA, HOME, Kind::Premises, &[&base]));
    let waits = || wang.sync(&wang.push_request(AREA, HOME, Kind::Premises, &[&upon]));
    let gate = Gate::close(&world.store, AREA);
    thread::scope(|threads| {
        if waiting_first {
            let waiting = threads.spawn(waits);
            gate.wait_for(1);
            let bringing = threads.spawn(brings);
            gate.wait_for(2);
            gate.open();
            assert!(all_accepted(&bringing.join().unwrap()));
            waiting.join().unwrap();
        } else {
            let bringing = threads.spawn(brings);
            gate.wait_for(1);
            let waiting = threads.spawn(waits);
            gate.wait_for(2);
            gate.open();
            assert!(all_accepted(&bringing.join().unwrap()));
            waiting.join().unwrap();
        }
    });
    assert_eq!(mirror::names(&world, AREA).len(), 2, "nothing waits for what is there");
    // Whichever way it went, the phone hears of it.
    let told = wang.sync(&wang.push_request(AREA, HOME, Kind::Premises, &[&upon]));
    assert!(all_accepted(&told));
}

#[test]
fn held_and_released_when_it_is_committed_before_what_it_waits_for() {
    held_and_released_at_once(true);
}

#[test]
fn held_and_released_when_it_is_committed_after_what_it_waits_for() {
    held_and_released_at_once(false);
}
