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
