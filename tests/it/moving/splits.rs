//! An area that is split in two while phones are offline.

use doorstep::auth::device_care::Occasion;
use doorstep::registry::NewArea;
use doorstep::roles;
use doorstep::splitting::{self, Plan, Split};
use doorstep::store::households::Homes;
use doorstep::trail::{Actor, Origin};
use doorstep_tests::world::STREET;
use mobile_bindings::client::ListFilter;

use super::*;

const NEW: AreaId = AreaId(210_102_001_003);

fn split_of(homes: Homes, with_roles: bool) -> Split {
    let new = NewArea {
        id: NEW,
        parent: Some(STREET),
        level: "community".into(),
        name_zh: "第三社区".into(),
        name_en: "Third Community".into(),
    };
    Split { from: AREA, new, homes, with_roles }
}

fn split(world: &World, split: &Split) -> usize {
    let mut told = Vec::new();
    let moved = splitting::split(&world.store, operator(), split, NOW, |done, of| {
        told.push((done, of));
    });
    let moved = moved.unwrap();
    assert!(told.iter().all(|(done, of)| done <= of), "{told:?}");
    assert!(told.last().is_none_or(|(done, of)| done == of && *done >= moved), "{told:?}");
    moved
}

/// A home in a building, with a stay and a visit.
fn household(phone: &FieldClient, code: &str, building: &str) -> [String; 3] {
    let values = vec![text("address", building), text("building", building), text("use", "rented")];
    let home = phone.open_premises(Some(AREA.to_string()), code.into(), values).unwrap().record;
    let person = phone.register_residency(home.clone(), stay(code)).unwrap().record;
    let visit = phone.visit(home.clone(), vec![text("outcome", "met")], false).unwrap().record;
    [home, person, visit]
}

fn areas_of(phone: &FieldClient) -> BTreeMap<String, String> {
    let lines = phone.list(ListFilter::default()).unwrap();
    lines.into_iter().map(|line| (line.record, line.area)).collect()
}

#[test]
fn phones_that_were_offline_during_a_split_go_on_where_their_homes_are() {
    let world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    let wang = world.phone("王建国", Role::Inspector, AREA);
    sync(&li);
    let stays = household(&li, "21010200100100001", "1栋");
    let goes = household(&li, "21010200100100002", "2栋");
    sync(&li);
    sync(&wang);

    // A dry run changes nothing.
    let building = split_of(Homes::Building("2栋".into()), true);
    let before = dump(&world);
    let plan = splitting::plan(&world.store, operator(), &building, NOW).unwrap();
    let home: RecordId = goes[0].parse().unwrap();
    assert_eq!(plan, Plan { homes: vec![home], records: 3, roles: 2 });
    assert_eq!(dump(&world), before);
    let nowhere = split_of(Homes::Records(vec![home, RecordId([9; 16])]), false);
    let refused = splitting::plan(&world.store, operator(), &nowhere, NOW).unwrap_err();
    assert!(refused.to_string().contains("has no record"), "{refused}");

    // Without a signal: known records, and new ones of a home that goes.
    li.edit(goes[0].clone(), vec![text("room", "501")]).unwrap();
    li.edit(stays[0].clone(), vec![text("room", "101")]).unwrap();
    li.edit(goes[2].clone(), vec![text("remarks", "在家")]).unwrap();
    let stay_later = li.register_residency(goes[0].clone(), stay("LATER")).unwrap().record;
    let checked = wang.inspect(goes[0].clone(), vec![text("item.gas.result", "fail")], false);
    let checked = checked.unwrap().record;
    assert_eq!(split(&world, &building), 3);
    assert_eq!(split(&world, &building), 0);

    for phone in [&li, &wang, &li, &wang] {
        sync(phone);
    }
    let of = |ids: &[&String], area: AreaId| -> Vec<(String, String)> {
        ids.iter().map(|id| ((*id).clone(), area.to_string())).collect()
    };
    let mut expected: BTreeMap<_, _> = of(&stays.each_ref(), AREA).into_iter().collect();
    expected.extend(of(&[&goes[0], &goes[1], &goes[2], &stay_later, &checked], NEW));
    assert_eq!(areas_of(&li), expected);
    assert_eq!(areas_of(&wang), expected);
    assert_eq!(shown(&wang, &goes[0], "room").as_deref(), Some("501"));
    assert_eq!(shown(&wang, &stays[0], "room").as_deref(), Some("101"));
    // They go on with what was new when the area was split.
    li.edit(stay_later, vec![text("phone", "13800000000")]).unwrap();
    wang.edit(checked, vec![text("item.gas.note", "排烟管破损")]).unwrap();
    for phone in [&li, &wang, &li] {
        sync(phone);
    }
    let mut all = held_in(&world, AREA);
    all.extend(held_in(&world, NEW));
    assert_eq!(held_by(&li), all);
    assert_eq!(held_by(&wang), all);
    let cold = world.phone("孙丽", Role::Coordinator, STREET);
    sync(&cold);
    assert_eq!(held_by(&cold), all);
    let cold = world.phone("周涛", Role::Coordinator, NEW);
    sync(&cold);
    assert_eq!(held_by(&cold), held_in(&world, NEW));
    hold(&world, &[AREA, NEW]);
}

