//! Bundles that were damaged, cut short, forged, or are none: what can be read is taken, and it is
//! said what is wrong.

use doorstep_tests::handset::{number, text};
use doorstep_tests::programs::program;
use doorstep_tests::world::{AREA, World};
use mobile_bindings::client::FieldClient;
use sync_protocol::records::Role;

use super::*;

/// The first bytes of each frame.
const MARK: &[u8] = b"\xd0rs\x1a";

fn phone(world: &World) -> std::sync::Arc<FieldClient> {
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    phone
}

/// Where each frame of a bundle begins.
fn frames(file: &[u8]) -> Vec<usize> {
    let marks = file.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    marks.map(|(place, _)| place).collect()
}

#[test]
fn of_a_tampered_bundle_the_rest_is_taken_and_the_whole_one_completes_it() {
    let world = World::new();
    let phone = phone(&world);
    // More than one push: its first is hit.
    let area = Some(AREA.to_string());
    for home in 0..3 {
        let code = format!("21010200100100000{home}");
        let opened = phone.open_premises(area.clone(), code, vec![text("address", "北三路")]);
        let record = opened.unwrap().record;
        for rooms in 1..=180 {
            phone.edit(record.clone(), vec![number("rooms", rooms)]).unwrap();
        }
    }
    let file = bundle(&world, &phone);
    let places = frames(&file);
    assert_eq!(places.len(), 4, "an opening, two pushes, a closing");
    let mut tampered = file.clone();
    tampered[places[1] + 5_000] ^= 1;
    let handed_in = hand_in(&world, &tampered).unwrap();
    assert_eq!(handed_in.problem.unwrap().code, "rescue_damaged");
    // What could be read builds on what could not: it is kept, and waits for that.
    assert_eq!(outcomes(&handed_in), ["held"; 31]);
    let whole = hand_in(&world, &file).unwrap();
    assert!(whole.problem.is_none());
    assert_eq!((whole.count("accepted"), whole.changes.len()), (543, 543));
    log_holds(&world, 543);
    comes_back(&world, &phone);
}

#[test]
fn of_a_bundle_that_was_cut_short_what_there_is_is_taken() {
    let world = World::new();
    let phone = phone(&world);
    let visit = work(&phone, 1_500);
    let file = bundle(&world, &phone);
    let places = frames(&file);
    assert!(places.len() >= 5, "an opening, a push, two parts, a closing");
    let short = &file[..places[3] + 100];
    let handed_in = hand_in(&world, short).unwrap();
    assert_eq!(handed_in.problem.unwrap().code, "rescue_cut_short");
    assert_eq!(outcomes(&handed_in), ["accepted"; 4]);
    assert_eq!(handed_in.photos[0].code, Some("photo_incomplete"));
    // Without its closing alone, everything else is there.
    let unclosed = hand_in(&world, &file[..*places.last().unwrap()]).unwrap();
    assert_eq!(unclosed.problem.unwrap().code, "rescue_cut_short");
    assert!(unclosed.photos[0].stored);
    let report =
        crate::console::Console::sign_in(&world).get(&format!("/v1/reports/{AREA}/{visit}"));
    assert_eq!(report["photos"][0]["stored"], true);
    comes_back(&world, &phone);
}

#[test]
fn of_a_foreign_newer_forged_or_unreadable_file_nothing_is_taken() {
    let (world, other) = (World::new(), World::new());
    let (ours, theirs) = (phone(&world), phone(&other));
    work(&ours, 200);
    work(&theirs, 200);
    let file = bundle(&world, &ours);
    assert_eq!(refused(&world, &bundle(&other, &theirs)), "rescue_foreign");
    assert_eq!(refused(&world, b"not a bundle at all"), "rescue_unreadable");
    assert_eq!(refused(&world, b""), "rescue_unreadable");
    let mut newer = file.clone();
    newer[16] = 2;
    assert_eq!(refused(&world, &newer), "rescue_newer");
    // Every frame of it is damaged.
    let mut broken = file.clone();
    frames(&file).iter().for_each(|place| broken[place + 60] ^= 1);
    assert_eq!(refused(&world, &broken), "rescue_damaged");
    // A device that this district does not know, and one whose key it was not.
    run(&world, "UPDATE devices SET public_key = sha256(public_key)");
    assert_eq!(refused(&world, &file), "rescue_unsigned");
    run(&world, "DELETE FROM device_nonces");
    run(&world, "UPDATE devices SET device_id = device_id + 1");
    assert_eq!(refused(&world, &file), "rescue_unsigned");
    log_holds(&world, 0);
}

#[test]
fn the_command_prints_each_verdict_and_says_what_is_wrong() {
    let world = World::new();
    let phone = phone(&world);
    work(&phone, 200);
    let file = world.folder().join("out.rescue");
    phone.rescue(file.display().to_string()).unwrap();
    let run = |file: &std::path::Path, more: &[&str]| {
        let mut command = program("doorstep");
        command.args(["--database-url", world.database_url(), "--data-folder"]);
        command.arg(world.folder()).arg("rescue").arg(file).args(more);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let (well, lines, _) = run(&file, &[]);
    assert!(well);
    assert!(lines.contains("4 changes accepted, 0 known already"), "{lines}");
    assert!(lines.contains("1 of 1 photos stored"), "{lines}");
    let (_, again, _) = run(&file, &["--json"]);
    let told: serde_json::Value = serde_json::from_str(&again).unwrap();
    assert_eq!(told["changes"].as_array().unwrap().len(), 4);

    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() - 10]).unwrap();
    let (well, _, said) = run(&file, &[]);
    assert!(!well && said.contains("ends before its end") && said.contains("hand that in too"));
    std::fs::write(&file, b"PK").unwrap();
    let (well, _, said) = run(&file, &[]);
    assert!(!well && said.contains("is no rescue bundle") && said.contains("救援"), "{said}");
}
