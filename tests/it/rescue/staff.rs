//! Staff hand bundles in over HTTP, each for the areas that they supervise.

use doorstep::auth::csrf;
use doorstep::registry::{self, NewLogin};
use doorstep_tests::bare_phone::agent;
use doorstep_tests::world::{AREA, LOGIN, NOW, OTHER_AREA, STREET, World, operator};
use serde_json::Value as Json;
use sync_protocol::ids::AreaId;
use sync_protocol::records::Role;

use super::*;
use crate::console::Console;

const PASSWORD: &str = "a long enough password";

fn post(world: &World, (cookie, token): (&str, &str), file: &[u8]) -> (u16, Json) {
    let sent = agent()
        .post(format!("{}/v1/rescue", world.url))
        .header("cookie", cookie)
        .header("x-doorstep", "console")
        .header("x-doorstep-token", token)
        .header("content-type", "application/octet-stream")
        .send(file);
    let mut answer = sent.unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
}

fn sign_in(world: &World, name: &str, role: Role, area: AreaId) -> Console {
    let login = NewLogin { login: name, password: PASSWORD };
    let made = world.store.transaction(|db| {
        Ok(registry::create_person(db, operator(), name, (role, area), Some(login), NOW))
    });
    made.unwrap().unwrap();
    Console::try_sign_in(&world.url, name, PASSWORD).unwrap()
}

#[test]
fn a_supervisor_hands_in_what_belongs_to_their_areas_and_nothing_else() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    work(&phone, 200);
    let file = bundle(&world, &phone);

    let neighbour = sign_in(&world, "neighbour", Role::Supervisor, OTHER_AREA);
    let (status, told) = post(&world, (neighbour.cookie(), neighbour.token()), &file);
    assert_eq!(status, 200);
    for change in told["changes"].as_array().unwrap() {
        assert_eq!(
            (&change["outcome"], &change["code"]),
            (&"not_taken".into(), &"forbidden".into())
        );
    }
    assert_eq!(told["photos"][0]["stored"], false);
    log_holds(&world, 0);

    let supervisor = sign_in(&world, "supervisor", Role::Supervisor, STREET);
    let (status, told) = post(&world, (supervisor.cookie(), supervisor.token()), &file);
    assert_eq!((status, &told["problem"]), (200, &Json::Null));
    assert_eq!(told["changes"].as_array().unwrap().len(), 4);
    assert!(told["changes"].as_array().unwrap().iter().all(|c| c["outcome"] == "accepted"));
    assert_eq!(told["photos"][0]["stored"], true);
    log_holds(&world, 4);
    comes_back(&world, &phone);
}

#[test]
fn of_a_push_into_several_areas_a_supervisor_hands_in_the_part_that_is_theirs() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, STREET);
    phone.sync().unwrap();
    for area in [AREA, OTHER_AREA] {
        let code = doorstep_tests::handset::address_code(area, 1);
        phone.open_premises(Some(area.to_string()), code, Vec::new()).unwrap();
    }
    let file = bundle(&world, &phone);
    let of_area = |told: &Json| -> Vec<(String, String)> {
        let changes = told["changes"].as_array().unwrap().iter();
        let said = |change: &Json, what: &str| match &change[what] {
            Json::String(said) => said.clone(),
            said => said.to_string(),
        };
        let mut told: Vec<_> =
            changes.map(|change| (said(change, "area"), said(change, "outcome"))).collect();
        told.sort();
        told
    };
    let taken = |by: AreaId| {
        let name = format!("supervisor-{by}");
        let supervisor = sign_in(&world, &name, Role::Supervisor, by);
        let (status, told) = post(&world, (supervisor.cookie(), supervisor.token()), &file);
        assert_eq!((status, &told["problem"]), (200, &Json::Null));
        of_area(&told)
    };
    let says = |first: &str, second: &str| {
        [(AREA.to_string(), first.to_owned()), (OTHER_AREA.to_string(), second.to_owned())]
    };
    assert_eq!(taken(AREA), says("accepted", "not_taken"));
    assert_eq!(taken(OTHER_AREA), says("not_taken", "accepted"));
    // The same push again is answered as before, and logged once.
    assert_eq!(taken(STREET), says("accepted", "accepted"));
    for area in [AREA, OTHER_AREA] {
        let logged = format!("SELECT 1 FROM changes WHERE area_id = {area} AND device_id <> 0");
        assert_eq!(run(&world, &logged), 1);
        let held = doorstep::integrity::verify::area(&world.store, operator(), area, |_, _| ());
        assert_eq!(held.unwrap().finding, None);
    }
}

#[test]
fn without_the_right_or_the_console_nothing_is_taken() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    work(&phone, 200);
    let file = bundle(&world, &phone);
    let reviewer = sign_in(&world, "reader", Role::Reviewer, STREET);
    let (status, told) = post(&world, (reviewer.cookie(), reviewer.token()), &file);
    assert_eq!((status, &told["code"]), (403, &"forbidden".into()));
    let (status, told) = post(&world, ("doorstep_session=nobody", &csrf::token("nobody")), &file);
    assert_eq!((status, &told["code"]), (401, &"credentials_missing".into()));
    let administrator = Console::try_sign_in(&world.url, LOGIN.0, LOGIN.1).unwrap();
    let (status, told) =
        post(&world, (administrator.cookie(), administrator.token()), b"no bundle");
    assert_eq!((status, &told["code"]), (400, &"rescue_unreadable".into()));
    log_holds(&world, 0);
}
