//! Phones in every plight, and what becomes of their bundles.

use doorstep::store::people;
use doorstep_tests::Handset;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, World};
use mobile_bindings::client::{AttentionKind, FieldClient};
use serde_json::json;
use sync_protocol::records::Role;

use super::*;
use crate::console::Console;

#[test]
fn a_bundle_gets_the_verdicts_of_a_push_and_the_phone_that_syncs_later_doubles_nothing() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    let visit = work(&phone, 900);
    let handed_in = hand_in(&world, &bundle(&world, &phone)).unwrap();
    assert_eq!(outcomes(&handed_in), ["accepted"; 4]);
    assert!(handed_in.photos[0].stored && handed_in.problem.is_none() && !handed_in.suspended);
    log_holds(&world, 4);
    let console = Console::sign_in(&world);
    let report = console.get(&format!("/v1/reports/{AREA}/{visit}"));
    assert_eq!(report["photos"][0]["stored"], true);
    assert!(console.bytes(report["photos"][0]["thumbnail"].as_str().unwrap()).len() > 1000);

    assert_eq!(phone.status().unwrap().on_this_phone, 4, "exporting sent nothing");
    comes_back(&world, &phone);
    log_holds(&world, 4);
}

#[test]
fn handed_in_twice_and_exported_twice_it_is_taken_once() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    work(&phone, 200);
    let (first, second) = (bundle(&world, &phone), bundle(&world, &phone));
    assert_ne!(first, second);
    let places = |handed_in: &HandedIn| -> Vec<u64> {
        handed_in.changes.iter().map(|change| change.seq.unwrap()).collect()
    };
    let taken = places(&hand_in(&world, &first).unwrap());
    for file in [&first, &second] {
        let again = hand_in(&world, file).unwrap();
        assert_eq!(places(&again), taken);
        assert!(again.photos[0].stored);
    }
    log_holds(&world, 4);
    comes_back(&world, &phone);
}

#[test]
fn after_the_phone_synced_a_part_of_it_that_part_is_known_and_the_rest_is_taken() {
    let world = World::new();
    let mut phone = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    let backup = phone.backup();
    phone.write(AREA, 1, vec![text("room", "5")]).unwrap();
    phone.write(AREA, 2, vec![text("use", "shop")]).unwrap();
    let file = bundle(&world, phone.client());
    // The phone is put back to before the two last edits, and syncs what it has.
    phone.restore(&backup);
    phone.client().sync().unwrap();
    log_holds(&world, 1);
    let handed_in = hand_in(&world, &file).unwrap();
    assert_eq!(outcomes(&handed_in), ["duplicate", "accepted", "accepted"]);
    log_holds(&world, 3);
    comes_back(&world, phone.client());
}

#[test]
fn of_a_phone_that_is_suspended_everything_waits_for_staff_and_a_late_verdict_tells_it() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    work(&phone, 200);
    run(&world, "UPDATE devices SET suspended_at = now()");
    assert_eq!(phone.sync().unwrap_err().problem().code, "device_paused");
    let file = bundle(&world, &phone);
    for _ in 0..2 {
        let handed_in = hand_in(&world, &file).unwrap();
        assert!(handed_in.suspended);
        for change in &handed_in.changes {
            assert_eq!(change.code.as_deref(), Some("device_suspended"));
        }
        assert!(handed_in.photos[0].stored, "the photo waits with the report that names it");
    }
    log_holds(&world, 0);
    let console = Console::sign_in(&world);
    let listed = console.get("/v1/quarantine");
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    assert!(items.iter().all(|item| item["code"] == "device_suspended"));
    // Staff adopt it, in the order in which it was made.
    let names = hand_in(&world, &file).unwrap().changes;
    for change in &names {
        let address = format!("/v1/quarantine/{}/{}/{}", AREA, change.record, change.change);
        let reason = json!({ "reason": "手机已找回,内容属实" });
        assert_eq!(console.post_json(&format!("{address}/adopt"), &reason), 204);
    }
    log_holds(&world, 4);
    run(&world, "UPDATE devices SET suspended_at = NULL");
    comes_back(&world, &phone);
    log_holds(&world, 4);
}

