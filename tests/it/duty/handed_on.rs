//! What a stand-in gets of what the absent person is given later, and what the trail says of it.

use doorstep::absences::{self, Absence};
use doorstep::auth::device_care::Occasion;
use doorstep::roles;
use doorstep::store::people;
use doorstep::trail::{Actor, Origin};
use doorstep_tests::gate::Gate;
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, STREET, World, operator};
use serde_json::{Value as Json, json};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use super::{last, line, refusal};
use crate::console::Console;
use crate::permissions::sign_in;

fn role(area: AreaId, role: &str, dates: (Option<&str>, Option<&str>)) -> Json {
    let (from, until) = dates;
    json!({ "area": area.to_string(), "role": role, "from": from, "until": until, "reason": "轮岗" })
}

fn absent(by: &Console, who: PersonId, stand_in: PersonId) {
    let days = json!({ "from": "2998-03-01", "until": "2998-03-31", "stand_in": stand_in });
    assert_eq!(by.post_json(&format!("/v1/people/{who}/absences"), &days), 204);
}

#[test]
fn a_stand_in_of_one_area_gets_nothing_that_the_absent_person_is_given_later_elsewhere() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, AREA);
    let administrator = sign_in(&world, Role::Administrator, AREA);
    let above = sign_in(&world, Role::Administrator, STREET);
    absent(&administrator, li, wang);
    let (give, end) = (format!("/v1/people/{li}/roles"), format!("/v1/people/{li}/roles/end"));
    let refused = refusal(409, "stand_in_would_get_it");
    let of = |from, until| role(OTHER_AREA, "coordinator", (from, until));
    for dates in [(None, None), (Some("2998-01-01"), None), (Some("2998-03-31"), None)] {
        assert_eq!(above.refused(&give, &of(dates.0, dates.1)), refused, "{dates:?}");
    }
    // Where the stand-in works too it goes along, and beside the absence it goes to nobody.
    assert_eq!(above.post_json(&give, &role(AREA, "reviewer", (None, None))), 204);
    let before = of(Some("2998-01-01"), Some("2998-02-28"));
    assert_eq!(above.post_json(&give, &before), 204);
    assert_eq!(above.refused(&end, &of(None, Some("2998-03-01"))), refused);
    // An operator is told, too.
    let may = operator().post(li, STREET, Role::Coordinator);
    let occasion = Occasion { reason: String::new(), origin: Origin::default(), now_ms: NOW };
    let by = (Actor::Operator("tests".to_owned()), &occasion);
    let given = |db: &mut _| Ok(roles::give(db, &may, (None, None), by.clone()));
    let told = world.store.transaction(given).unwrap().unwrap_err();
    assert_eq!(told.code().code, "stand_in_would_get_it");
    // Without a stand-in it is given; then only who is responsible for both areas names one.
    let id = line(&above, li).unwrap()["absences"][0]["id"].clone();
    let one = format!("/v1/people/{li}/absences/{id}/stand-in");
    assert_eq!(above.post_json(&one, &json!({ "stand_in": null })), 204);
    assert_eq!(above.post_json(&end, &of(None, Some("2998-12-31"))), 204);
    let stand_in = json!({ "stand_in": wang });
    assert_eq!(administrator.refused(&one, &stand_in), refusal(403, "forbidden"));
    assert_eq!(above.post_json(&one, &stand_in), 204);
}

#[test]
fn a_role_that_is_given_at_the_moment_when_a_stand_in_is_named_does_not_slip_by() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, AREA);
    let administrator = sign_in(&world, Role::Administrator, AREA);
    let above = sign_in(&world, Role::Administrator, STREET);
    let (absences, roles) = (format!("/v1/people/{li}/absences"), format!("/v1/people/{li}/roles"));
    let days = json!({ "from": "2998-03-01", "until": "2998-03-31", "stand_in": wang });
    let body = role(OTHER_AREA, "coordinator", (None, None));
    let held = format!("SELECT 1 FROM people WHERE person_id = '{li}'::uuid FOR UPDATE");
    let gate = Gate::hold(&world.store, vec![held]);
    let answers = std::thread::scope(|threads| {
        let named = threads.spawn(|| administrator.post_json(&absences, &days));
        gate.wait_for(1);
        let given = threads.spawn(|| above.post_json(&roles, &body));
        gate.wait_for(2);
        gate.open();
        (named.join().unwrap(), given.join().unwrap())
    });
    assert_eq!(answers, (204, 409));
}

