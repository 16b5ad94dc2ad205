//! Who is on duty: roles with dates, and what an administrator may change of people of their areas.

mod browser;
mod handed_on;
mod leaves;
mod roles;

use doorstep_tests::world::{AREA, OTHER_AREA, World};
use serde_json::{Value as Json, json};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use crate::console::Console;
use crate::permissions::{sign_in, somebody};

/// Somebody's line of the plan.
fn line(console: &Console, who: PersonId) -> Option<Json> {
    let plan = console.get("/v1/duty");
    plan["people"].as_array().unwrap().iter().find(|one| one["id"] == json!(who)).cloned()
}

/// The last entry of an act in the trail.
fn last(world: &World, act: &str) -> doorstep::store::trail::Kept {
    let found = crate::trail::all(&world.store).into_iter().rfind(|kept| kept.act == act);
    found.unwrap_or_else(|| panic!("no {act}"))
}

/// Status and code of a refusal.
fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn the_plan_shows_people_of_ones_areas_with_days_and_nobody_elses() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let zhang = world.person("张伟", Role::Coordinator, OTHER_AREA);
    let (administrator, oneself) = somebody(&world, Role::Administrator, AREA);
    let days = json!({ "from": "2998-01-01", "until": "2998-12-31" });
    assert_eq!(administrator.post_json(&format!("/v1/people/{li}/absences"), &days), 204);
    let found = line(&administrator, li).unwrap();
    assert_eq!(found["name"], "李春梅");
    assert_eq!(found["may"], json!({ "roles": true, "absences": true }));
    let role = json!({
        "area": AREA.to_string(), "role": "coordinator", "from": null, "until": null, "over": false,
        "label": found["roles"][0]["label"],
    });
    assert_eq!(found["roles"], json!([role]));
    assert_eq!(found["absences"][0]["from"], "2998-01-01");
    assert_eq!(found["absences"][0]["until"], "2998-12-31");
    assert_eq!(line(&administrator, zhang), None);
    let own = line(&administrator, oneself).unwrap();
    assert_eq!(own["may"], json!({ "roles": false, "absences": false }));
    let plan = administrator.get("/v1/duty");
    let offered: Vec<&Json> =
        plan["roles"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
    assert!(offered.contains(&&json!("reviewer")) && !offered.contains(&&json!("auditor")));
    assert_eq!(administrator.status(&format!("/v1/duty?area={OTHER_AREA}")), 404);
}

#[test]
fn nobody_sees_the_leave_of_people_who_work_here_no_more_or_not_yet() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let zhang = world.person("张伟", Role::Coordinator, OTHER_AREA);
    let wang = world.person("王建国", Role::Inspector, AREA);
    let above = sign_in(&world, Role::Administrator, doorstep_tests::world::STREET);
    let post = |path: String, body: &Json| assert_eq!(above.post_json(&path, body), 204, "{path}");
    let role = |area: AreaId, from: Option<&str>| {
        let area = area.to_string();
        json!({ "area": area, "role": "coordinator", "from": from, "reason": "调往邻区" })
    };
    // They work elsewhere by now, and here again from a later day.
    post(format!("/v1/people/{li}/roles"), &role(OTHER_AREA, None));
    post(format!("/v1/people/{li}/roles/end"), &role(AREA, None));
    let leave = |from: &str, until: &str, stand_in: Option<PersonId>| json!({ "from": from, "until": until, "stand_in": stand_in });
    post(format!("/v1/people/{li}/absences"), &leave("2997-01-01", "2997-02-01", None));
    // Somebody of here stands in there, for whoever stands in here.
    post(format!("/v1/people/{zhang}/absences"), &leave("2997-03-01", "2997-03-31", Some(wang)));
    post(format!("/v1/people/{wang}/absences"), &leave("2997-05-01", "2997-05-31", Some(zhang)));
    let supervisor = sign_in(&world, Role::Supervisor, AREA);
    let gone = line(&supervisor, li).unwrap();
    assert_eq!(gone["roles"][0]["over"], true);
    assert_eq!((&gone["absences"], &gone["stands_in"]), (&json!([]), &json!([])));
    let stays = line(&supervisor, wang).unwrap();
    assert_eq!(stays["absences"][0]["other"]["name"], "张伟");
    assert_eq!(stays["stands_in"][0]["other"], json!(null), "who is absent elsewhere is not named");
    post(format!("/v1/people/{li}/roles"), &role(AREA, Some("2997-02-01")));
    let back = line(&supervisor, li).unwrap();
    assert_eq!(back["absences"][0]["until"], "2997-02-01", "the last day is one of here");
    post(format!("/v1/people/{li}/roles/end"), &role(AREA, None));
    post(format!("/v1/people/{li}/roles"), &role(AREA, Some("2997-02-02")));
    assert_eq!(line(&supervisor, li).unwrap()["absences"], json!([]));
}

#[test]
fn a_supervisor_sees_the_plan_and_is_offered_nothing_to_change() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let supervisor = sign_in(&world, Role::Supervisor, AREA);
    let found = line(&supervisor, li).unwrap();
    assert_eq!(found["may"], json!({ "roles": false, "absences": false }));
    let plan = supervisor.get("/v1/duty");
    assert_eq!(plan["roles"], json!([]));
    assert!(plan["areas"].as_array().unwrap().iter().all(|area| area["gives"] == false));
}

#[test]
fn an_area_narrows_the_plan_to_itself_and_what_is_below() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let zhang = world.person("张伟", Role::Coordinator, OTHER_AREA);
    let console = sign_in(&world, Role::Administrator, doorstep_tests::world::STREET);
    let of = |query: &str| {
        let plan = console.get(&format!("/v1/duty{query}"));
        let people = plan["people"].as_array().unwrap().clone();
        let has = |who: PersonId| people.iter().any(|one| one["id"] == json!(who));
        (has(li), has(zhang))
    };
    assert_eq!(of(""), (true, true));
    assert_eq!(of(&format!("?area={}", doorstep_tests::world::STREET)), (true, true));
    assert_eq!(of(&format!("?area={AREA}")), (true, false));
}
