//! Slow clients, and requests without end: each is answered or cut off, and others are served.

use std::time::Duration;

use doorstep::http::Limits;
use doorstep_tests::BarePhone;
use doorstep_tests::raw::Raw;
use doorstep_tests::world::{AREA, World};
use sync_protocol::records::Role;

use super::get;

/// A world whose server has little patience.
fn impatient() -> World {
    let mut limits = Limits::default();
    limits.times.head = Duration::from_secs(2);
    limits.times.open_body = Duration::from_secs(1);
    limits.times.body = Duration::from_secs(1);
    World::with_limits(limits, false)
}

fn still_serves(world: &World) {
    assert_eq!(get(&format!("{}/health", world.url), None).status, 200);
}

#[test]
fn a_head_that_does_not_end_is_cut_off() {
    let world = impatient();
    let mut slow = Raw::connect(&world.url);
    assert!(slow.send("GET /health HTTP/1.1\r\nHost: doorstep\r\nX-Slow: "));
    let mut silent = Raw::connect(&world.url);
    still_serves(&world);
    assert!(slow.until_closed().starts_with("HTTP/1.1 408 "));
    silent.until_closed();
}

#[test]
fn a_head_that_does_not_end_after_a_request_that_did_is_cut_off_too() {
    let world = impatient();
    let mut slow = Raw::connect(&world.url);
    assert!(slow.send("GET /health HTTP/1.1\r\nHost: doorstep\r\n\r\n"));
    assert!(slow.until("{\"ok\":true}").starts_with("HTTP/1.1 200 "));
    assert!(slow.send("GET /health HTTP/1.1\r\nHost: doorstep\r\nX-Slow: "));
    slow.until_closed();
    still_serves(&world);
}

fn post(path: &str, token: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: doorstep\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\n{more}\r\n\r\n"
    )
}

fn phone(world: &World) -> BarePhone {
    world.bare_phone("李春梅", Role::Coordinator, AREA)
}

#[test]
fn a_body_that_does_not_come_is_answered_in_words_and_cut_off() {
    let world = impatient();
    let token = phone(&world).token;
    for path in
        ["/v1/devices/enrol", "/v1/devices/nonce", "/v1/staff/sign-in", "/v1/sync", "/v1/wait"]
    {
        let mut slow = Raw::connect(&world.url);
        let more = "X-Doorstep: console\r\nContent-Length: 200";
        assert!(slow.send(post(path, &token, more)) && slow.send("{"));
        still_serves(&world);
        let said = slow.until_closed();
        assert!(said.starts_with("HTTP/1.1 408 "), "{path}: {said}");
        assert!(said.contains("\"body_too_slow\"") && said.contains("\"retry\":true"), "{said}");
    }
}

#[test]
fn a_body_without_end_is_cut_off_at_its_cap() {
    let world = World::new();
    let token = phone(&world).token;
    for (path, status) in [("/v1/sync", "413"), ("/v1/devices/enrol", "400"), ("/v1/wait", "400")] {
        let mut endless = Raw::connect(&world.url);
        assert!(endless.send(post(path, &token, "Transfer-Encoding: chunked")));
        let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
        // What comes after the answer is thrown away for a moment, so that the answer is read; then it
        // is cut off. A terabyte would take a minute at least.
        let chunks = 1_u64 << 26;
        let taken = (0..chunks).take_while(|_| endless.send(&chunk)).count() as u64;
        assert!(taken < chunks, "{path}: all of it was taken");
        let said = endless.until_closed();
        // What was said before the connection was reset may be lost on the way.
        assert!(said.is_empty() || said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
        still_serves(&world);
    }
}

#[test]
fn a_head_that_is_too_large_or_has_too_many_lines_is_refused() {
    let world = World::new();
    let long = format!(
        "GET /health HTTP/1.1\r\nHost: doorstep\r\nX-Long: {}\r\n\r\n",
        "x".repeat(1 << 20)
    );
    let many =
        format!("GET /health HTTP/1.1\r\nHost: doorstep\r\n{}\r\n", "X-Many: 1\r\n".repeat(500));
    for head in [long, many] {
        let mut client = Raw::connect(&world.url);
        client.send(&head);
        let said = client.until_closed();
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
        assert!(!said.contains("\"ok\":true"), "{said}");
        still_serves(&world);
    }
}
