//! What staff read and decide and what operators do stands in the trail.

use doorstep::store::trail::Kept;
use doorstep_tests::programs::program;
use doorstep_tests::world::{AREA, STREET, World};
use doorstep_tests::{BarePhone, pictures};
use serde_json::json;
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};

use super::all;
use super::reading::staff;
use super::showing::text;

/// The last entry of an act.
fn last(world: &World, act: &str) -> Kept {
    let found = all(&world.store).into_iter().rfind(|kept| kept.act == act);
    found.unwrap_or_else(|| panic!("no {act}"))
}

#[test]
fn a_report_and_a_photo_that_staff_opened_are_noted_and_a_thumbnail_is_not() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    let values = vec![text("address", "北三路1号"), text("use", "vacant")];
    let area = Some(AREA.to_string());
    let home = phone.open_premises(area, "210102001001000001".into(), values).unwrap().record;
    let visit = phone.visit(home, vec![text("outcome", "vacant")], true).unwrap().record;
    phone.photo(visit.clone(), pictures::jpeg(600), None, None).unwrap();
    phone.sync().unwrap();
    let reviewer = staff(&world, "reviewer", Role::Reviewer, STREET);
    let report = reviewer.get(&format!("/v1/reports/{AREA}/{visit}"));
    let read = last(&world, "report_read");
    assert_eq!(read.record.unwrap().to_string(), visit);
    assert_eq!((read.area, read.address.as_deref()), (Some(AREA), Some("127.0.0.1")));
    assert!(read.actor.starts_with("staff:") && read.request.is_some());
    let photo = report["photos"][0]["sha256"].as_str().unwrap();
    reviewer.bytes(&format!("/v1/photos/{AREA}/{photo}/thumbnail"));
    assert!(all(&world.store).iter().all(|kept| kept.act != "photo_read"));
    reviewer.bytes(&format!("/v1/photos/{AREA}/{photo}/web?record={visit}"));
    let seen = last(&world, "photo_read");
    assert_eq!((seen.detail.as_deref(), seen.actor), (Some(photo), read.actor));
    assert_eq!(seen.record.unwrap().to_string(), visit);
}

/// A coordinator sets the tier, which only reviewers may.
fn refused(phone: &BarePhone, record: RecordId) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    phone.sync(&phone.push_request(AREA, record, Kind::Premises, &[&change]));
}

#[test]
fn decisions_on_refused_changes_are_noted_with_their_reasons() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (first, second) = (RecordId([5; 16]), RecordId([6; 16]));
    refused(&phone, first);
    refused(&phone, second);
    let reviewer = staff(&world, "reviewer", Role::Reviewer, STREET);
    let listed = reviewer.get("/v1/quarantine");
    assert_eq!(last(&world, "quarantine_read").detail.as_deref(), Some("2 changes"));
    let change = listed["items"][0]["change"].as_str().unwrap();
    let path = |record: RecordId, act: &str| {
        let of = record.to_string();
        let items = listed["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["record"] == of.as_str()).unwrap();
        format!("/v1/quarantine/{AREA}/{of}/{}/{act}", item["change"].as_str().unwrap())
    };
    let why = |words: &str| json!({ "reason": words });
    assert_eq!(reviewer.post_json(&path(first, "adopt"), &why("经现场核实")), 204);
    assert_eq!(reviewer.post_json(&path(second, "dismiss"), &why("类别由区里确定")), 204);
    for (act, record, words) in [
        ("quarantine_adopted", first, "经现场核实"),
        ("quarantine_dismissed", second, "类别由区里确定"),
    ] {
        let kept = last(&world, act);
        assert_eq!((kept.record, kept.area), (Some(record), Some(AREA)));
        let reason = kept.reason.as_deref().and_then(doorstep::trail::reason::words);
        assert_eq!(reason, Some(words));
        assert_eq!(kept.detail.as_deref().map(str::len), Some(change.len()));
    }
    // Twice is once.
    assert_eq!(reviewer.post_json(&path(first, "adopt"), &why("经现场核实")), 204);
    let adopted = all(&world.store).into_iter().filter(|kept| kept.act == "quarantine_adopted");
    assert_eq!(adopted.count(), 1);
}

#[test]
fn what_operators_do_is_noted_with_their_login() {
    let world = World::new();
    let run = |arguments: &[&str]| {
        let done = program("doorstep")
            .args(arguments)
            .env("DOORSTEP_DATABASE_URL", world.database_url())
            .env("DOORSTEP_DATA_FOLDER", world.folder())
            .env("USER", "zhaomin")
            .env_remove("SUDO_USER")
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    let street = STREET.to_string();
    let new = ["--parent", &street, "--level", "community", "--name-zh", "新", "--name-en", "New"];
    run(&[["area", "create", "210102001009"].as_slice(), new.as_slice()].concat());
    run(&["person", "create", "--name", "周明", "--role", "reviewer", "--area", "210102001009"]);
    run(&["person", "leave", "周明"]);
    let file = world.folder().join("configuration.json");
    std::fs::write(&file, run(&["configure", "show"])).unwrap();
    run(&["configure", "set", &file.display().to_string()]);
    run(&["rebuild", "--area", "210102001009"]);
    let exported = run(&["trail", "export"]);
    let operator = "operator:zhaomin";
    let acts: Vec<String> = all(&world.store)
        .into_iter()
        .inspect(|kept| assert_eq!(kept.actor, operator))
        .map(|kept| kept.act)
        .collect();
    let expected = [
        "area_created",
        "person_entered",
        "role_granted",
        "person_left",
        "configuration_set",
        "rebuilt",
        "trail_exported",
    ];
    assert_eq!(acts, expected);
    assert_eq!(exported.lines().count(), expected.len() + 2);
    assert!(!exported.contains("周明"), "no name stands in an entry");
    let told = run(&["verify"]);
    assert!(told.contains("audit trail, 7 entries: the chain holds"), "{told}");
}
