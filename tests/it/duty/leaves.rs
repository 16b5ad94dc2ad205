//! Absences and stand-ins, as an administrator of some areas enters them.

use doorstep::store::people;
use doorstep_tests::BarePhone;
use doorstep_tests::world::{AREA, OTHER_AREA, STREET, World};
use serde_json::{Value as Json, json};
use sync_protocol::ids::PersonId;
use sync_protocol::records::{Role, Roles};

use super::{last, line, refusal};
use crate::permissions::{sign_in, somebody};

/// Longer than any clock runs.
fn long(stand_in: Option<PersonId>) -> Json {
    json!({ "from": "2020-01-01", "until": "2998-12-31", "stand_in": stand_in })
}

fn path(who: PersonId) -> String {
    format!("/v1/people/{who}/absences")
}

/// What somebody is in the area now, by the roles' codes.
fn now(world: &World, who: PersonId) -> Vec<&'static str> {
    let now = doorstep::clock::now_ms();
    let held = world.store.read(|db| people::areas_of(db, who, now)).unwrap();
    let codes = |roles: &Roles| roles.iter().map(Role::code).collect();
    held.get(&AREA).map(codes).unwrap_or_default()
}

#[test]
fn an_absence_is_entered_gets_a_stand_in_and_ends_and_each_is_noted() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, AREA);
    let administrator = sign_in(&world, Role::Administrator, AREA);
    assert_eq!(administrator.post_json(&path(li), &long(None)), 204);
    assert_eq!((now(&world, li), now(&world, wang)), (vec![], vec!["inspector"]));
    assert_eq!(last(&world, "leave_set").detail.as_deref(), Some("2020-01-01/2998-12-31"));
    let id = line(&administrator, li).unwrap()["absences"][0]["id"].clone();
    let one = format!("{}/{id}", path(li));
    assert_eq!(
        administrator.post_json(&format!("{one}/stand-in"), &json!({"stand_in": wang})),
        204
    );
    assert_eq!(now(&world, wang), ["coordinator", "inspector"]);
    assert_eq!(last(&world, "stand_in_set").about, Some(format!("person:{wang}")));
    let seen = line(&administrator, wang).unwrap()["stands_in"][0].clone();
    assert_eq!(seen["other"]["name"], "李春梅");
    let nobody = json!({ "stand_in": null });
    assert_eq!(administrator.post_json(&format!("{one}/stand-in"), &nobody), 204);
    assert_eq!(now(&world, wang), ["inspector"]);
    assert_eq!(last(&world, "stand_in_ended").about, Some(format!("person:{wang}")));
    assert_eq!(administrator.post(&format!("{one}/end")), 204);
    assert_eq!(now(&world, li), ["coordinator"]);
    assert_eq!(last(&world, "leave_ended").about, Some(format!("person:{li}")));
    assert_eq!(line(&administrator, li).unwrap()["absences"], json!([]));
    // It is over, and one of somebody else's under this name is none.
    assert_eq!(administrator.post(&format!("{one}/end")), 404);
    assert_eq!(administrator.post_json(&path(li), &long(None)), 204);
    let id = line(&administrator, li).unwrap()["absences"][0]["id"].clone();
    assert_eq!(administrator.post(&format!("{}/{id}/end", path(wang))), 404);
    assert_eq!(now(&world, li), Vec::<&str>::new());
}

#[test]
fn ending_one_absence_leaves_the_others() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let administrator = sign_in(&world, Role::Administrator, AREA);
    for days in [("2998-02-01", "2998-02-28"), ("2998-05-01", "2998-05-31")] {
        let days = json!({ "from": days.0, "until": days.1 });
        assert_eq!(administrator.post_json(&path(li), &days), 204);
    }
    let id = line(&administrator, li).unwrap()["absences"][0]["id"].clone();
    assert_eq!(administrator.post(&format!("{}/{id}/end", path(li))), 204);
    let left = line(&administrator, li).unwrap()["absences"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["from"], "2998-05-01");
}

#[test]
fn a_stand_in_gets_nothing_beyond_the_administrators_areas_nor_does_the_administrator() {
    let world = World::new();
    let (administrator, oneself) = somebody(&world, Role::Administrator, AREA);
    let li = world.person("李春梅", Role::Reviewer, AREA);
    let wang = world.person("王建国", Role::Inspector, AREA);
    let zhang = world.person("张伟", Role::Coordinator, OTHER_AREA);
    let auditor = world.person("钱清", Role::Auditor, AREA);
    let of = |who: PersonId, stand_in: Option<PersonId>| {
        administrator.refused(&path(who), &long(stand_in))
    };
    let (forbidden, nothing) = (refusal(403, "forbidden"), refusal(404, "not_found"));
    // Somebody else's people: neither absent nor standing in.
    assert_eq!(of(zhang, None), nothing);
    assert_eq!(of(li, Some(zhang)), nothing);
    assert_eq!(of(li, Some(PersonId([7; 16]))), nothing);
    // A reviewer's roles are not to be had by saying that one stands in.
    assert_eq!(of(li, Some(oneself)), forbidden);
    assert_eq!(of(oneself, None), forbidden);
    // Nor is the auditor sent away, or made what may not audit.
    assert_eq!(of(auditor, None), forbidden);
    assert_eq!(of(li, Some(auditor)), forbidden);
    // Whoever works elsewhere too: all of their roles would rest, or go to the stand-in.
    let granted = |db: &mut _| people::grant(db, wang, OTHER_AREA, Role::Inspector);
    world.store.transaction(granted).unwrap();
    assert_eq!(of(wang, None), forbidden);
    assert_eq!(of(li, Some(li)), refusal(400, "wrong_input"));
    assert_eq!(now(&world, li), ["reviewer"]);
    // Whoever is responsible for both areas may.
    let above = sign_in(&world, Role::Administrator, STREET);
    assert_eq!(above.post_json(&path(wang), &long(Some(zhang))), 204);
}

