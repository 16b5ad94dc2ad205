//! Who is on duty, in a browser.

use std::process::Command;

use doorstep_tests::world::{AREA, LOGIN, World};
use sync_protocol::records::Role;

use crate::trail::all;

#[test]
fn in_a_browser_absences_and_roles_are_entered_and_ended() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    world.person("王建国", Role::Coordinator, AREA);
    world.person("陈志强", Role::Inspector, AREA);
    let console = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/console");
    let run = Command::new("node")
        .args(["--test", "e2e/duty.test.mjs"])
        .current_dir(console)
        .env("CONSOLE_URL", &world.url)
        .env("STAFF_NAME", LOGIN.0)
        .env("STAFF_PASSWORD", LOGIN.1)
        .env("AWAY", "李春梅")
        .env("HELPER", "王建国")
        .env("OWN", "管理员")
        .output()
        .expect("node runs: `make test` installs it");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
    let about = format!("person:{li}");
    let noted: Vec<String> = all(&world.store)
        .into_iter()
        .filter(|kept| kept.about.as_ref() == Some(&about) && kept.outcome == "done")
        .map(|kept| kept.act)
        .collect();
    assert_eq!(noted, ["leave_set", "leave_ended", "role_granted", "role_taken"]);
}