#[test]
fn the_auditors_role_is_handed_on_to_nobody() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, AREA);
    let new = Absence { person: li, from_ms: NOW, until_ms: NOW + 1000, stand_in: Some(wang) };
    let by = (Actor::Operator("tests".to_owned()), NOW);
    let set = |db: &mut _| Ok(absences::set(db, operator(), &new, by.clone()));
    world.store.transaction(set).unwrap().unwrap();
    let granted = |db: &mut _| people::grant(db, li, AREA, Role::Auditor);
    world.store.transaction(granted).unwrap();
    let held = world.store.read(|db| people::areas_of(db, wang, NOW)).unwrap();
    let codes: Vec<&str> = held[&AREA].iter().map(Role::code).collect();
    assert_eq!(codes, ["coordinator", "inspector"]);
}

#[test]
fn no_auditor_is_blinded_by_what_is_given_to_whoever_they_stand_in_for() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let auditor = world.person("钱清", Role::Auditor, STREET);
    let now = doorstep::clock::now_ms();
    let (from_ms, until_ms) = (now - 1000, now + 400 * 365 * 86_400_000);
    let new = Absence { person: li, from_ms, until_ms, stand_in: Some(auditor) };
    let by = (Actor::Operator("tests".to_owned()), now);
    let set = |db: &mut _| Ok(absences::set(db, operator(), &new, by.clone()));
    world.store.transaction(set).unwrap().unwrap();
    let administrator = sign_in(&world, Role::Administrator, STREET);
    let path = format!("/v1/people/{li}/roles");
    let refused = refusal(409, "stand_in_would_get_it");
    let of = |given: &str| role(AREA, given, (None, None));
    assert_eq!(administrator.refused(&path, &of("reviewer")), refused);
    // One who works there, too, may have more of it, but for what ends their auditing.
    let granted = |db: &mut _| people::grant(db, auditor, AREA, Role::Inspector);
    world.store.transaction(granted).unwrap();
    assert_eq!(administrator.refused(&path, &of("administrator")), refused);
    assert_eq!(administrator.post_json(&path, &of("reviewer")), 204);
}

#[test]
fn an_areas_auditor_reads_who_is_absent_and_whose_roles_went_to_whom() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Inspector, AREA);
    let granted = |db: &mut _| people::grant(db, li, OTHER_AREA, Role::Reviewer);
    world.store.transaction(granted).unwrap();
    let administrator = sign_in(&world, Role::Administrator, STREET);
    absent(&administrator, li, wang);
    let id = line(&administrator, li).unwrap()["absences"][0]["id"].clone();
    let one = format!("/v1/people/{li}/absences/{id}");
    let nobody = json!({ "stand_in": null });
    assert_eq!(administrator.post_json(&format!("{one}/stand-in"), &nobody), 204);
    let again = json!({ "stand_in": wang });
    assert_eq!(administrator.post_json(&format!("{one}/stand-in"), &again), 204);
    assert_eq!(administrator.post(&format!("{one}/end")), 204);
    for area in [AREA, OTHER_AREA] {
        let auditor = sign_in(&world, Role::Auditor, area);
        for (act, whose, times) in [
            ("leave_set", li, 1),
            ("stand_in_set", wang, 2),
            ("stand_in_ended", wang, 2),
            ("leave_ended", li, 1),
        ] {
            let page = auditor.get(&format!("/v1/trail?act={act}"));
            let items = page["items"].as_array().unwrap();
            assert_eq!(items.len(), times, "{act} of {area}: {page}");
            for item in items {
                assert_eq!(item["area"], json!(area), "{item}");
                assert!(item.to_string().contains(&whose.to_string()), "{item}");
            }
        }
    }
    // Whose roles they were.
    for act in ["stand_in_set", "stand_in_ended"] {
        let detail = last(&world, act).detail.unwrap();
        assert!(detail.ends_with(&format!(" person:{li}")), "{act}: {detail}");
    }
}
