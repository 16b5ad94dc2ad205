//! A request on the console's pages, in a browser.

use std::process::Command;

use doorstep_tests::world::STREET;
use sync_protocol::records::Role;

use super::{NAME, Scene};
use crate::trail::reading::{PASSWORD, staff};

#[test]
fn in_a_browser_a_request_is_taken_in_agreed_to_and_carried_out() {
    let scene = Scene::new();
    scene.phone.client().start_visit(scene.home.clone(), Vec::new()).unwrap();
    scene.phone.client().sync().unwrap();
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
    assert_eq!(page["items"][0]["state"], "done");
}
