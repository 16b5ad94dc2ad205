//! Roles that rest between dates, and who has them meanwhile.

use doorstep::absences::{self, Absence, AbsenceError};
use doorstep::auth::{PhoneScope, devices};
use doorstep::store::people::{self, Term};
use doorstep::store::{area_log, standing};
use doorstep::trail::Actor;
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, World, operator};
use mobile_bindings::client::{Entry, FieldValue};
use sync_protocol::ids::PersonId;
use sync_protocol::records::{Role, Roles};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn absent(
    world: &World,
    person: PersonId,
    (from_ms, until_ms): (i64, i64),
    stand_in: Option<PersonId>,
) -> Result<(), AbsenceError> {
    let new = Absence { person, from_ms, until_ms, stand_in };
    let by = (Actor::Operator("tests".to_owned()), NOW);
    world.store.transaction(|db| Ok(absences::set(db, operator(), &new, by))).unwrap()
}

/// What somebody is in the two areas at a moment, by the roles' codes.
fn roles(world: &World, person: PersonId, at_ms: i64) -> (Vec<&'static str>, Vec<&'static str>) {
    let held = world.store.read(|db| people::areas_of(db, person, at_ms)).unwrap();
    let codes = |roles: Option<&Roles>| {
        roles.into_iter().flat_map(|roles| roles.iter()).map(Role::code).collect()
    };
    (codes(held.get(&AREA)), codes(held.get(&OTHER_AREA)))
}

#[test]
fn between_the_dates_the_roles_rest_and_the_stand_in_has_them_to_the_millisecond() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, OTHER_AREA);
    absent(&world, li, (NOW + DAY, NOW + 3 * DAY), Some(wang)).unwrap();
    let (mine, none) = (vec!["coordinator"], Vec::new());
    for at in [NOW, NOW + DAY - 1, NOW + 3 * DAY] {
        assert_eq!(roles(&world, li, at), (mine.clone(), none.clone()), "{at}");
        assert_eq!(roles(&world, wang, at), (none.clone(), vec!["inspector"]), "{at}");
    }
    for at in [NOW + DAY, NOW + 3 * DAY - 1] {
        assert_eq!(roles(&world, li, at), (none.clone(), none.clone()), "{at}");
        assert_eq!(roles(&world, wang, at), (mine.clone(), vec!["inspector"]), "{at}");
    }
}

#[test]
fn a_stand_in_who_is_absent_has_nothing_and_hands_nothing_on() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, OTHER_AREA);
    let zhang = world.person("张伟", Role::Inspector, OTHER_AREA);
    absent(&world, li, (NOW, NOW + 4 * DAY), Some(wang)).unwrap();
    absent(&world, wang, (NOW + DAY, NOW + 2 * DAY), Some(zhang)).unwrap();
    assert_eq!(roles(&world, wang, NOW), (vec!["coordinator"], vec!["inspector"]));
    assert_eq!(roles(&world, wang, NOW + DAY), (vec![], vec![]));
    assert_eq!(roles(&world, zhang, NOW + DAY), (vec![], vec!["inspector"]));
    assert_eq!(roles(&world, wang, NOW + 2 * DAY), (vec!["coordinator"], vec!["inspector"]));
}

/// How often what a person may do was changed, as a push sees it under its area's lock.
fn changes(world: &World, person: PersonId) -> i64 {
    let area = operator().area(AREA);
    let standing = |db: &mut _| standing::under_lock(db, &area, &[], Some(person));
    world.store.read(standing).unwrap().changes
}

