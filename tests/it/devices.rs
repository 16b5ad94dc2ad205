//! People's phones: looked after by the administrators of their areas, suspended and resumed, revoked
//! and emptied; and what somebody tries who has one that they should not.

mod keys;
mod revoked;
mod stand_ins;
mod stolen;

use doorstep::store::catalogue;
use doorstep_tests::bare_phone::{Answer, agent};
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, LOGIN, OTHER_AREA, World, operator};
use doorstep_tests::{BarePhone, Handset};
use serde_json::{Value as Json, json};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;
use sync_protocol::wire::Request;

use crate::console::Console;

fn administrator(world: &World) -> Console {
    Console::try_sign_in(&world.url, LOGIN.0, LOGIN.1).unwrap()
}

fn act(console: &Console, device: &str, what: &str) -> u16 {
    let reason = json!({ "reason": "手机遗失" });
    console.post_json(&format!("/v1/devices/{device}/{what}"), &reason)
}

/// Syncs nothing; answers what came back.
fn idle(phone: &BarePhone) -> Answer {
    let body = sync_protocol::wire::encode(&Request::idle("tests"));
    phone.post_sync(&zstd::bulk::compress(&body, 3).unwrap())
}

fn listed(console: &Console, device: &str) -> Option<Json> {
    let list = console.get("/v1/devices");
    list["items"].as_array().unwrap().iter().find(|item| item["id"] == device).cloned()
}

fn grant(world: &World, person: PersonId, area: AreaId, role: Role) {
    let grant = |db: &mut _| doorstep::store::people::grant(db, person, area, role);
    world.store.transaction(grant).unwrap();
}

#[test]
fn the_list_says_whose_phone_it_is_how_it_stands_and_when_it_was_seen() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let device = phone.device.to_string();
    let console = administrator(&world);
    let found = listed(&console, &device).unwrap();
    assert_eq!(found["person"]["name"], "李春梅");
    assert_eq!((&found["name"], &found["app"]), (&json!("bare phone"), &json!("tests")));
    assert_eq!(found["state"], "active");
    assert!(found["seen_at"].as_i64() >= found["enrolled_at"].as_i64());
    let name = json!({ "name": "春梅的备用机" });
    assert_eq!(console.post_json(&format!("/v1/devices/{device}/rename"), &name), 204);
    assert_eq!(listed(&console, &device).unwrap()["name"], "春梅的备用机");
    let found = console.get("/v1/devices?q=%E5%A4%87%E7%94%A8");
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    for name in ["", "   ", &"长".repeat(81)] {
        let name = json!({ "name": name });
        assert_eq!(console.post_json(&format!("/v1/devices/{device}/rename"), &name), 400);
    }
    // Each act leaves its entry, and what changes nothing leaves none.
    assert_eq!([act(&console, &device, "suspend"), act(&console, &device, "suspend")], [204, 204]);
    assert_eq!(act(&console, &device, "resume"), 204);
    let no_reason = json!({ "reason": " " });
    assert_eq!(console.post_json(&format!("/v1/devices/{device}/suspend"), &no_reason), 400);
    let about = format!("device:{device}");
    let acts: Vec<String> = crate::trail::all(&world.store)
        .into_iter()
        .filter(|kept| kept.about.as_deref() == Some(&about))
        .map(|kept| kept.act)
        .collect();
    assert_eq!(acts, ["device_renamed", "device_suspended", "device_resumed"]);
}

#[test]
fn an_administrator_of_one_area_reaches_no_phone_of_another() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let device = phone.device.to_string();
    let neighbour = crate::permissions::sign_in(&world, Role::Administrator, OTHER_AREA);
    assert!(listed(&neighbour, &device).is_none());
    for what in ["suspend", "resume", "revoke"] {
        assert_eq!(act(&neighbour, &device, what), 404, "{what}");
    }
    assert_eq!(idle(&phone).status, 200);
    assert_eq!(act(&administrator(&world), &device, "revoke"), 204);
    assert_eq!(idle(&phone).code(), "device_revoked");
}

#[test]
fn whoever_works_elsewhere_too_is_not_invited_nor_let_in_again_by_one_areas_administrator() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    grant(&world, person, OTHER_AREA, Role::Coordinator);
    let phone = BarePhone::enrol(&world.url, &world.enrolment_code(person));
    let device = phone.device.to_string();
    let of_one = crate::permissions::sign_in(&world, Role::Administrator, AREA);
    let body = json!({ "server": world.url });
    let invite = format!("/v1/people/{person}/enrolment-code");
    assert_eq!(of_one.post_json(&invite, &body), 403);
    // Taking access away is theirs; giving it back is not.
    assert_eq!(act(&of_one, &device, "suspend"), 204);
    assert_eq!(act(&of_one, &device, "resume"), 403);
    let of_both = administrator(&world);
    assert_eq!(act(&of_both, &device, "resume"), 204);
    assert_eq!(of_both.post_json(&invite, &body), 200);
}

