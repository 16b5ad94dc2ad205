//! What a person may do changes while their phone is in the field.

use doorstep::store::people;
use doorstep_tests::BarePhone;
use doorstep_tests::world::{AREA, OTHER_AREA, World};
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Roles, Value};
use sync_protocol::wire::{Access, AreaCursor, Outcome, Request};

fn cursor(roles: Roles) -> AreaCursor {
    AreaCursor {
        area: AREA,
        area_epoch: 1,
        cursor: 0,
        chain: None,
        complete: true,
        roles: roles.bits(),
    }
}

#[test]
fn a_phone_that_believes_another_role_is_told_and_one_that_believes_right_is_not() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let asked = |roles| Request { areas: vec![cursor(roles)], ..Request::idle("tests") };
    let coordinator = Roles::of(&[Role::Coordinator]);
    assert_eq!(phone.sync(&asked(coordinator)).access, []);
    let told = phone.sync(&asked(Roles::of(&[Role::Inspector]))).access;
    assert_eq!(told, [Access::RoleChanged { area: AREA, roles: vec![Role::Coordinator] }]);
}

#[test]
fn what_was_accepted_before_a_role_ended_is_answered_as_before_and_to_nobody_else() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let phone = BarePhone::enrol(&world.url, &world.enrolment_code(person));
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    let record = RecordId([5; 16]);
    let request = phone.push_request(AREA, record, Kind::Premises, &[&change]);
    let accepted = phone.sync(&request).verdicts;
    assert!(matches!(accepted[..], [Outcome::Accepted { .. }]));
    let taken = |db: &mut _| people::revoke(db, person, AREA, Role::Coordinator);
    world.store.transaction(taken).unwrap();
    // The answer was lost: it is repeated, and so is the change in another push, with one that is new.
    assert_eq!(phone.sync(&request).verdicts, accepted);
    let late = phone.edit(&mut document, &[("use", Value::from("vacant"))]).bytes;
    let again = phone.push_request(AREA, record, Kind::Premises, &[&change, &late]);
    let verdicts = phone.sync(&again).verdicts;
    assert!(matches!(&verdicts[..], [Outcome::Duplicate { .. }, Outcome::Rejected { code, .. }]
        if code == "area_forbidden"));
    // Whoever got hold of it does not learn that it is in the log.
    let stranger = world.bare_phone("王建国", Role::Coordinator, OTHER_AREA);
    let told = stranger.sync(&stranger.push_request(AREA, record, Kind::Premises, &[&change]));
    assert!(matches!(&told.verdicts[0], Outcome::Rejected { .. }));
    let scope = doorstep_tests::world::operator().area(AREA);
    let kept =
        world.store.read(|db| doorstep::store::quarantine::undecided(db, &[scope], 10)).unwrap();
    let kept: Vec<&[u8]> = kept.iter().map(|refused| &*refused.bytes).collect();
    assert_eq!((kept.len(), kept.contains(&&*late), kept.contains(&&*change)), (2, true, true));
}

#[test]
fn revoked_with_work_pending_what_was_written_before_is_kept_in_quarantine() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let phone = BarePhone::enrol(&world.url, &world.enrolment_code(person));
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    let taken = |db: &mut _| people::revoke(db, person, AREA, Role::Coordinator);
    world.store.transaction(taken).unwrap();
    let mut request = phone.push_request(AREA, RecordId([5; 16]), Kind::Premises, &[&change]);
    request.areas = vec![cursor(Roles::of(&[Role::Coordinator]))];
    let answer = phone.sync(&request);
    assert!(matches!(&answer.verdicts[0], Outcome::Rejected { code, .. }
        if code == "area_forbidden"));
    assert_eq!(answer.access, [Access::Revoked { area: AREA }]);
    assert!(answer.areas.is_empty());
    let scope = doorstep_tests::world::operator().area(AREA);
    let kept =
        world.store.read(|db| doorstep::store::quarantine::undecided(db, &[scope], 10)).unwrap();
    assert_eq!(kept[0].bytes, change);
}
