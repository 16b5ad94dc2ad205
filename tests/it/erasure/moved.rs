//! Erasures of records that moved, or whose home did: what is gone in one area does not come back
//! through another.

use std::thread;

use doorstep_tests::gate::Gate;
use sync_protocol::wire::RecordPush;

use super::*;

#[test]
fn a_record_that_moved_is_erased_in_every_area_that_has_had_it() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, STREET);
    let area = Some(AREA.to_string());
    let home = li.client().open_premises(area, address(1), Vec::new()).unwrap().record;
    let stay = li.client().register_residency(home.clone(), person("欧阳春晓")).unwrap().record;
    li.client().sync().unwrap();
    let moving = Moving { store: &world.store, by: operator(), from: AREA, to: OTHER_AREA };
    let now = doorstep::clock::now_ms();
    moving::move_record(moving, home.parse().unwrap(), now, |_, _| ()).unwrap();
    assert_eq!(erased(&world, &stay), [AREA, OTHER_AREA]);
    assert_eq!(rows_of(&world, &stay), 0);
    holds(&world, AREA);
    holds(&world, OTHER_AREA);
    li.client().sync().unwrap();
    assert_eq!(li.shown().keys().collect::<Vec<_>>(), [&home]);
}

/// Moves a home to the other area.
fn moves(world: &World, home: &str) {
    let moving = Moving { store: &world.store, by: operator(), from: AREA, to: OTHER_AREA };
    let now = doorstep::clock::now_ms();
    moving::move_record(moving, home.parse().unwrap(), now, |_, _| ()).unwrap();
}

#[test]
fn an_erased_stay_does_not_come_back_through_its_homes_move_whoever_brings_it() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, STREET);
    let home = li.client().open_premises(Some(AREA.to_string()), address(1), Vec::new());
    let home = home.unwrap().record;
    li.client().sync().unwrap();
    // Of both areas, and of the one alone: neither has anything to send for a while.
    let late = [("王建国", STREET), ("赵敏", AREA)]
        .map(|(name, area)| Handset::enrol(&world, &world.url, name, Role::Coordinator, area));
    let stay = li.client().register_residency(home.clone(), person("欧阳春晓")).unwrap().record;
    li.client().sync().unwrap();
    for phone in &late {
        let same = phone.client().register_residency(home.clone(), person("欧阳春晓")).unwrap();
        assert_eq!(same.record, stay);
        phone.client().edit(stay.clone(), vec![text("employer", "养蜂场")]).unwrap();
    }
    assert_eq!(erased(&world, &stay), [AREA]);
    moves(&world, &home);
    for phone in &late {
        let summary = phone.client().sync().unwrap();
        assert_eq!((summary.rejected, summary.accepted), (2, 0));
        assert_eq!(rows_of(&world, &stay), 0);
        assert!(phone.client().read(stay.clone()).is_err());
    }
    holds(&world, AREA);
    holds(&world, OTHER_AREA);
}