#[test]
fn without_roles_in_the_new_area_pending_work_goes_there_and_the_homes_leave_the_phone() {
    let world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    sync(&li);
    let stays = household(&li, "21010200100100001", "1栋");
    let goes = household(&li, "21010200100100002", "2栋");
    sync(&li);
    li.edit(goes[0].clone(), vec![text("room", "501")]).unwrap();
    let later = li.visit(goes[0].clone(), vec![text("outcome", "met")], false).unwrap().record;
    li.edit(later.clone(), vec![text("remarks", "在家")]).unwrap();
    let code = split_of(Homes::AddressCode("21010200100100002".into()), false);
    assert_eq!(split(&world, &code), 3);
    sync(&li);
    sync(&li);
    let mut left: Vec<String> = held_by(&li).into_keys().collect();
    left.sort();
    let mut expected = stays.to_vec();
    expected.sort();
    assert_eq!(left, expected);
    let there = held_in(&world, NEW);
    assert!(goes.iter().chain([&later]).all(|id| there.contains_key(id)) && there.len() == 4);
    let new = world.phone("赵敏", Role::Coordinator, NEW);
    sync(&new);
    assert_eq!(shown(&new, &goes[0], "room").as_deref(), Some("501"));
    assert_eq!(shown(&new, &later, "remarks").as_deref(), Some("在家"));
    assert_eq!(held_by(&new), there);
    hold(&world, &[AREA, NEW]);
}

#[test]
fn a_split_that_was_cut_short_is_finished_by_splitting_again() {
    let world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    sync(&li);
    let first = household(&li, "21010200100100001", "2栋");
    let second = household(&li, "21010200100100002", "2栋");
    sync(&li);
    let by_home = split_of(Homes::Records(vec![first[0].parse().unwrap()]), true);
    let building = split_of(Homes::Building("2栋".into()), true);
    // Killed when the first home had left, before it arrived and before its dependants.
    splitting::split(
        &world.store,
        operator(),
        &split_of(Homes::Records(vec![]), true),
        NOW,
        |_, _| (),
    )
    .unwrap();
    let scope = operator().area(AREA);
    let home: RecordId = first[0].parse().unwrap();
    let step = |db: &mut _| moving::depart(db, &scope, home, NEW, NOW);
    world.store.transaction(step).unwrap();
    sync(&li);
    assert_eq!(split(&world, &by_home), 2);
    assert_eq!(split(&world, &building), 3);
    sync(&li);
    let there = held_in(&world, NEW);
    assert!(first.iter().chain(&second).all(|id| there.contains_key(id)));
    assert!(held_in(&world, AREA).is_empty());
    assert_eq!(held_by(&li), there);
    nothing_is_doubled(&world, NEW);
    hold(&world, &[AREA, NEW]);
}

#[test]
fn a_split_gives_roles_with_their_days_and_none_that_is_over() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Coordinator, AREA);
    let occasion = Occasion { reason: String::new(), origin: Origin::default(), now_ms: NOW };
    for (who, until) in [(li, Some(NOW + DAY)), (wang, None)] {
        let may = operator().post(who, AREA, Role::Coordinator);
        let by = (Actor::Operator("tests".to_owned()), &occasion);
        let ended = |db: &mut _| Ok(roles::end(db, &may, until, by.clone()));
        world.store.transaction(ended).unwrap().unwrap();
    }
    let nothing = split_of(Homes::Records(vec![]), true);
    let plan = splitting::plan(&world.store, operator(), &nothing, NOW).unwrap();
    assert_eq!(plan.roles, 1);
    assert_eq!(split(&world, &nothing), 0);
    let held = |who| world.store.read(|db| roles::list(db, operator(), who)).unwrap();
    let there: Vec<Option<i64>> =
        held(li).iter().filter(|post| post.area == NEW).map(|post| post.until_ms).collect();
    assert_eq!(there, [Some(NOW + DAY)]);
    assert!(held(wang).iter().all(|post| post.area != NEW));
}