#[test]
fn a_code_made_in_the_console_enrols_one_phone_of_its_person() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let console = administrator(&world);
    let path = format!("/v1/people/{person}/enrolment-code");
    let made = console.post_for(&path, &json!({ "server": world.url }));
    assert!(made["qr"].as_str().unwrap().contains("<svg"));
    assert!(made["text"].as_str().unwrap().starts_with("doorstep:enrol?server=http%3A"));
    let code = made["code"].as_str().unwrap();
    let phone = BarePhone::enrol(&world.url, code);
    assert_eq!(listed(&console, &phone.device.to_string()).unwrap()["person"]["id"], json!(person));
    let again = agent()
        .post(format!("{}/v1/devices/enrol", world.url))
        .header("content-type", "application/json")
        .send(
            json!({ "code": code, "public_key": "1".repeat(64), "name": "n", "app": "a" })
                .to_string(),
        );
    assert_eq!(again.unwrap().status().as_u16(), 403);
    let people = console.get("/v1/people?q=%E6%98%A5%E6%A2%85");
    assert_eq!(people["items"][0]["roles"][0]["role"], "coordinator");
}

#[test]
fn whoever_has_a_login_sees_and_revokes_their_own_phone_and_no_other() {
    let world = World::new();
    let (console, person) = crate::permissions::somebody(&world, Role::Coordinator, AREA);
    let own = BarePhone::enrol(&world.url, &world.enrolment_code(person));
    let other = world.bare_phone("王建国", Role::Coordinator, AREA);
    let listed = console.get("/v1/staff/devices");
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let path = |phone: &BarePhone| format!("/v1/staff/devices/{}/revoke", phone.device);
    let reason = json!({ "reason": "丢在出租车上" });
    assert_eq!(console.post_json(&path(&other), &reason), 404);
    assert_eq!(console.post_json(&path(&own), &reason), 204);
    assert_eq!(idle(&own).code(), "device_revoked");
    assert_eq!(idle(&other).status, 200);
}

#[test]
fn a_suspended_phone_reads_nothing_keeps_what_it_has_and_goes_on_when_resumed() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let phone = Handset::enrol_as(&world, &world.url, person);
    phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    phone.client().sync().unwrap();
    let device = phone.client().status().unwrap().device.unwrap();
    let console = administrator(&world);
    assert_eq!(act(&console, &device, "suspend"), 204);
    phone.write(AREA, 2, vec![text("use", "shop")]).unwrap();
    for _ in 0..2 {
        let refused = phone.client().sync().unwrap_err();
        assert_eq!(refused.problem().code, "device_paused");
    }
    assert_eq!(phone.shown().len(), 2);
    assert_eq!(phone.client().status().unwrap().on_this_phone, 1);
    assert_eq!(act(&console, &device, "resume"), 204);
    assert!(phone.client().sync().unwrap().done);
    assert_eq!(phone.client().status().unwrap().on_this_phone, 0);
}

#[test]
fn what_a_device_is_called_by_makes_no_difference_to_whoever_asks_without_its_key() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let revoked = world.bare_phone("王建国", Role::Coordinator, AREA);
    let revoke = |db: &mut _| {
        doorstep::registry::revoke_device(
            db,
            operator(),
            revoked.device,
            doorstep_tests::world::NOW,
        )
    };
    assert!(world.store.transaction(revoke).unwrap());
    let ask = |path: &str, body: Json| {
        let sent = agent()
            .post(format!("{}{path}", world.url))
            .header("content-type", "application/json")
            .send(body.to_string());
        let mut answer = sent.unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    let answers: Vec<_> = [phone.device.to_string(), revoked.device.to_string(), "e7".repeat(8)]
        .into_iter()
        .map(|device| {
            let (status, nonce) = ask("/v1/devices/nonce", json!({ "device": device }));
            assert_eq!(status, 200);
            let nonce: Json = serde_json::from_str(&nonce).unwrap();
            let signature = "0".repeat(128);
            let proof =
                json!({ "device": device, "nonce": nonce["nonce"], "signature": signature });
            ask("/v1/devices/token", proof)
        })
        .collect();
    assert_eq!(answers[0].0, 401);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let count = |db: &mut _| catalogue::run(db, "DELETE FROM device_nonces");
    // Only the two proofs of the enrolments are kept: what is asked in vain writes nothing.
    assert_eq!(world.store.transaction(count).unwrap(), 2);
}
