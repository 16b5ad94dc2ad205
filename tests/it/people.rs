//! Signing in, proving a device's key, and who may read what.

use doorstep_tests::bare_phone::agent;
use doorstep_tests::world::{AREA, LOGIN, World};
use serde_json::json;
use sync_protocol::ids::ChangeHash;
use sync_protocol::keys;
use sync_protocol::records::Role;

use crate::console::Console;

#[test]
fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    let world = World::new();
    let unknown = Console::try_sign_in(&world.url, "nobody", "a long enough password");
    let wrong = Console::try_sign_in(&world.url, LOGIN.0, "another password");
    let (unknown, wrong) = (unknown.err().unwrap(), wrong.err().unwrap());
    assert_eq!(unknown, wrong);
    assert_eq!(unknown.0, 401);
}

#[test]
fn a_session_ends_with_signing_out() {
    let world = World::new();
    let console = Console::sign_in(&world);
    assert_eq!(console.get("/v1/staff/me")["person"]["name"], "审核员");
    assert_eq!(console.post("/v1/staff/sign-out"), 204);
    assert_eq!(console.status("/v1/staff/me"), 401);
}

#[test]
fn without_a_session_no_report_is_shown() {
    let world = World::new();
    let report = format!("/v1/reports/{AREA}/{}", "0".repeat(32));
    for path in ["/v1/staff/me", "/v1/areas", "/v1/reports", report.as_str()] {
        let answer = agent().get(format!("{}{path}", world.url)).call().unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{path}");
    }
}

#[test]
fn another_sites_form_cannot_act_for_somebody_signed_in() {
    let world = World::new();
    let console = Console::sign_in(&world);
    let sent = agent()
        .post(format!("{}/v1/staff/sign-out", world.url))
        .header("cookie", console.cookie())
        .send_empty();
    assert_eq!(sent.unwrap().status().as_u16(), 403);
    assert_eq!(console.status("/v1/staff/me"), 200);
}

#[test]
fn a_nonce_is_answered_once_and_by_its_device_alone() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let other = world.bare_phone("王建国", Role::Coordinator, AREA);
    let post = |path: &str, body: serde_json::Value| {
        let sent = agent()
            .post(format!("{}{path}", world.url))
            .header("content-type", "application/json")
            .send(body.to_string());
        let mut answer = sent.unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str::<serde_json::Value>(&text).unwrap())
    };
    let device = phone.device.to_string();
    let nonce = post("/v1/devices/nonce", json!({ "device": device })).1["nonce"].clone();
    let bytes: ChangeHash = nonce.as_str().unwrap().parse().unwrap();
    let statement = keys::token_statement(phone.device, bytes.as_bytes());
    let hex =
        |signature: [u8; 64]| signature.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let proof = |signature: String| {
        post("/v1/devices/token", json!({"device": device, "nonce": nonce, "signature": signature}))
    };
    assert_eq!(proof(hex(other.key.sign(&statement))).0, 401);
    // Nobody else can use it up; its own device's answer does, and is of no use to whoever overheard it.
    assert_eq!(proof(hex(phone.key.sign(&statement))).0, 200);
    assert_eq!(proof(hex(phone.key.sign(&statement))).0, 401);
    assert!(!phone.prove().is_empty());
}
