//! Bad input gets a code with words that say what to do; nothing is changed and nothing is lost.

use doorstep_tests::bare_phone::agent;
use doorstep_tests::world::{AREA, World};
use serde_json::Value as Json;
use sync_protocol::codes;
use sync_protocol::records::Role;
use sync_protocol::wire::{Request, encode};

/// Sends a body as JSON; answers the status and the error's body.
fn post(url: &str, body: &str) -> (u16, Json) {
    let sent = agent().post(url).header("content-type", "application/json").send(body);
    let mut answer = sent.unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).expect("an error is JSON"))
}

fn assert_code(answer: &(u16, Json), code: &codes::Code) {
    assert_eq!((answer.0, answer.1["code"].as_str()), (code.status, Some(code.code)));
    for part in ["message", "remedy"] {
        for language in ["zh", "en"] {
            assert!(!answer.1[part][language].as_str().unwrap().is_empty());
        }
    }
    assert_eq!(answer.1["retry"], code.retry);
}

#[test]
fn a_body_that_is_no_cbor_or_no_zstd_says_so() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let not_cbor = zstd::bulk::compress(b"{\"not\": \"CBOR\"}", 3).unwrap();
    let whole = zstd::bulk::compress(&encode(&Request::idle("tests")), 3).unwrap();
    let cut_short = &whole[..whole.len() / 2];
    for body in [b"".as_slice(), b"plain", &not_cbor, cut_short] {
        let answer = phone.post_sync(body);
        assert_eq!((answer.status, answer.code().as_str()), (400, "body_not_readable"));
    }
}

#[test]
fn a_body_past_its_cap_is_refused_before_it_is_read_whole() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let answer = phone.post_sync(&vec![7; (1 << 20) + 1]);
    assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
}

#[test]
fn another_protocol_version_says_to_update() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let request = Request { protocol: 99, ..Request::idle("tests") };
    let answer = phone.post_sync(&zstd::bulk::compress(&encode(&request), 3).unwrap());
    assert_eq!((answer.status, answer.code().as_str()), (400, "protocol_unknown"));
}

#[test]
fn an_enrolment_code_that_is_wrong_or_used_is_refused() {
    let world = World::new();
    let code = world.enrolment_code(world.person("李春梅", Role::Coordinator, AREA));
    let url = format!("{}/v1/devices/enrol", world.url);
    let key = "ab".repeat(32);
    let body =
        |code: &str| format!(r#"{{"code":"{code}","public_key":"{key}","name":"n","app":"a"}}"#);
    assert_code(&post(&url, &body("WRONG-CODE-HERE")), &codes::ENROLMENT_CODE_INVALID);
    let first = post(&url, &body(&code));
    assert_eq!(first.0, 200);
    // The answer was lost and the same phone asks again; another phone comes too late.
    assert_eq!(post(&url, &body(&code)), first);
    let other = body(&code).replace(&key, &"cd".repeat(32));
    assert_code(&post(&url, &other), &codes::ENROLMENT_CODE_INVALID);
    assert_code(&post(&url, "{}"), &codes::WRONG_INPUT);
    assert_code(&post(&url, "no json"), &codes::WRONG_INPUT);
}

#[test]
fn an_expired_enrolment_code_is_refused() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let long_ago = doorstep::clock::now_ms() - 11 * 60 * 1000;
    let made = world.store.transaction(|db| {
        let by = doorstep_tests::world::operator();
        doorstep::auth::devices::make_code(db, by, person, long_ago)
    });
    let key = "ab".repeat(32);
    let code = made.unwrap();
    let body = format!(r#"{{"code":"{code}","public_key":"{key}","name":"n","app":"a"}}"#);
    let answer = post(&format!("{}/v1/devices/enrol", world.url), &body);
    assert_code(&answer, &codes::ENROLMENT_CODE_INVALID);
}

#[test]
fn without_a_token_or_with_another_one_nothing_is_answered() {
    let world = World::new();
    let mut phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    for token in ["", "no.such.token"] {
        phone.token = token.to_owned();
        let answer = phone.post_sync(b"");
        assert_eq!((answer.status, answer.code().as_str()), (401, "token_invalid"));
    }
}

#[test]
fn an_address_that_is_none_of_ours_is_a_404_of_the_catalogue() {
    let world = World::new();
    for path in ["/v1/nothing", "/nothing"] {
        let mut answer = agent().get(format!("{}{path}", world.url)).call().unwrap();
        let body: Json =
            serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        assert_code(&(answer.status().as_u16(), body), &codes::NOT_FOUND);
    }
}
