//! A move that is cut short: whoever comes across the record finishes it, and nothing is done twice.

use doorstep::store::moves::{self, Noted};
use doorstep::sync::moving::{Departing, depart, finish};
use sync_protocol::ids::RecordId;

use super::*;

/// The first step alone, as if the command had been killed behind it.
fn depart_only(world: &World, home: &str) -> Noted {
    let record: RecordId = home.parse().unwrap();
    let scope = operator().area(AREA);
    let step = |db: &mut _| depart(db, &scope, record, OTHER_AREA, NOW);
    let Departing::Left(left) = world.store.transaction(step).unwrap() else {
        panic!("it was there");
    };
    assert!(!left.arrived);
    left
}

fn under_way(world: &World) -> usize {
    world.store.read(|db| moves::under_way(db, 10)).unwrap().len()
}

/// A home in the first area, and phones with both areas, the old and the new one.
struct Street {
    world: World,
    both: std::sync::Arc<FieldClient>,
    old: std::sync::Arc<FieldClient>,
    new: std::sync::Arc<FieldClient>,
    home: String,
}

impl Street {
    fn new() -> Self {
        let world = World::new();
        let both = world.phone("李春梅", Role::Coordinator, AREA);
        grant(&world, "李春梅", OTHER_AREA, Role::Coordinator);
        let old = world.phone("王建国", Role::Coordinator, AREA);
        let new = world.phone("赵敏", Role::Coordinator, OTHER_AREA);
        sync(&both);
        let home = open_home(&both, AREA);
        for phone in [&both, &old, &new] {
            sync(phone);
        }
        Self { world, both, old, new, home }
    }

    /// Everybody ends with the same, and the logs hold.
    fn ends_well(&self) {
        for phone in [&self.old, &self.both, &self.new, &self.both] {
            sync(phone);
        }
        let there = held_in(&self.world, OTHER_AREA);
        assert_eq!(there.len(), 1);
        assert!(held_in(&self.world, AREA).is_empty());
        assert_eq!(held_by(&self.both), there);
        assert_eq!(held_by(&self.new), there);
        assert!(held_by(&self.old).is_empty());
        assert_eq!(under_way(&self.world), 0);
        BOTH.iter().for_each(|area| nothing_is_doubled(&self.world, *area));
        hold(&self.world, &BOTH);
    }
}

#[test]
fn between_the_steps_a_push_to_the_old_area_finishes_the_move_and_is_accepted() {
    let street = Street::new();
    street.old.edit(street.home.clone(), vec![text("room", "1")]).unwrap();
    street.both.edit(street.home.clone(), vec![text("unit", "2")]).unwrap();
    depart_only(&street.world, &street.home);
    assert_eq!(under_way(&street.world), 1);
    sync(&street.old);
    assert_eq!(under_way(&street.world), 0);
    street.ends_well();
    assert_eq!(shown(&street.new, &street.home, "room").as_deref(), Some("1"));
    assert_eq!(shown(&street.new, &street.home, "unit").as_deref(), Some("2"));
}

#[test]
fn between_the_steps_phones_that_only_read_lose_nothing_and_the_server_finishes_by_itself() {
    let street = Street::new();
    depart_only(&street.world, &street.home);
    for phone in [&street.old, &street.both, &street.new] {
        sync(phone);
    }
    // The phone with both areas keeps it and can go on writing.
    assert_eq!(held_by(&street.both).len(), 1);
    street.both.edit(street.home.clone(), vec![text("room", "7")]).unwrap();
    hold(&street.world, &BOTH);
    assert_eq!(finish(&street.world.store, NOW).unwrap(), 1);
    assert_eq!(finish(&street.world.store, NOW).unwrap(), 0);
    street.ends_well();
    assert_eq!(shown(&street.new, &street.home, "room").as_deref(), Some("7"));
}

#[test]
fn the_command_repeated_finishes_what_was_cut_short_at_any_point() {
    let street = Street::new();
    depart_only(&street.world, &street.home);
    move_record(&street.world, &street.home, AREA, OTHER_AREA);
    let places = head(&street.world, OTHER_AREA);
    // Killed before the old area had noted the arrival.
    assert_eq!(run(&street.world, "UPDATE moved SET arrived = false"), 1);
    move_record(&street.world, &street.home, AREA, OTHER_AREA);
    move_record(&street.world, &street.home, AREA, OTHER_AREA);
    assert_eq!(head(&street.world, OTHER_AREA), places);
    street.ends_well();
}

#[test]
fn an_arrival_noted_late_does_not_bring_back_what_has_moved_on() {
    let street = Street::new();
    depart_only(&street.world, &street.home);
    finish(&street.world.store, NOW).unwrap();
    move_record(&street.world, &street.home, OTHER_AREA, AREA);
    move_record(&street.world, &street.home, AREA, OTHER_AREA);
    run(&street.world, "UPDATE moved SET arrived = false");
    finish(&street.world.store, NOW).unwrap();
    street.ends_well();
}

#[test]
fn a_home_whose_dependants_were_left_behind_is_finished_by_moving_it_again() {
    let street = Street::new();
    let number = street.both.register_residency(street.home.clone(), stay("E1234567")).unwrap();
    sync(&street.both);
    depart_only(&street.world, &street.home);
    finish(&street.world.store, NOW).unwrap();
    assert_eq!(held_in(&street.world, AREA).keys().collect::<Vec<_>>(), [&number.record]);
    assert_eq!(move_record(&street.world, &street.home, AREA, OTHER_AREA), 1);
    assert!(held_in(&street.world, AREA).is_empty());
    sync(&street.both);
    assert_eq!(held_by(&street.both), held_in(&street.world, OTHER_AREA));
}

#[test]
fn what_cannot_be_moved_is_said_in_words_and_nothing_changes() {
    let street = Street::new();
    let before = (head(&street.world, AREA), head(&street.world, OTHER_AREA));
    let home: RecordId = street.home.parse().unwrap();
    let refused = |record, from, to| {
        let moving = Moving { store: &street.world.store, by: operator(), from, to };
        moving::move_record(moving, record, NOW, |_, _| ()).unwrap_err().to_string()
    };
    let nobody = refused(RecordId([9; 16]), AREA, OTHER_AREA);
    assert!(nobody.contains("has no record"), "{nobody}");
    assert!(refused(home, OTHER_AREA, AREA).contains("has no record"));
    assert!(refused(home, AREA, AREA).contains("not to the same"));
    assert!(refused(home, AREA, AreaId(210_102_001_009)).contains("there is no area"));
    assert_eq!((head(&street.world, AREA), head(&street.world, OTHER_AREA)), before);
    move_record(&street.world, &street.home, AREA, OTHER_AREA);
    let third = refused(home, AREA, doorstep_tests::world::STREET);
    assert!(third.contains("before"), "{third}");
}

fn head(world: &World, area: AreaId) -> u64 {
    let scope = operator().area(area);
    let heads = world.store.read(|db| doorstep::store::area_log::heads(db, &[scope])).unwrap();
    heads[&area].seq
}
