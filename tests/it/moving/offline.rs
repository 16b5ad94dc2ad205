//! Real phones that were offline while records moved.

use mobile_bindings::client::{AttentionKind, ListFilter};

use super::*;

#[test]
fn a_home_that_moved_while_phones_edited_it_offline_has_all_of_it_in_the_new_area() {
    let world = World::new();
    // One works in both areas, one only in the old, one only in the new.
    let both = world.phone("李春梅", Role::Coordinator, AREA);
    grant(&world, "李春梅", OTHER_AREA, Role::Coordinator);
    let old = world.phone("王建国", Role::Inspector, AREA);
    let new = world.phone("赵敏", Role::Coordinator, OTHER_AREA);
    sync(&both);
    let home = open_home(&both, AREA);
    let person = both.register_residency(home.clone(), stay("E12345678")).unwrap().record;
    let visit = both.visit(home.clone(), vec![text("outcome", "met")], false).unwrap().record;
    for phone in [&both, &old, &new] {
        sync(phone);
    }

    // Without a signal.
    both.edit(home.clone(), vec![text("room", "501")]).unwrap();
    both.edit(person.clone(), vec![text("phone", "13800000000")]).unwrap();
    old.edit(home.clone(), vec![text("unit", "2")]).unwrap();
    let checks = vec![text("item.gas.result", "fail")];
    let inspection = old.inspect(home.clone(), checks, false).unwrap().record;
    let later = both.visit(home.clone(), vec![text("outcome", "met")], false).unwrap().record;
    assert_eq!(move_record(&world, &home, AREA, OTHER_AREA), 3);

    for phone in [&new, &both, &old, &new, &both] {
        sync(phone);
    }
    let there = held_in(&world, OTHER_AREA);
    let mut expected = vec![home.clone(), person, visit, inspection.clone(), later];
    expected.sort();
    assert_eq!(there.keys().cloned().collect::<Vec<_>>(), expected);
    assert!(held_in(&world, AREA).is_empty());
    assert_eq!(held_by(&both), there);
    assert_eq!(held_by(&new), there);
    assert_eq!(shown(&new, &home, "room").as_deref(), Some("501"));
    assert_eq!(shown(&new, &home, "unit").as_deref(), Some("2"));
    let lines = both.list(ListFilter::default()).unwrap();
    assert!(lines.iter().all(|line| line.area == OTHER_AREA.to_string()), "{lines:?}");

    // What the old area's phone wrote went with the home; then the home went from the phone.
    assert!(held_by(&old).is_empty(), "{:?}", old.list(ListFilter::default()).unwrap());
    let gone = old.attention().unwrap();
    assert!(gone.iter().any(|item| item.why == AttentionKind::RecordsGone), "{gone:?}");
    assert_eq!(old.status().unwrap().on_this_phone, 0);
    assert_eq!(both.status().unwrap().on_this_phone, 0);

    // Everybody goes on in the new area, a phone that starts cold too.
    new.edit(home.clone(), vec![text("building", "32")]).unwrap();
    sync(&new);
    sync(&both);
    let cold = world.phone("孙丽", Role::Coordinator, OTHER_AREA);
    sync(&cold);
    assert_eq!(shown(&both, &home, "building").as_deref(), Some("32"));
    assert_eq!(held_by(&both), held_by(&cold));
    assert_eq!(held_by(&both), held_in(&world, OTHER_AREA));
    let cold_old = world.phone("周涛", Role::Coordinator, AREA);
    sync(&cold_old);
    assert!(held_by(&cold_old).is_empty());
    BOTH.iter().for_each(|area| nothing_is_doubled(&world, *area));
    hold(&world, &BOTH);
}