#[test]
fn what_a_person_may_is_asked_anew_under_the_lock_once_a_date_has_passed_and_only_then() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.bare_phone("王建国", Role::Inspector, OTHER_AREA);
    let scope = |at_ms| {
        let found = world.store.read(|db| devices::scope(db, wang.device, at_ms));
        found.unwrap().unwrap()
    };
    let person = scope(NOW).person();
    absent(&world, li, (NOW + DAY, NOW + 3 * DAY), Some(person)).unwrap();
    let still = |scope: &PhoneScope, at_ms| scope.term().holds(changes(&world, person), at_ms);
    assert!(still(&scope(NOW), NOW + DAY - 1));
    assert!(!still(&scope(NOW), NOW + DAY));
    assert!(still(&scope(NOW + DAY), NOW + 3 * DAY - 1));
    assert!(!still(&scope(NOW + DAY), NOW + 3 * DAY));
    assert!(!still(&scope(NOW + DAY), NOW), "a clock that was set back");
    assert!(scope(NOW + DAY).area(AREA).is_some());
    assert!(scope(NOW + 3 * DAY).area(AREA).is_none());
    // What the absent person is changes what the stand-in is.
    let before = scope(NOW + DAY);
    let granted = |db: &mut _| people::grant(db, li, OTHER_AREA, Role::Reviewer);
    world.store.transaction(granted).unwrap();
    assert!(!still(&before, NOW + DAY));
    assert_eq!(roles(&world, person, NOW + DAY).1, ["inspector", "reviewer"]);
}

#[test]
fn moving_an_end_back_and_forth_never_looks_as_if_nothing_had_happened() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, OTHER_AREA);
    let term = || world.store.read(|db| people::holdings(db, wang, NOW)).unwrap().term;
    let mut seen: Vec<Term> = Vec::new();
    let mut is_new = || {
        let changes = changes(&world, wang);
        assert!(!seen.iter().any(|term| term.holds(changes, NOW)));
        seen.push(term());
        assert!(term().holds(changes, NOW));
    };
    is_new();
    for _ in 0..3 {
        absent(&world, li, (NOW - DAY, NOW + DAY), Some(wang)).unwrap();
        is_new();
        let by = (Actor::Operator("tests".to_owned()), NOW);
        let ended = world.store.transaction(|db| absences::end(db, operator(), li, by)).unwrap();
        assert_eq!(ended, 1);
        is_new();
        assert_eq!(roles(&world, li, NOW).0, ["coordinator"]);
        assert_eq!(roles(&world, wang, NOW).0, Vec::<&str>::new());
    }
}

#[test]
fn an_absence_without_sense_is_refused_and_leaves_nothing() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let refused = |dates, stand_in| absent(&world, li, dates, stand_in).unwrap_err();
    assert!(matches!(refused((NOW + DAY, NOW + DAY), None), AbsenceError::Dates));
    assert!(matches!(refused((NOW - 2 * DAY, NOW), None), AbsenceError::Over));
    assert!(matches!(refused((NOW, NOW + DAY), Some(li)), AbsenceError::Oneself));
    let nobody = Some(PersonId([9; 16]));
    assert!(matches!(refused((NOW, NOW + DAY), nobody), AbsenceError::Unknown));
    let left = world.store.read(|db| absences::list(db, operator(), li, NOW)).unwrap();
    assert_eq!(left, []);
}

#[test]
fn a_stand_ins_phone_has_the_area_meanwhile_and_puts_it_away_afterwards() {
    let world = World::new();
    let now = doorstep::clock::now_ms();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.phone("王建国", Role::Coordinator, OTHER_AREA);
    wang.sync().unwrap();
    let areas = || wang.areas().unwrap().into_iter().map(|area| area.area).collect::<Vec<_>>();
    assert_eq!(areas(), [OTHER_AREA.to_string()]);
    let person = world.store.read(|db| people::find_by_name(db, "王建国")).unwrap()[0].id;
    absent(&world, li, (now - DAY, now + 20 * 365 * DAY), Some(person)).unwrap();
    wang.sync().unwrap();
    assert_eq!(areas(), [AREA.to_string(), OTHER_AREA.to_string()]);
    let home = vec![Entry {
        key: "use".to_owned(),
        value: FieldValue::Text { text: "rented".to_owned() },
    }];
    let code = "210102001001000007".to_owned();
    wang.open_premises(Some(AREA.to_string()), code, home).unwrap();
    wang.sync().unwrap();
    let head = || {
        let scope = operator().area(AREA);
        world.store.read(|db| area_log::heads(db, &[scope])).unwrap()[&AREA].seq
    };
    assert_eq!(head(), 1);
    let by = (Actor::Operator("tests".to_owned()), now);
    world.store.transaction(|db| absences::end(db, operator(), li, by)).unwrap();
    wang.sync().unwrap();
    assert_eq!(areas(), [OTHER_AREA.to_string()]);
    assert_eq!(head(), 1);
}
