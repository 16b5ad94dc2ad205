//! Keys change: a device's, the district's; and what was overheard or kept of the old ones is of no use.

use doorstep::auth::key_rotation;
use doorstep::integrity::verify;
use doorstep_tests::proxy::{Proxy, Weather};
use sync_protocol::document::Document;
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::keys::{self, DeviceKey};
use sync_protocol::records::{Kind, Value};

use super::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The body that changes a key for another.
fn rotation(phone: &BarePhone, old: &DeviceKey, new: &DeviceKey) -> Json {
    let statement = keys::rotation_statement(phone.device, &old.public(), &new.public());
    json!({
        "old_key": ChangeHash(old.public()),
        "new_key": ChangeHash(new.public()),
        "old_signature": hex(&old.sign(&statement)),
        "new_signature": hex(&new.sign(&statement)),
    })
}

fn send(phone: &BarePhone, body: &Json) -> (u16, String) {
    let sent = agent()
        .post(format!("{}/v1/devices/key", phone.url))
        .header("authorization", format!("Bearer {}", phone.token))
        .header("content-type", "application/json")
        .send(body.to_string());
    let mut answer = sent.unwrap();
    let status = answer.status().as_u16();
    let body = answer.body_mut().read_to_string().unwrap();
    let code: Json = serde_json::from_str(&body).unwrap_or_default();
    (status, code["code"].as_str().unwrap_or_default().to_owned())
}

fn push(phone: &BarePhone, number: u8) -> Answer {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    let record = RecordId([number; 16]);
    let request = phone.push_request(AREA, record, Kind::Premises, &[&change]);
    phone.post_sync(&zstd::bulk::compress(&sync_protocol::wire::encode(&request), 3).unwrap())
}

fn verified(world: &World) -> Option<doorstep::integrity::fault::Finding> {
    verify::area(&world.store, operator(), AREA, |_, _| ()).unwrap().finding
}

#[test]
fn another_key_takes_the_place_of_the_old_one_at_once_and_what_that_signed_stays_signed() {
    let world = World::new();
    let mut phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    assert_eq!(push(&phone, 1).status, 200);
    let (old, new) = (phone.key.clone(), DeviceKey::from_seed([0x31; 32]));
    let change = rotation(&phone, &old, &new);
    assert_eq!(send(&phone, &change), (204, String::new()));
    // The token proved the old key, and so does whoever has kept that.
    assert_eq!(idle(&phone).code(), "token_invalid");
    phone.key = new.clone();
    phone.token = phone.prove();
    assert_eq!(push(&phone, 2).status, 200);
    phone.key = old.clone();
    assert_eq!(push(&phone, 3).code(), "signature_wrong");
    assert_eq!(verified(&world), None);
    // A push that the new key signed cannot have come before there was one.
    let early = "UPDATE pushes SET received_at = received_at - 3600000 WHERE push_id IN
        (SELECT push_id FROM pushes ORDER BY received_at DESC LIMIT 1)";
    let before = "UPDATE former_device_keys SET until = until";
    assert_eq!(world.store.transaction(|db| catalogue::run(db, before)).unwrap(), 1);
    assert_eq!(world.store.transaction(|db| catalogue::run(db, early)).unwrap(), 1);
    assert!(verified(&world).is_some());
}

#[test]
fn a_repeated_an_old_or_a_forged_change_of_the_key_is_harmless() {
    let world = World::new();
    let mut phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let other = world.bare_phone("王建国", Role::Coordinator, AREA);
    let first = phone.key.clone();
    let (second, third) = (DeviceKey::from_seed([0x32; 32]), DeviceKey::from_seed([0x33; 32]));
    let to_second = rotation(&phone, &first, &second);
    // Signed by one key alone, by another device's, or for another device.
    let mut forged = to_second.clone();
    forged["new_signature"] = forged["old_signature"].clone();
    assert_eq!(send(&phone, &forged), (400, "signature_wrong".into()));
    assert_eq!(send(&other, &to_second), (400, "signature_wrong".into()));
    let theirs = rotation(&phone, &other.key, &second);
    assert_eq!(send(&phone, &theirs), (400, "signature_wrong".into()));

    assert_eq!(send(&phone, &to_second).0, 204);
    phone.key = second.clone();
    phone.token = phone.prove();
    // The phone did not hear the answer and asks again.
    assert_eq!(send(&phone, &to_second).0, 204);
    let to_third = rotation(&phone, &second, &third);
    assert_eq!(send(&phone, &to_third).0, 204);
    phone.key = third.clone();
    phone.token = phone.prove();
    // Somebody has kept the first change, and sends it with a token of now.
    assert_eq!(send(&phone, &to_second).0, 400);
    let back = rotation(&phone, &third, &second);
    assert_eq!(send(&phone, &back), (400, "key_used".into()));
    assert_eq!(idle(&phone).status, 200);
}