#[test]
fn of_an_area_that_was_taken_away_the_work_lies_in_its_quarantine() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let phone = Handset::enrol_as(&world, &world.url, person);
    work(phone.client(), 200);
    let taken = |db: &mut _| people::revoke(db, person, AREA, Role::Coordinator);
    world.store.transaction(taken).unwrap();
    let handed_in = hand_in(&world, &bundle(&world, phone.client())).unwrap();
    assert!(!handed_in.suspended);
    for change in &handed_in.changes {
        assert_eq!((change.outcome, change.code.as_deref()), ("rejected", Some("area_forbidden")));
    }
    assert!(handed_in.photos[0].stored);
    let kept = Console::sign_in(&world).get("/v1/quarantine");
    assert_eq!(kept["items"].as_array().unwrap().len(), 4);
}

#[test]
fn what_the_role_may_not_write_is_refused_and_its_neighbours_are_not() {
    let world = World::new();
    let person = world.person("李春梅", Role::Inspector, AREA);
    let phone = Handset::enrol_as(&world, &world.url, person);
    phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    let homes = phone.client().list(Default::default()).unwrap();
    let inspection = phone.client().inspect(homes[0].record.clone(), Vec::new(), false);
    inspection.unwrap();
    // The person is a coordinator now, who writes homes and no inspections.
    let turned = |db: &mut _| {
        people::revoke(db, person, AREA, Role::Inspector)?;
        people::grant(db, person, AREA, Role::Coordinator)
    };
    world.store.transaction(turned).unwrap();
    let handed_in = hand_in(&world, &bundle(&world, phone.client())).unwrap();
    assert_eq!(outcomes(&handed_in), ["accepted", "rejected"]);
    assert_eq!(handed_in.changes[1].code.as_deref(), Some("field_forbidden"));
    log_holds(&world, 1);
}

#[test]
fn a_phone_that_enrolled_before_there_were_bundles_gets_the_key_with_its_next_sync() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let idle = sync_protocol::wire::Request::idle("tests");
    let known = phone.sync(&idle).server_epoch;
    let asks = |epoch, wants_rescue_key| sync_protocol::wire::Request {
        server_epoch: epoch,
        wants_rescue_key,
        ..idle.clone()
    };
    let key = phone.sync(&asks(Some(known), true)).rescue_key.unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!(phone.sync(&asks(Some(known), false)).rescue_key, None);
    let asked = agent().get(format!("{}/v1/rescue/key", phone.url)).call();
    let open: serde_json::Value =
        serde_json::from_str(&asked.unwrap().body_mut().read_to_string().unwrap()).unwrap();
    let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(open["rescue_key"], digits, "and whoever was signed out can ask for it");
    let other_life = sync_protocol::ids::ServerEpoch([9; 16]);
    assert_eq!(phone.sync(&asks(Some(other_life), false)).rescue_key, Some(key));
}

#[test]
fn what_came_over_from_a_damaged_store_leaves_it_by_a_bundle() {
    let world = World::new();
    let path = world.folder().join("damaged.db").display().to_string();
    let open = || FieldClient::open(path.clone(), vec![7; 32]).unwrap();
    let phone = open();
    let code = world.enrolment_code(world.person("李春梅", Role::Coordinator, AREA));
    phone.enrol_at(world.url.clone(), code, "手机".into()).unwrap();
    phone.sync().unwrap();
    let visit = work(&phone, 200);
    drop(phone);
    // The first page's salt is gone.
    let mut file = std::fs::read(&path).unwrap();
    file[..16].fill(1);
    std::fs::write(&path, file).unwrap();

    let phone = open();
    assert_eq!(phone.attention().unwrap()[0].why, AttentionKind::Damaged);
    let handed_in = hand_in(&world, &bundle(&world, &phone)).unwrap();
    assert_eq!(outcomes(&handed_in), ["accepted"; 4]);
    let console = Console::sign_in(&world);
    let report = console.get(&format!("/v1/reports/{AREA}/{visit}"));
    assert_eq!(report["photos"][0]["stored"], true);
    comes_back(&world, &phone);
    log_holds(&world, 4);
}
