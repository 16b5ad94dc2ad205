//! Setting passwords: by invitation, with the old one; and hashing them anew.

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use doorstep::auth::passwords::is_outdated;
use doorstep::auth::staff::invitations::Along;
use doorstep::store::logins;
use doorstep_tests::world::{LOGIN, NOW, World};
use serde_json::json;

use super::{HOUR, Office, ZHAO, code, from};
use crate::console::Console;

const NEW: &str = "nine red lanterns";

impl Office {
    fn accept(&self, invitation: &str, password: &str, at_ms: i64) -> Result<String, &'static str> {
        let turn = self.reception.hasher().try_turn().unwrap();
        let given = (invitation, password);
        self.reception.accept(&turn, given, &from("192.0.2.1"), at_ms).map_err(code)
    }
}

#[test]
fn an_invitation_sets_a_password_once_and_every_session_ends() {
    let office = Office::new();
    let begun = office.begun(NOW);
    let code = office.invitation(Along::default(), NOW);
    assert_eq!(office.accept(&code, "too short", NOW), Err("password_length"));
    assert_eq!(office.accept(&code, "zhaozhaozhaozhao", NOW), Err("password_common"));
    assert_eq!(office.accept(&code.to_lowercase(), NEW, NOW), Ok(ZHAO.0.to_owned()));
    assert_eq!(office.accept(&code, "another good password", NOW), Err("invitation_invalid"));
    assert!(office.account(&begun, NOW).is_none());
    let from = from("192.0.2.1");
    assert_eq!(office.sign_in(ZHAO, &from, NOW).err(), Some("credentials_wrong"));
    assert!(office.sign_in((ZHAO.0, NEW), &from, NOW).is_ok());
}

#[test]
fn an_invitation_is_good_for_a_day_and_a_newer_one_takes_its_place() {
    let office = Office::new();
    let first = office.invitation(Along::default(), NOW);
    let second = office.invitation(Along::default(), NOW);
    assert_eq!(office.accept(&first, NEW, NOW), Err("invitation_invalid"));
    assert!(office.accept(&second, NEW, NOW + 24 * HOUR - 1).is_ok());
    let third = office.invitation(Along::default(), NOW + 24 * HOUR);
    assert_eq!(office.accept(&third, NEW, NOW + 48 * HOUR), Err("invitation_invalid"));
    assert_eq!(office.accept("", NEW, NOW + 48 * HOUR), Err("invitation_invalid"));
}

#[test]
fn guessing_invitations_is_slowed_down() {
    let office = Office::new();
    let answers: Vec<_> =
        (0..60).map(|n| office.accept(&format!("{n:012}"), NEW, NOW).unwrap_err()).collect();
    assert_eq!(answers[0], "invitation_invalid");
    assert_eq!(answers[59], "sign_in_delayed");
}

#[test]
fn a_password_is_changed_by_whoever_knows_the_old_one_and_other_sessions_end() {
    let world = World::new();
    let sign_in = || Console::try_sign_in(&world.url, LOGIN.0, LOGIN.1).unwrap();
    let (here, there) = (sign_in(), sign_in());
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    let path = "/v1/staff/account/password";
    let refused = |old, new| here.refused(path, &change(old, new));
    assert_eq!(refused("wrong", NEW), (403, "password_wrong".to_owned()));
    assert_eq!(refused(LOGIN.1, "short"), (422, "password_length".to_owned()));
    assert_eq!(refused(LOGIN.1, "adminadminadminadmin"), (422, "password_common".to_owned()));
    assert_eq!(there.status("/v1/staff/me"), 200);
    assert_eq!(here.post_json(path, &change(LOGIN.1, NEW)), 204);
    assert_eq!(there.status("/v1/staff/me"), 401);
    assert_eq!(here.status("/v1/staff/me"), 200);
    assert!(Console::try_sign_in(&world.url, LOGIN.0, LOGIN.1).is_err());
    assert!(Console::try_sign_in(&world.url, LOGIN.0, NEW).is_ok());
}

#[test]
fn whoever_has_a_session_cannot_try_passwords_in_it_without_end() {
    let world = World::new();
    let here = Console::sign_in(&world);
    let wrong = json!({ "old": "wrong", "new": NEW });
    let answers: Vec<_> =
        (0..8).map(|_| here.refused("/v1/staff/account/password", &wrong).1).collect();
    assert_eq!(answers[0], "password_wrong");
    assert_eq!(answers[7], "sign_in_delayed");
}

#[test]
fn a_hash_of_lower_cost_is_made_anew_by_signing_in() {
    let office = Office::new();
    let cost = Params::new(8 * 1024, 1, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
    let cheap = argon2.hash_password(ZHAO.1.as_bytes()).unwrap().to_string();
    let set = |db: &mut _| logins::set_password(db, office.zhao, &cheap);
    office.world.store.transaction(set).unwrap();
    assert!(is_outdated(&office.stored_hash()));
    assert!(office.sign_in((ZHAO.0, "three dry umbrellas"), &from("192.0.2.1"), NOW).is_err());
    assert_eq!(office.stored_hash(), cheap);
    office.begun(NOW);
    assert!(!is_outdated(&office.stored_hash()));
    office.begun(NOW);
}