#[test]
fn a_phone_changes_its_key_when_it_is_told_to_and_its_waiting_work_goes_under_the_new_one() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let mut phone = Handset::enrol_as(&world, &world.url, person);
    phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    phone.client().sync().unwrap();
    phone.write(AREA, 2, vec![text("use", "shop")]).unwrap();
    phone.client().change_key().unwrap();
    phone.restart();
    assert!(phone.client().sync().unwrap().done);
    assert_eq!(verified(&world), None);
    let former = "DELETE FROM former_device_keys";
    assert_eq!(world.store.transaction(|db| catalogue::run(db, former)).unwrap(), 1);
}

#[test]
fn a_bundle_under_the_key_before_is_taken_in() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let phone = Handset::enrol_as(&world, &world.url, person);
    phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    let path = world.folder().join("bundle");
    phone.client().rescue(path.display().to_string()).unwrap();
    phone.client().change_key().unwrap();
    let bundle = std::fs::read(path).unwrap();
    let administrator = administrator(&world);
    let sent = agent()
        .post(format!("{}/v1/rescue", world.url))
        .header("cookie", administrator.cookie())
        .header("x-doorstep", "console")
        .header("x-doorstep-token", administrator.token())
        .send(&bundle[..]);
    let mut answer = sent.unwrap();
    let said: Json = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    assert_eq!(said["changes"][0]["outcome"], "accepted", "{said}");
    assert_eq!(verified(&world), None);
    assert!(phone.client().sync().unwrap().done);
}

#[test]
fn a_phone_that_did_not_hear_of_its_new_key_finds_out_which_one_the_server_has() {
    for weather in [Weather::RequestLost, Weather::AnswerLost] {
        let world = World::new();
        let proxy = Proxy::before_url(&world.url);
        let person = world.person("李春梅", Role::Coordinator, AREA);
        let mut phone = Handset::enrol_as(&world, &proxy.url, person);
        proxy.set(weather);
        assert!(phone.client().change_key().is_err());
        phone.restart();
        proxy.set(Weather::Fair);
        phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
        assert!(phone.client().sync().unwrap().done, "{weather:?}");
        assert_eq!(verified(&world), None);
    }
}

#[test]
fn a_server_restored_from_before_the_change_is_asked_for_the_key_anew() {
    let mut world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let phone = Handset::enrol_as(&world, &world.url, person);
    let backup = world.copy_database();
    phone.client().change_key().unwrap();
    world.restore(backup);
    world.start_server();
    phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    phone.client().sync().unwrap();
    assert!(phone.client().sync().unwrap().done);
    assert_eq!(verified(&world), None);
}

#[test]
fn the_districts_key_changes_and_no_phone_is_thrown_out() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let before = doorstep::integrity::heads::export(&world.store, operator(), 0).unwrap();
    let rotate = || {
        let now = doorstep::clock::now_ms();
        let change = |db: &mut _| key_rotation::change_signing_key(db, operator(), now);
        world.store.transaction(change).unwrap().unwrap()
    };
    assert_eq!([rotate(), rotate()], [2, 3]);
    // A token from before holds for its time; a new one comes from the key of now.
    assert_eq!(idle(&phone).status, 200);
    let mut fresh = phone;
    fresh.token = fresh.prove();
    assert_eq!(idle(&fresh).status, 200);
    // What the district signed before is still known as its own.
    let compared =
        world.store.read(|db| Ok(doorstep::integrity::compare::compare(db, operator(), &before)));
    assert!(compared.unwrap().is_ok());
}
