//! A revoked phone: it reads nothing from that moment, loses nothing that its worker wrote, and is
//! empty after.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use doorstep_tests::pictures;
use doorstep_tests::proxy::{Proxy, Weather};
use mobile_bindings::client::ListFilter;

use super::*;

/// A phone that was offline: a home, an edit of it, a visit, a photo.
fn work(phone: &Handset) {
    let client = phone.client();
    let code = doorstep_tests::handset::address_code(AREA, 1);
    let values = vec![text("use", "rented")];
    let home = client.open_premises(Some(AREA.to_string()), code, values).unwrap().record;
    client.edit(home.clone(), vec![text("notes", "门铃坏了")]).unwrap();
    let visit = client.visit(home, vec![text("outcome", "vacant")], true).unwrap().record;
    client.photo(visit, pictures::jpeg(200), Some("门口".into()), None).unwrap();
}

fn phone_at(world: &World, url: &str) -> (Handset, String) {
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let phone = Handset::enrol_as(world, url, person);
    let device = phone.client().status().unwrap().device.unwrap();
    (phone, device)
}

/// Everything that the phone wrote is in quarantine, once, with its photo on the server.
fn is_handed_in(world: &World) {
    let kept = Console::sign_in(world).get("/v1/quarantine");
    let items = kept["items"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    assert!(items.iter().all(|item| item["code"] == "device_suspended"), "{items:?}");
    let stored = "DELETE FROM photos WHERE stored_at IS NOT NULL";
    assert_eq!(world.store.transaction(|db| catalogue::run(db, stored)).unwrap(), 1);
}

fn is_empty(phone: &mut Handset) {
    for _ in 0..2 {
        let client = phone.client();
        let status = client.status().unwrap();
        assert_eq!((status.device, status.person, status.records), (None, None, 0));
        assert_eq!((status.on_this_phone, status.photos_here, status.refused), (0, 0, 0));
        assert!(client.list(ListFilter::default()).unwrap().is_empty());
        assert!(client.areas().unwrap().is_empty());
        assert_eq!(client.sync().unwrap_err().problem().code, "not_enrolled");
        phone.restart();
    }
}

#[test]
fn it_reads_nothing_from_that_moment_whatever_token_it_has() {
    let world = World::new();
    let mut phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    assert_eq!(idle(&phone).status, 200);
    assert_eq!(act(&administrator(&world), &phone.device.to_string(), "revoke"), 204);
    for _ in 0..2 {
        let answer = idle(&phone);
        assert_eq!((answer.status, answer.code().as_str()), (401, "device_revoked"));
        for path in ["/v1/wait", "/v1/photos/210102001001/00/complete?size=1"] {
            let sent = agent()
                .post(format!("{}{path}", world.url))
                .header("authorization", format!("Bearer {}", phone.token))
                .header("content-type", "application/json")
                .send(r#"{"areas": [], "timeout_ms": 0}"#);
            assert_eq!(sent.unwrap().status().as_u16(), 401, "{path}");
        }
        // A new token says who it is, and opens no more.
        phone.token = phone.prove();
    }
    let resume = act(&administrator(&world), &phone.device.to_string(), "resume");
    assert_eq!((resume, idle(&phone).status), (204, 401), "what is revoked stays so");
}

#[test]
fn one_that_sends_its_request_slowly_reads_nothing_once_it_is_revoked() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let body = sync_protocol::wire::encode(&Request::idle("tests"));
    let body = zstd::bulk::compress(&body, 3).unwrap();
    let mut stream = TcpStream::connect(world.url.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /v1/sync HTTP/1.1\r\nhost: doorstep\r\nconnection: close\r\n\
         authorization: Bearer {}\r\ncontent-encoding: zstd\r\ncontent-length: {}\r\n\r\n",
        phone.token,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..body.len() - 1]).unwrap();
    stream.flush().unwrap();
    assert_eq!(act(&administrator(&world), &phone.device.to_string(), "revoke"), 204);
    stream.write_all(&body[body.len() - 1..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("device_revoked"), "{answer}");
}

#[test]
fn it_hands_in_what_its_worker_wrote_and_is_empty_then() {
    let world = World::new();
    let (mut phone, device) = phone_at(&world, &world.url);
    phone.write(AREA, 9, vec![text("use", "shop")]).unwrap();
    phone.client().sync().unwrap();
    work(&phone);
    assert_eq!(act(&administrator(&world), &device, "revoke"), 204);
    let done = phone.client().sync_with_photos().unwrap_err();
    assert_eq!(done.problem().code, "device_emptied");
    is_handed_in(&world);
    is_empty(&mut phone);
    // Found again, it can be enrolled anew, as another device.
    let person = world.person("王建国", Role::Coordinator, AREA);
    let code = world.enrolment_code(person);
    phone.client().enrol_at(world.url.clone(), code, "手机".into()).unwrap();
    phone.client().sync().unwrap();
    assert_eq!(phone.shown().len(), 1, "the home that was there before");
    assert_ne!(phone.client().status().unwrap().device.unwrap(), device);
}

#[test]
fn whatever_happens_to_the_handing_in_nothing_is_lost_and_nothing_stays() {
    for weather in [Weather::RequestLost, Weather::AnswerLost, Weather::AnswerCutShort] {
        let world = World::new();
        let proxy = Proxy::before_url(&world.url);
        let (mut phone, device) = phone_at(&world, &proxy.url);
        work(&phone);
        assert_eq!(act(&administrator(&world), &device, "revoke"), 204);
        // The refused sync and the question for the rescue key go through.
        proxy.set_after(2, weather);
        let error = phone.client().sync().unwrap_err();
        assert_ne!(error.problem().code, "device_emptied", "{weather:?}");
        assert_eq!(phone.client().status().unwrap().on_this_phone, 4, "{weather:?}");
        phone.restart();
        proxy.set(Weather::Fair);
        assert_eq!(phone.client().sync().unwrap_err().problem().code, "device_emptied");
        is_handed_in(&world);
        is_empty(&mut phone);
    }
}

#[test]
fn a_phone_that_is_in_use_cannot_hand_in_nor_one_hand_in_anothers() {
    let world = World::new();
    let (phone, device) = phone_at(&world, &world.url);
    work(&phone);
    let path = world.folder().join("bundle");
    phone.client().rescue(path.display().to_string()).unwrap();
    let bundle = std::fs::read(path).unwrap();
    let thief = world.bare_phone("王建国", Role::Coordinator, AREA);
    let hand_in = |token: &str| {
        let sent = agent()
            .post(format!("{}/v1/devices/hand-in", world.url))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream")
            .send(&bundle[..]);
        let mut answer = sent.unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    assert_eq!(hand_in(&thief.token).0, 403);
    assert_eq!(act(&administrator(&world), &thief.device.to_string(), "revoke"), 204);
    let (status, said) = hand_in(&thief.token);
    assert_eq!(status, 422);
    assert!(said.contains("rescue_unsigned"), "{said}");
    assert_eq!(act(&administrator(&world), &device, "revoke"), 204);
    let none = "DELETE FROM quarantine";
    assert_eq!(world.store.transaction(|db| catalogue::run(db, none)).unwrap(), 0);
}
