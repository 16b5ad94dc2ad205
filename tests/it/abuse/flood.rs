//! Many requests of one client, while another is served.

use std::net::Ipv4Addr;
use std::time::Duration;

use doorstep::http::Limits;
use doorstep::http::limits::Rate;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::raw::Raw;
use doorstep_tests::world::{AREA, LOGIN, World};
use serde_json::json;
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{Request, encode};

use super::{Answer, get, read, until};

/// As seldom as never, as far as a test is concerned.
const ONCE: Rate = Rate { burst: std::num::NonZeroU32::MIN, each: Duration::from_secs(3_600) };

fn limited(change: impl FnOnce(&mut Limits)) -> World {
    let mut limits = Limits::default();
    change(&mut limits);
    World::with_limits(limits, false)
}

/// So many at once and then seldom.
fn burst(requests: u32) -> Rate {
    Rate { burst: requests.try_into().expect("some"), ..ONCE }
}

fn assert_too_many(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (429, "too_many_requests"));
    assert!(answer.retry_after.is_some_and(|seconds| (1..=3_600).contains(&seconds)));
}

#[test]
fn a_flood_from_one_address_is_told_to_wait_while_another_is_served() {
    let world = limited(|limits| {
        limits.rates.address = Some(burst(5));
        limits.proxies.networks = vec!["127.0.0.0/8".parse().unwrap()];
    });
    let url = format!("{}/health", world.url);
    let flood: Vec<Answer> = (0..20).map(|_| get(&url, Some("203.0.113.1"))).collect();
    assert_eq!(flood.iter().filter(|answer| answer.status == 200).count(), 5);
    flood[5..].iter().for_each(assert_too_many);
    // It cannot get more by saying that others sent it.
    assert_too_many(&get(&url, Some("198.51.100.1, 203.0.113.1")));
    assert_eq!(get(&url, Some("203.0.113.2")).status, 200);
}

#[test]
fn without_a_trusted_proxy_nobody_is_believed_where_they_come_from() {
    let world = limited(|limits| limits.rates.address = Some(burst(3)));
    let url = format!("{}/health", world.url);
    let answers = (1..=6).map(|last| get(&url, Some(&format!("203.0.113.{last}"))).status);
    assert_eq!(answers.collect::<Vec<_>>(), [200, 200, 200, 429, 429, 429]);
}

#[test]
fn what_anybody_may_ask_for_is_counted_by_itself_however_it_is_spelled() {
    let world = limited(|limits| {
        limits.rates.sign_in = burst(2);
        limits.rates.enrolment = ONCE;
        limits.rates.proof = ONCE;
        limits.rates.public = ONCE;
    });
    let post = |path: &str| {
        let sent = agent()
            .post(format!("{}{path}", world.url))
            .header("x-doorstep", "console")
            .header("content-type", "application/json")
            .send("{}");
        read(sent.unwrap())
    };
    assert_eq!(post("/v1/staff/sign-in").status, 400);
    assert_eq!(post("/v1/staff/sign-i%6e").status, 400);
    for path in ["/v1/staff/sign-in", "/v1/staff/sign-i%6e", "/v1/staff/sign-i%6E"] {
        assert_too_many(&post(path));
    }
    assert_eq!(post("/v1/devices/enrol").status, 400);
    assert_too_many(&post("/v1/devices/enrol"));
    assert_eq!(post("/v1/devices/nonce").status, 400);
    assert_too_many(&post("/v1/devices/token"));
    // A resident gets a page in words, whatever it says.
    let badge = format!("{}/badge/whatever", world.url);
    assert_eq!(get(&badge, None).status, 404);
    let again = get(&badge, None);
    assert_eq!(again.status, 429);
    assert!(again.retry_after.is_some() && again.body.contains("暂时无法核验"), "{}", again.body);
    assert_eq!(get(&format!("{}/health", world.url), None).status, 200);
}

#[test]
fn a_device_that_asks_too_often_is_told_to_wait_and_others_are_served() {
    let world = limited(|limits| limits.rates.device = burst(3));
    let eager = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let other = world.bare_phone("王建国", Role::Inspector, AREA);
    let idle = zstd::bulk::compress(&encode(&Request::idle("tests")), 3).unwrap();
    let answers: Vec<_> = (0..5).map(|_| eager.post_sync(&idle)).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
    assert_eq!(answers[4].code(), "too_many_requests");
    assert_eq!(other.post_sync(&idle).status, 200);
}