#[test]
fn days_that_do_not_go_together_or_are_past_are_refused() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let administrator = sign_in(&world, Role::Administrator, AREA);
    for (from, until) in [("2998-02-02", "2998-02-01"), ("2020-01-01", "2020-01-31")] {
        let days = json!({ "from": from, "until": until });
        assert_eq!(administrator.refused(&path(li), &days), refusal(422, "dates_wrong"));
    }
    let days = json!({ "from": "2998-02-30", "until": "2998-03-31" });
    assert_eq!(administrator.refused(&path(li), &days), refusal(400, "wrong_input"));
    assert_eq!(now(&world, li), ["coordinator"]);
}

#[test]
fn the_phone_of_somebody_whose_role_here_is_over_is_not_this_administrators_any_more() {
    let world = World::new();
    let wang = world.person("王建国", Role::Inspector, AREA);
    let granted = |db: &mut _| people::grant(db, wang, OTHER_AREA, Role::Inspector);
    world.store.transaction(granted).unwrap();
    let phone = BarePhone::enrol(&world.url, &world.enrolment_code(wang));
    let administrator = sign_in(&world, Role::Administrator, AREA);
    let listed = || administrator.get("/v1/devices")["items"].as_array().unwrap().len();
    let suspended = || {
        let reason = json!({ "reason": "手机遗失" });
        administrator.post_json(&format!("/v1/devices/{}/suspend", phone.device), &reason)
    };
    assert_eq!((listed(), suspended()), (1, 204));
    let role = json!({ "area": AREA.to_string(), "role": "inspector", "reason": "调往邻区" });
    assert_eq!(administrator.post_json(&format!("/v1/people/{wang}/roles/end"), &role), 204);
    assert_eq!((listed(), suspended()), (0, 404));
    let people = administrator.get("/v1/people?q=%E5%BB%BA%E5%9B%BD");
    assert_eq!(people["items"], json!([]), "nor is there anybody to make a code for");
    // Nor is the person: whoever is responsible for both areas gives the role again.
    let path = format!("/v1/people/{wang}/roles");
    assert_eq!(administrator.refused(&path, &role), refusal(404, "not_found"));
    let above = sign_in(&world, Role::Administrator, STREET);
    assert_eq!(above.post_json(&path, &role), 204);
    assert_eq!((listed(), suspended()), (1, 204));
}

#[test]
fn whoever_works_elsewhere_now_is_not_taken_hold_of_by_a_role_that_is_over_here() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, AREA);
    let granted = |db: &mut _| people::grant(db, wang, OTHER_AREA, Role::Inspector);
    world.store.transaction(granted).unwrap();
    let phone = BarePhone::enrol(&world.url, &world.enrolment_code(wang));
    let administrator = sign_in(&world, Role::Administrator, AREA);
    // Whoever works here and elsewhere does not stand in here at this administrator's word.
    let stands_in = || administrator.refused(&path(li), &long(Some(wang)));
    assert_eq!(stands_in(), refusal(403, "forbidden"));
    let role = json!({ "area": AREA.to_string(), "role": "inspector", "reason": "调往邻区" });
    assert_eq!(administrator.post_json(&format!("/v1/people/{wang}/roles/end"), &role), 204);
    assert_eq!(stands_in(), refusal(404, "not_found"));
    let of = |what: &str| administrator.refused(&format!("/v1/people/{wang}/{what}"), &role);
    assert_eq!(of("roles"), refusal(404, "not_found"));
    let revoke = format!("/v1/devices/{}/revoke", phone.device);
    assert_eq!(administrator.refused(&revoke, &role), refusal(404, "not_found"));
    // Whoever works nowhere any more can be given a role again where they had one.
    let elsewhere = sign_in(&world, Role::Administrator, OTHER_AREA);
    let there = json!({ "area": OTHER_AREA.to_string(), "role": "inspector", "reason": "离岗" });
    assert_eq!(elsewhere.post_json(&format!("/v1/people/{wang}/roles/end"), &there), 204);
    assert_eq!(administrator.post_json(&format!("/v1/people/{wang}/roles"), &role), 204);
}

#[test]
fn a_phone_for_whoever_stands_in_elsewhere_is_not_for_the_administrator_of_one_area() {
    let world = World::new();
    let wang = world.person("王建国", Role::Inspector, AREA);
    let zhang = world.person("张伟", Role::Coordinator, OTHER_AREA);
    let phone = BarePhone::enrol(&world.url, &world.enrolment_code(wang));
    let administrator = sign_in(&world, Role::Administrator, AREA);
    let code = || {
        let body = json!({ "server": "http://localhost" });
        administrator.answer("POST", &format!("/v1/people/{wang}/enrolment-code"), Some(&body)).0
    };
    assert_eq!(code(), 200);
    let above = sign_in(&world, Role::Administrator, STREET);
    assert_eq!(above.post_json(&path(zhang), &long(Some(wang))), 204);
    // It would read the other area too.
    assert_eq!(code(), 403);
    let act = |what: &str| {
        let reason = json!({ "reason": "手机找到了" });
        administrator.post_json(&format!("/v1/devices/{}/{what}", phone.device), &reason)
    };
    assert_eq!((act("suspend"), act("resume")), (204, 403));
    let id = line(&above, zhang).unwrap()["absences"][0]["id"].clone();
    assert_eq!(above.post(&format!("{}/{id}/end", path(zhang))), 204);
    assert_eq!((code(), act("resume")), (200, 204));
}