#[test]
fn a_record_goes_there_and_back_and_on_to_a_third_area() {
    let world = World::new();
    let third = AreaId(210_102_001_003);
    enter(&world, third);
    let both = world.phone("李春梅", Role::Coordinator, AREA);
    grant(&world, "李春梅", OTHER_AREA, Role::Coordinator);
    let first = world.phone("王建国", Role::Coordinator, AREA);
    let second = world.phone("赵敏", Role::Coordinator, OTHER_AREA);
    sync(&both);
    let home = open_home(&both, AREA);
    for phone in [&both, &first, &second] {
        sync(phone);
    }
    let phones = [&*both, &*first, &*second];
    let edit = |phone: &FieldClient, room: &str| {
        phone.edit(home.clone(), vec![text("room", room)]).unwrap();
        sync(phone);
    };
    edit(&first, "1");
    move_record(&world, &home, AREA, OTHER_AREA);
    sync_all(&phones);
    assert!(held_by(&first).is_empty());
    edit(&second, "2");
    // Back, with what was written there; the first phone had let it go and gets it whole.
    move_record(&world, &home, OTHER_AREA, AREA);
    sync_all(&phones);
    assert!(held_by(&second).is_empty());
    assert_eq!(shown(&first, &home, "room").as_deref(), Some("2"));
    edit(&first, "3");
    sync(&both);
    assert_eq!(held_by(&both), held_by(&first));
    assert_eq!(held_by(&both), held_in(&world, AREA));
    hold(&world, &[AREA, OTHER_AREA, third]);

    // There again, without anything new, and back again; then through two areas while somebody writes.
    move_record(&world, &home, AREA, OTHER_AREA);
    move_record(&world, &home, OTHER_AREA, AREA);
    sync_all(&phones);
    assert_eq!(held_by(&both), held_by(&first));
    first.edit(home.clone(), vec![text("room", "4")]).unwrap();
    move_record(&world, &home, AREA, OTHER_AREA);
    move_record(&world, &home, OTHER_AREA, third);
    sync_all(&phones);
    assert!(phones.iter().all(|phone| held_by(phone).is_empty()));
    let cold = world.phone("孙丽", Role::Coordinator, third);
    sync(&cold);
    assert_eq!(shown(&cold, &home, "room").as_deref(), Some("4"));
    assert_eq!(held_by(&cold), held_in(&world, third));
    for area in [AREA, OTHER_AREA, third] {
        nothing_is_doubled(&world, area);
    }
    hold(&world, &[AREA, OTHER_AREA, third]);
}

#[test]
fn a_person_whose_stay_came_from_another_area_is_registered_again_as_the_same_record() {
    let world = World::new();
    let old = world.phone("李春梅", Role::Coordinator, AREA);
    sync(&old);
    let home = open_home(&old, AREA);
    let person = old.register_residency(home.clone(), stay("E12345678")).unwrap().record;
    sync(&old);
    move_record(&world, &home, AREA, OTHER_AREA);
    let new = world.phone("赵敏", Role::Coordinator, OTHER_AREA);
    sync(&new);
    let again = new.register_residency(home.clone(), stay("e 1234 5678")).unwrap().record;
    assert_eq!(again, person);
    let other = new.register_residency(home, stay("E00000001")).unwrap().record;
    assert_ne!(other, person);
    sync(&new);
    assert_eq!(held_by(&new), held_in(&world, OTHER_AREA));
    assert_eq!(held_by(&new).len(), 3);
}

#[test]
fn a_home_that_both_areas_had_opened_becomes_one() {
    let world = World::new();
    let first = world.phone("李春梅", Role::Coordinator, AREA);
    let second = world.phone("赵敏", Role::Inspector, OTHER_AREA);
    sync(&first);
    sync(&second);
    let home = open_home(&first, AREA);
    let values = vec![text("use", "shop"), text("notes", "门铃坏了。")];
    second.open_premises(Some(OTHER_AREA.to_string()), HOME.into(), values).unwrap();
    first.edit(home.clone(), vec![text("notes", "楼道灯已修。")]).unwrap();
    sync(&first);
    sync(&second);
    move_record(&world, &home, AREA, OTHER_AREA);
    sync(&second);
    let seen = second.read(home.clone()).unwrap();
    assert!(seen.fields.iter().any(|field| field.key == "use" && field.clash), "{seen:?}");
    assert_eq!(held_by(&second), held_in(&world, OTHER_AREA));
    hold(&world, &BOTH);
    move_record(&world, &home, OTHER_AREA, AREA);
    move_record(&world, &home, AREA, OTHER_AREA);
    hold(&world, &BOTH);
}

fn sync_all(phones: &[&FieldClient]) {
    for phone in phones {
        sync(phone);
    }
}

/// Enters another community of the street.
fn enter(world: &World, area: AreaId) {
    let new = doorstep::registry::NewArea {
        id: area,
        parent: Some(doorstep_tests::world::STREET),
        level: "community".into(),
        name_zh: "第三社区".into(),
        name_en: "Third Community".into(),
    };
    let create = |db: &mut _| doorstep::registry::create_area(db, operator(), new, NOW);
    world.store.transaction(create).unwrap();
}