#[test]
fn a_member_of_staff_who_asks_too_often_is_told_to_wait() {
    let world = limited(|limits| limits.rates.person = burst(3));
    let body = json!({ "name": LOGIN.0, "password": LOGIN.1 }).to_string();
    let signed_in = agent()
        .post(format!("{}/v1/staff/sign-in", world.url))
        .header("x-doorstep", "console")
        .header("content-type", "application/json")
        .send(&body)
        .unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let areas = || {
        let url = format!("{}/v1/areas", world.url);
        read(agent().get(url).header("cookie", &cookie).call().unwrap())
    };
    assert_eq!((0..3).filter(|_| areas().status == 200).count(), 3);
    assert_too_many(&areas());
}

#[test]
fn one_address_has_so_many_connections_and_no_more() {
    let world = limited(|limits| limits.counts.address_connections = 3);
    let mut held: Vec<Raw> = (0..3).map(|_| Raw::connect(&world.url)).collect();
    // Each of the three is known by the server once it has answered on it.
    for client in &mut held {
        assert!(client.send("GET /health HTTP/1.1\r\nHost: doorstep\r\n\r\n"));
        client.until("{\"ok\":true}");
    }
    let mut one_more = Raw::connect(&world.url);
    assert_eq!(one_more.until_closed(), "");
    let mut elsewhere = Raw::from_address(&world.url, Ipv4Addr::new(127, 0, 0, 2));
    assert!(elsewhere.send("GET /health HTTP/1.1\r\nHost: doorstep\r\n\r\n"));
    elsewhere.until("{\"ok\":true}");
    drop(held);
    until(|| {
        let mut again = Raw::connect(&world.url);
        again.send("GET /health HTTP/1.1\r\nHost: doorstep\r\nConnection: close\r\n\r\n");
        again.until_closed().starts_with("HTTP/1.1 200 ")
    });
}

#[test]
fn when_too_many_requests_are_under_way_the_next_one_is_told_to_come_back() {
    let world = limited(|limits| (limits.counts.requests, limits.counts.address_requests) = (2, 2));
    let url = format!("{}/health", world.url);
    let mut held = Vec::new();
    until(|| {
        let head = "POST /v1/devices/nonce HTTP/1.1\r\nHost: doorstep\r\nContent-Length: 99\r\n";
        let mut slow = Raw::connect(&world.url);
        slow.send(format!("{head}Content-Type: application/json\r\n\r\n{{"));
        held.push(slow);
        get(&url, None).status == 503
    });
    let busy = get(&url, None);
    assert_eq!((busy.status, busy.code().as_str()), (503, "busy"));
    assert!(busy.retry_after.is_some());
    drop(held);
    until(|| get(&url, None).status == 200);
}

#[test]
fn a_hundred_waiting_polls_hold_nobody_up_and_a_device_has_only_so_many() {
    let world = limited(|limits| limits.counts.device_waits = 100);
    let reader = world.bare_phone("王建国", Role::Coordinator, AREA);
    let writer = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let poll = |timeout_ms: u64| {
        let body = json!({ "areas": [{ "area": AREA, "head": 0 }], "timeout_ms": timeout_ms });
        let sent = agent()
            .post(format!("{}/v1/wait", world.url))
            .header("authorization", format!("Bearer {}", reader.token))
            .header("content-type", "application/json")
            .send(body.to_string());
        read(sent.unwrap())
    };
    std::thread::scope(|threads| {
        // Whoever meets the test's own look comes again.
        let patient = || loop {
            let answer = poll(45_000);
            if answer.status != 429 {
                return answer;
            }
        };
        let waiting: Vec<_> = (0..100).map(|_| threads.spawn(patient)).collect();
        until(|| poll(0).status == 429);
        assert_eq!(writer.sync(&Request::idle("tests")).verdicts.len(), 0);
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let change = writer.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
        writer.sync(&writer.push_request(AREA, RecordId([5; 16]), Kind::Premises, &[&change]));
        for poll in waiting {
            assert_eq!(poll.join().unwrap().body, "{\"news\":true}");
        }
    });
    assert_eq!(poll(0).status, 200);
}