#[test]
fn of_one_push_what_was_written_since_follows_the_home_and_what_is_of_before_does_not() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, STREET);
    let home = li.client().open_premises(Some(AREA.to_string()), address(1), Vec::new());
    let home = home.unwrap().record;
    li.client().sync().unwrap();
    let stay = RecordId([9; 16]);
    let phone = world.bare_phone("王建国", Role::Coordinator, STREET);
    let written = |seconds, name: &str| {
        let mut document = Document::genesis(Kind::Residency).unwrap();
        let fields = [("premises", home.as_str().into()), ("name", name.into())];
        phone.edit_at(&mut document, seconds, &fields).bytes
    };
    let push = |changes: &[&[u8]]| phone.push_request(AREA, stay, Kind::Residency, changes);
    // By a clock that is ahead.
    let sent = written(ERASED_AT + 5, "一");
    assert!(matches!(phone.sync(&push(&[&sent])).verdicts[..], [Outcome::Accepted { .. }]));
    erased_at(&world, &stay.to_string(), ERASED_AT * 1000, Cause::Request);
    moves(&world, &home);
    let other = world.bare_phone("赵敏", Role::Coordinator, STREET);
    let mut document = Document::genesis(Kind::Residency).unwrap();
    let fields = [("premises", home.as_str().into()), ("name", "二".into())];
    let before = other.edit_at(&mut document, ERASED_AT - 1, &fields).bytes;
    let visit = [("premises", home.as_str().into()), ("remarks", "门锁坏了".into())];
    let visit = phone.edit_at(&mut Document::genesis(Kind::Visit).unwrap(), ERASED_AT, &visit);
    // What was acknowledged before the erasure, repeated beside something new that follows the home.
    let new = RecordPush {
        area: AREA,
        record: RecordId([7; 16]),
        kind: Kind::Visit,
        changes: vec![visit.bytes.into()],
    };
    let mut again = push(&[&sent]).push;
    again.push(new);
    let verdicts = phone.sync(&phone.signed(again)).verdicts;
    assert!(
        matches!(verdicts[..], [Outcome::Duplicate { seq: _ }, Outcome::Accepted { .. }]),
        "{verdicts:?}"
    );
    assert_eq!(rows_of(&world, &stay.to_string()), 0);
    // Of before, and of since.
    let mut anew = Document::genesis(Kind::Residency).unwrap();
    let fields = [("premises", home.as_str().into()), ("name", "三".into())];
    let since = other.edit_at(&mut anew, ERASED_AT + 9, &fields).bytes;
    let both = other.push_request(AREA, stay, Kind::Residency, &[&before, &since]);
    let verdicts = other.sync(&both).verdicts;
    assert!(
        matches!(&verdicts[..], [Outcome::Rejected { code, .. }, Outcome::Accepted { .. }]
            if code == "record_erased"),
        "{verdicts:?}"
    );
    li.client().sync().unwrap();
    assert_eq!(li.shown()[&stay.to_string()]["name"], Value::from("三"));
    holds(&world, AREA);
    holds(&world, OTHER_AREA);
}

#[test]
fn a_record_that_leaves_just_when_it_is_erased_is_gone_where_it_goes_too() {
    for refused in [false, true] {
        let world = World::new();
        let (phone, record, ..) = bare(&world);
        if refused {
            let wrong = "欧阳春晓".as_bytes();
            let push = phone.push_request(AREA, record, Kind::Premises, &[wrong]);
            assert!(matches!(phone.sync(&push).verdicts[..], [Outcome::Rejected { .. }]));
        }
        leaves_while_it_is_erased(&world, &record.to_string());
        assert_eq!(rows_of(&world, &record.to_string()), 0, "refused: {refused}");
        let bytes = "SELECT 1 FROM changes WHERE device_id <> 0 AND length(bytes) > 0";
        assert_eq!(world.store.read(|db| catalogue::run(db, bytes)).unwrap(), 0);
        holds(&world, AREA);
        holds(&world, OTHER_AREA);
    }
}

/// Its departure is committed once the erasure has seen where it is, and it arrives once it is erased
/// where it was; what it brings along was read before.
fn leaves_while_it_is_erased(world: &World, record: &str) {
    let [old, new] = [AREA, OTHER_AREA].map(|area| Gate::close(&world.store, area));
    let lock = "LOCK TABLE quarantine_decisions IN EXCLUSIVE MODE";
    let half_erased = Gate::hold(&world.store, vec![lock.to_owned()]);
    let at_an_area = r#"SELECT "area_log""#;
    thread::scope(|scope| {
        let mover = scope.spawn(|| moves(world, record));
        old.wait_for(1);
        let eraser = scope.spawn(|| erased(world, record));
        old.wait_for(2);
        old.open();
        while half_erased.waiting_at("DELETE FROM quarantine_decisions") < 1
            || new.waiting_at(at_an_area) < 1
        {
            thread::yield_now();
        }
        half_erased.open();
        while !eraser.is_finished() && new.waiting_at(at_an_area) < 2 {
            thread::yield_now();
        }
        new.open();
        mover.join().unwrap();
        eraser.join().unwrap();
    });
}
