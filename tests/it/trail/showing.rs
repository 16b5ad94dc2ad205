//! A masked value is shown to a reviewer of its area, for a reason, and that stands in the trail
//! without the value.

use doorstep_tests::world::{AREA, OTHER_AREA, STREET, World};
use mobile_bindings::client::{Entry, FieldValue};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

use super::all;
use super::reading::staff;

const PHONES: [&str; 2] = ["19912345601", "19912345602"];

pub(crate) fn text(key: &str, value: &str) -> Entry {
    Entry { key: key.into(), value: FieldValue::Text { text: value.into() } }
}

/// A home whose landlord's phone two workers wrote differently; answers its record.
fn home(world: &World) -> String {
    let workers = [("李春梅", Role::Coordinator), ("王建国", Role::Inspector)];
    let phones = workers.map(|(name, role)| world.phone(name, role, AREA));
    phones.iter().for_each(|phone| assert!(phone.sync().unwrap().done));
    let mut home = String::new();
    for (phone, number) in phones.iter().zip(PHONES) {
        let values = vec![
            text("address", "北三路1号"),
            text("use", "rented"),
            text("owner_name", "欧阳春"),
            text("owner_phone", number),
        ];
        let area = Some(AREA.to_string());
        home = phone.open_premises(area, "210102001001000001".into(), values).unwrap().record;
        phone.sync().unwrap();
    }
    home
}

fn why() -> Json {
    json!({ "purpose": "clash", "words": "两部手机登记的号码不同,致电核实" })
}

#[test]
fn a_reviewer_sees_both_sides_of_a_clash_once_and_it_is_noted_without_them() {
    let world = World::new();
    let home = home(&world);
    let reviewer = staff(&world, "reviewer", Role::Reviewer, STREET);
    let path = format!("/v1/records/{AREA}/{home}/fields/owner_phone/show");
    let (status, shown) = reviewer.answer("POST", &path, Some(&why()));
    assert_eq!(status, 200, "{shown}");
    let shown: Json = serde_json::from_str(&shown).unwrap();
    let mut values: Vec<&str> =
        shown["values"].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
    values.sort_unstable();
    assert_eq!(values, PHONES);
    let noted = all(&world.store).pop().unwrap();
    assert_eq!((noted.act.as_str(), noted.outcome.as_str()), ("value_shown", "done"));
    assert_eq!(noted.area, Some(AREA));
    assert_eq!(noted.record.unwrap().to_string(), home);
    assert_eq!(noted.field.as_deref(), Some("owner_phone"));
    assert_eq!(noted.detail.as_deref(), Some("clash"));
    let reason = noted.reason.as_deref().and_then(doorstep::trail::reason::words);
    assert_eq!(reason, Some("两部手机登记的号码不同,致电核实"));
    let stored = world.store.read(|db| doorstep::store::catalogue::dump(db, "trail")).unwrap();
    assert!(PHONES.iter().all(|number| !stored.concat().contains(number)));
}

#[test]
fn without_a_reason_or_where_nothing_is_masked_nothing_is_shown() {
    let mut world = World::new();
    let home = home(&world);
    let reviewer = staff(&world, "reviewer", Role::Reviewer, STREET);
    let path =
        |record: &str, field: &str| format!("/v1/records/{AREA}/{record}/fields/{field}/show");
    let phone = path(&home, "owner_phone");
    for (wrong, status) in [
        (json!({ "purpose": "clash", "words": " 核实 " }), 422),
        (json!({ "purpose": "clash", "words": "" }), 422),
        (json!({ "purpose": "curiosity", "words": "我只是想看一看" }), 400),
        (json!({ "words": "两部手机登记的号码不同" }), 400),
    ] {
        assert_eq!(reviewer.post_json(&phone, &wrong), status, "{wrong}");
    }
    let nothing = "0".repeat(32);
    for nowhere in [
        path(&home, "use"),
        path(&home, "agent_phone"),
        path(&home, "palace"),
        path(&nothing, "owner_phone"),
        phone.replace(&AREA.to_string(), &OTHER_AREA.to_string()),
    ] {
        assert_eq!(reviewer.post_json(&nowhere, &why()), 404, "{nowhere}");
    }
    world.stop_server();
    let shown = |outcome: &str| {
        let all = all(&world.store).into_iter();
        let of = all.filter(|kept| kept.act == "value_shown" && kept.outcome == outcome);
        of.map(|kept| kept.times).sum::<u64>()
    };
    assert_eq!((shown("done"), shown("not_found")), (0, 5));
}

#[test]
fn nobody_but_a_reviewer_of_the_area_has_a_value_shown() {
    let world = World::new();
    let home = home(&world);
    let path = format!("/v1/records/{AREA}/{home}/fields/owner_phone/show");
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Reviewer) {
        let console = staff(&world, role.code(), role, STREET);
        let status = console.post_json(&path, &why());
        assert!(matches!(status, 403 | 404), "{role:?}: {status}");
    }
    let neighbour = staff(&world, "neighbour", Role::Reviewer, OTHER_AREA);
    assert_eq!(neighbour.post_json(&path, &why()), 404);
    let refused = all(&world.store).into_iter();
    assert_eq!(
        refused.filter(|kept| kept.act == "value_shown" && kept.outcome != "done").count(),
        6
    );
}

#[test]
fn in_a_browser_a_value_is_shown_for_a_minute_and_the_auditor_reads_why() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    let values = vec![
        text("address", "测试街道北三路32号2单元501"),
        text("use", "rented"),
        text("owner_name", "欧阳春"),
        text("owner_phone", PHONES[0]),
    ];
    let area = Some(AREA.to_string());
    let home = phone.open_premises(area, "210102001001032250".into(), values).unwrap().record;
    let visit = phone.visit(home, vec![text("outcome", "vacant")], true).unwrap().record;
    phone.sync().unwrap();
    for (name, role) in [("reviewer", Role::Reviewer), ("auditor", Role::Auditor)] {
        drop(staff(&world, name, role, STREET));
    }
    let console = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/console");
    let run = std::process::Command::new("node")
        .args(["--test", "e2e/trail.test.mjs"])
        .current_dir(console)
        .env("CONSOLE_URL", &world.url)
        .env("REVIEWER", "trail-reviewer")
        .env("AUDITOR", "trail-auditor")
        .env("STAFF_PASSWORD", super::reading::PASSWORD)
        .env("REPORT", format!("{AREA}/{visit}"))
        .env("EXPECT_BARE", PHONES[0])
        .env("EXPECT_MASKED", "*******5601")
        .output()
        .expect("node runs: `make test` installs it");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
}
