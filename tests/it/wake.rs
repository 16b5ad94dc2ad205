//! The long poll: a push wakes it, a lost wake-up costs delay only.

use std::time::{Duration, Instant};

use doorstep_tests::BarePhone;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::world::{AREA, OTHER_AREA, World};
use serde_json::{Value as Json, json};
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, Role, Value};

fn wait(phone: &BarePhone, area: AreaId, head: u64, timeout_ms: u64) -> bool {
    let body = json!({ "areas": [{ "area": area, "head": head }], "timeout_ms": timeout_ms });
    let sent = agent()
        .post(format!("{}/v1/wait", phone.url))
        .header("authorization", format!("Bearer {}", phone.token))
        .header("content-type", "application/json")
        .send(body.to_string());
    let text = sent.unwrap().body_mut().read_to_string().unwrap();
    serde_json::from_str::<Json>(&text).unwrap()["news"].as_bool().unwrap()
}

fn push(phone: &BarePhone) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    phone.sync(&phone.push_request(AREA, RecordId([5; 16]), Kind::Premises, &[&change]));
}

#[test]
fn a_push_wakes_whoever_waits_and_news_that_is_there_already_is_told_at_once() {
    let world = World::new();
    let writer = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let reader = world.bare_phone("王建国", Role::Coordinator, AREA);
    assert!(!wait(&reader, AREA, 0, 1));
    std::thread::scope(|threads| {
        let begun = Instant::now();
        let waiting = threads.spawn(|| wait(&reader, AREA, 0, 40_000));
        push(&writer);
        assert!(waiting.join().unwrap());
        assert!(begun.elapsed() < Duration::from_secs(30), "it was woken, not timed out");
    });
    assert!(wait(&reader, AREA, 0, 40_000));
    assert!(!wait(&reader, AREA, 1, 1));
}

#[test]
fn nobody_is_told_of_another_persons_area() {
    let world = World::new();
    let writer = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let stranger = world.bare_phone("陈外人", Role::Coordinator, OTHER_AREA);
    push(&writer);
    assert!(!wait(&stranger, AREA, 0, 1));
}
