//! A request on the console's pages, in a browser.

use std::process::Command;

use doorstep_tests::world::STREET;
use sync_protocol::records::Role;

use super::search::let_homes;
use super::{NAME, Scene};
use crate::trail::reading::{PASSWORD, staff};

#[test]
fn in_a_browser_a_request_is_taken_in_agreed_to_and_carried_out() {
    let scene = Scene::new();
    scene.phone.client().start_visit(scene.home.clone(), Vec::new()).unwrap();
    scene.phone.client().sync().unwrap();
    let_homes(&scene, 52, 3);
    drop(staff(&scene.world, "clerk", Role::Reviewer, STREET));
    let console = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/console");
    let run = Command::new("node")
        .args(["--test", "e2e/residents.test.mjs"])
        .current_dir(console)
        .env("CONSOLE_URL", &scene.world.url)
        .env("STAFF_PASSWORD", PASSWORD)
        .env("TAKER", "trail-clerk")
        .env("FIRST", "trail-first")
        .env("SECOND", "trail-second")
        .env("EXPECT_NAME", NAME)
        .output()
        .expect("node runs: `make test` installs it");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
    let page = scene.reviewers[0].get("/v1/requests");
    let states: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| &item["state"]).collect();
    assert_eq!(
        states,
        ["done", "done", "open"],
        "the erasure, what was handed out, the correction"
    );
}
