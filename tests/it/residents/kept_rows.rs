//! Rows that are no records go by the same list of rules, to the millisecond, and nothing else goes
//! with them.

use doorstep::auth::devices;
use doorstep::auth::staff::invitations;
use doorstep::clock::now_ms;
use doorstep::store::{Db, StoreError, oidc_attempts};
use doorstep::sync::expiry::{PATIENCE_MS, expire};
use doorstep::trail::Actor;
use doorstep_tests::BarePhone;
use doorstep_tests::world::{AREA, NOW, REVIEWER, World, operator};
use serde_json::json;
use sync_protocol::configuration::Retention;
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{Outcome, Response};

use super::retention::{DAY, applied, decides, due};
use crate::console::Console;

/// Far enough from whatever a test does.
const FAR: i64 = NOW + 40 * 365 * DAY;

/// Of a rule that has one row to erase: it goes so many days after `over`, and not a millisecond before.
fn goes_after(world: &World, rule: &str, over: i64, days: i64) {
    let moment = over + days * DAY;
    assert_eq!(due(world, rule, FAR).oldest, Some(over), "{rule}");
    assert_eq!(due(world, rule, moment - 1).number, 0, "{rule}");
    assert_eq!(due(world, rule, moment).number, 1, "{rule}");
    assert_eq!(applied(world, rule, moment - 1), 0, "{rule}");
    assert_eq!(applied(world, rule, moment), 1, "{rule}");
    assert_eq!(due(world, rule, FAR).number, 0, "{rule}");
}

/// The same where the moment is the server's own: it lies between two others.
fn goes_after_one_of(world: &World, rule: &str, (from, until): (i64, i64), days: i64) {
    let over = due(world, rule, FAR).oldest.expect("a row");
    assert!((from..=until).contains(&over), "{rule}: {over} is not from {from} to {until}");
    goes_after(world, rule, over, days);
}

fn made<T>(world: &World, make: impl Fn(&mut Db) -> Result<T, StoreError>) -> T {
    world.store.transaction(|db| make(db)).unwrap()
}

#[test]
fn codes_that_are_good_once_go_some_days_after_their_end() {
    let world = World::new();
    let person = world.person("李春梅", Role::Coordinator, AREA);
    assert!(decides(&world, Retention { one_time_days: Some(3), ..Retention::default() }));
    made(&world, |db| devices::make_code(db, operator(), person, NOW));
    goes_after(&world, "enrolment_codes", NOW + 10 * 60 * 1000, 3);
    let along = invitations::Along { login: Some("li"), without_second_factor: false };
    let by = || (Actor::Operator("tests".to_owned()), NOW);
    made(&world, |db| invitations::make(db, operator(), person, along, by())).unwrap();
    goes_after(&world, "invitations", NOW + DAY, 3);
    let attempt = oidc_attempts::Attempt {
        state_hash: [1; 32],
        browser_hash: [2; 32],
        nonce: "nonce".into(),
        verifier: "verifier".into(),
        invitation_hash: None,
    };
    made(&world, |db| oidc_attempts::insert(db, &attempt, NOW, NOW + 600_000));
    goes_after(&world, "oidc_attempts", NOW + 600_000, 3);
    let before = now_ms();
    world.bare_phone("王建国", Role::Coordinator, AREA);
    goes_after_one_of(&world, "challenges", (before, now_ms() + DAY), 3);
}

#[test]
fn sessions_and_counts_of_attempts_go_by_default_and_whoever_is_signed_in_stays() {
    let world = World::new();
    let before = now_ms();
    let console = Console::sign_in(&world);
    assert_eq!(due(&world, "sessions", now_ms()).number, 0);
    assert_eq!(applied(&world, "sessions", now_ms()), 0);
    assert_eq!(console.status("/v1/reports"), 200);
    goes_after_one_of(&world, "sessions", (before, now_ms() + DAY), 1);
    assert_eq!(console.status("/v1/reports"), 401);
    drop(Console::try_sign_in(&world.url, REVIEWER.0, "not the password"));
    // An address, a login from there and a browser are counted apart.
    let counted = due(&world, "sign_in_attempts", FAR);
    assert!(counted.number >= 2, "{counted:?}");
    assert!(counted.oldest.is_some_and(|at| at >= before && at <= now_ms() + DAY));
    assert_eq!(applied(&world, "sign_in_attempts", before + 90 * DAY - 1), 0);
    assert_eq!(applied(&world, "sign_in_attempts", FAR), counted.number);
}

const HOME: RecordId = RecordId([5; 16]);

/// A change that builds upon one that never comes.
fn waits(phone: &BarePhone, record: RecordId) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    phone.edit(&mut document, &[("rooms", Value::from(1))]);
    let second = phone.edit(&mut document, &[("rooms", Value::from(2))]).bytes;
    let answer = phone.sync(&phone.push_request(AREA, record, Kind::Premises, &[&second]));
    assert!(matches!(answer.verdicts[0], Outcome::Held { .. }));
}

#[test]
fn what_waited_in_vain_and_the_verdict_on_it_go_by_rules_of_their_own() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    waits(&phone, HOME);
    let given_up = now_ms() + PATIENCE_MS + 1;
    assert_eq!(due(&world, "given_up", FAR).number, 0, "what still waits is not given up");
    assert_eq!(expire(&world.store, given_up).unwrap(), 1);
    assert_eq!(due(&world, "given_up", FAR).number, 0, "the district has not said");
    assert!(decides(&world, Retention { given_up_days: Some(90), ..Retention::default() }));
    goes_after(&world, "given_up", given_up, 90);
    goes_after(&world, "verdicts", given_up, 365);
    // The phone offers it again, as it was.
    waits(&phone, HOME);
}

/// A coordinator sets the tier, which only reviewers may.
fn refused(phone: &BarePhone, record: RecordId) -> (Response, Vec<u8>) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    (phone.sync(&phone.push_request(AREA, record, Kind::Premises, &[&change])), change)
}

#[test]
fn a_refused_change_goes_when_it_was_decided_on_long_ago_and_what_is_undecided_stays() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let (answer, change) = refused(&phone, HOME);
    refused(&phone, RecordId([6; 16]));
    assert!(decides(
        &world,
        Retention { decided_days: Some(30), given_up_days: Some(30), ..Retention::default() }
    ));
    let reviewer = Console::sign_in(&world);
    let listed = reviewer.get("/v1/quarantine")["items"].clone();
    let of_home = |item: &&serde_json::Value| item["record"] == HOME.to_string().as_str();
    let name = listed.as_array().unwrap().iter().find(of_home).unwrap()["change"].clone();
    let path = format!("/v1/quarantine/{AREA}/{HOME}/{}/dismiss", name.as_str().unwrap());
    assert_eq!(due(&world, "decided", FAR).number, 0);
    let before = now_ms();
    assert_eq!(reviewer.post_json(&path, &json!({ "reason": "类别由区里确定" })), 204);
    goes_after_one_of(&world, "decided", (before, now_ms()), 30);
    assert_eq!(due(&world, "given_up", FAR).number, 0, "nobody decided on it, but it did not wait");
    assert_eq!(reviewer.get("/v1/quarantine")["items"].as_array().unwrap().len(), 1);
    let left = world.store.read(|db| doorstep::store::catalogue::dump(db, "quarantine_decisions"));
    assert_eq!(left.unwrap(), Vec::<String>::new(), "the decision and its reason went along");
    // Pushed once more it is refused in the same words.
    let again = phone.sync(&phone.push_request(AREA, HOME, Kind::Premises, &[&change]));
    assert_eq!(again.verdicts, answer.verdicts);
}
