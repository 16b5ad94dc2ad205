//! Staff adopt or dismiss what was refused; its phone is told either way.

use doorstep_tests::BarePhone;
use doorstep_tests::world::{AREA, World};
use serde_json::json;
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{Outcome, Request};

use crate::console::Console;

const HOME: RecordId = RecordId([5; 16]);

/// A coordinator sets the tier, which only reviewers may.
fn refused(phone: &BarePhone) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    let answer = phone.sync(&phone.push_request(AREA, HOME, Kind::Premises, &[&change]));
    assert!(matches!(answer.verdicts[0], Outcome::Rejected { .. }));
}

/// The address of the only thing in quarantine.
fn address(console: &Console) -> String {
    let listed = console.get("/v1/quarantine");
    let [item] = listed["items"].as_array().unwrap().as_slice() else { panic!("one item") };
    assert_eq!(item["code"], "field_forbidden");
    assert_eq!(item["wanted"][0]["key"], "tier");
    assert_eq!(item["author"]["name"], "李春梅");
    let text = |key: &str| item[key].as_str().unwrap().to_owned();
    format!("/v1/quarantine/{}/{}/{}", text("area"), text("record"), text("change"))
}

#[test]
fn an_adopted_change_enters_the_log_as_its_authors_and_the_phone_is_told() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    refused(&phone);
    let console = Console::sign_in(&world);
    let address = address(&console);
    let reason = json!({ "reason": "经现场核实" });
    assert_eq!(console.post_json(&format!("{address}/adopt"), &json!({ "reason": " " })), 400);
    assert_eq!(console.post_json(&format!("{address}/adopt"), &reason), 204);
    // Twice is once.
    assert_eq!(console.post_json(&format!("{address}/adopt"), &reason), 204);
    assert_eq!(console.get("/v1/quarantine")["items"].as_array().unwrap().len(), 0);
    let answer = phone.sync(&Request::idle("tests"));
    let [late] = answer.late.as_slice() else { panic!("one late verdict") };
    assert_eq!(late.verdict.outcome, Outcome::Accepted { seq: 1 });
    assert_eq!(answer.areas[0].head, 1);
}

#[test]
fn a_dismissed_change_stays_out_and_the_phone_is_told_why() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    refused(&phone);
    let console = Console::sign_in(&world);
    let address = address(&console);
    let reason = json!({ "reason": "类别由区里确定" });
    assert_eq!(console.post_json(&format!("{address}/dismiss"), &reason), 204);
    assert_eq!(console.get("/v1/quarantine")["items"].as_array().unwrap().len(), 0);
    let answer = phone.sync(&Request::idle("tests"));
    let dismissed = Outcome::Dismissed { reason: "类别由区里确定".to_owned() };
    assert_eq!(answer.late[0].verdict.outcome, dismissed);
    assert_eq!(answer.areas[0].head, 0);
    let nowhere = address.replace(&HOME.to_string(), &"0".repeat(32));
    assert_eq!(console.post_json(&format!("{nowhere}/adopt"), &reason), 404);
}
