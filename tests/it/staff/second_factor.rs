//! The second factor: set up, shown, used once, lost, and demanded.

use doorstep::auth::staff::invitations::Along;
use doorstep::auth::staff::sessions::Account;
use doorstep::auth::staff::{Begun, Lacks};
use doorstep_tests::bare_phone::agent;
use doorstep_tests::world::{LOGIN, NOW, World};
use totp_rs::{Builder, Secret};

use super::{HOUR, MINUTE, Office, ZHAO, code, from};
use crate::console::Console;

/// The app that shows the codes of a secret.
fn app(secret: &str) -> impl Fn(i64) -> String + use<> {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    move |at_ms| totp.generate(u64::try_from(at_ms / 1000).unwrap()).to_string()
}

impl Office {
    /// Sets a second factor up; answers the app and the recovery codes.
    fn enrol(
        &self,
        account: &Account,
        at_ms: i64,
    ) -> (impl Fn(i64) -> String + use<>, Vec<String>) {
        let offered = self.reception.offer_second_factor(account).unwrap();
        let app = app(&offered.secret);
        let here = from("192.0.2.1");
        let confirmed =
            self.reception.confirm_second_factor(account, &app(at_ms), &here, at_ms).unwrap();
        (app, confirmed.recovery_codes)
    }

    fn show(&self, halfway: &Begun, entered: &str, at_ms: i64) -> Result<Begun, &'static str> {
        let account = self.account(halfway, at_ms).ok_or("no session")?;
        let here = from("192.0.2.1");
        self.reception.show_second_factor(&account, entered, &here, at_ms).map_err(code)
    }
}

#[test]
fn once_it_is_set_up_a_password_alone_reaches_nothing() {
    let office = Office::new();
    let first = office.begun(NOW);
    let other = office.begun(NOW);
    let (app, _) = office.enrol(&office.account(&first, NOW).unwrap(), NOW);
    assert!(office.is_good(&first, NOW));
    assert!(office.account(&other, NOW).is_none());
    let later = NOW + MINUTE;
    let halfway = office.begun(later);
    assert_eq!(halfway.lacks, Lacks::SecondFactor);
    assert!(halfway.browser_cookie.is_none());
    assert!(!office.is_good(&halfway, later));
    assert_eq!(office.show(&halfway, "000000", later).err(), Some("code_wrong"));
    let good = office.show(&halfway, &app(later), later).unwrap();
    assert!(office.is_good(&good, later));
    // The secret from before the code is worth nothing any more.
    assert!(office.account(&halfway, later).is_none());
}

#[test]
fn a_code_is_used_once_whatever_it_was_used_for_and_half_a_minute_of_drift_is_forgiven() {
    let office = Office::new();
    let (app, _) = office.enrol(&office.account(&office.begun(NOW), NOW).unwrap(), NOW);
    let show = |entered: &str, at| office.show(&office.begun(at), entered, at).err();
    assert_eq!(show(&app(NOW), NOW), Some("code_wrong"));
    let later = NOW + 10 * MINUTE;
    assert_eq!(show(&app(later - MINUTE), later), Some("code_wrong"));
    assert_eq!(show(&app(later + MINUTE), later), Some("code_wrong"));
    assert_eq!(show(&app(later - 30_000), later), None);
    assert_eq!(show(&app(later - 30_000), later), Some("code_wrong"));
    assert_eq!(show(&app(later + 30_000), later), None);
    // One that is older than the last that was used, though still of now.
    assert_eq!(show(&app(later), later), Some("code_wrong"));
}

#[test]
fn of_two_at_once_with_the_same_code_one_gets_in() {
    let office = Office::new();
    let (app, _) = office.enrol(&office.account(&office.begun(NOW), NOW).unwrap(), NOW);
    let later = NOW + MINUTE;
    let halfway = [office.begun(later), office.begun(later)];
    let entered = app(later);
    let got_in = std::thread::scope(|scope| {
        let tries: Vec<_> = halfway
            .iter()
            .map(|begun| scope.spawn(|| office.show(begun, &entered, later).is_ok()))
            .collect();
        tries.into_iter().map(|tried| tried.join().unwrap()).filter(|in_| *in_).count()
    });
    assert_eq!(got_in, 1);
}

#[test]
fn five_wrong_codes_end_the_session_and_more_passwords_do_not_help_for_long() {
    let office = Office::new();
    let (app, _) = office.enrol(&office.account(&office.begun(NOW), NOW).unwrap(), NOW);
    let later = NOW + HOUR;
    let halfway = office.begun(later);
    for _ in 0..5 {
        assert_eq!(office.show(&halfway, "000000", later).err(), Some("code_wrong"));
    }
    assert_eq!(office.show(&halfway, &app(later), later).err(), Some("no session"));
    let again = office.begun(later);
    assert_eq!(office.show(&again, "000000", later).err(), Some("code_wrong"));
    assert_eq!(office.show(&again, &app(later), later).err(), Some("sign_in_delayed"));
    let waited = later + 2_000;
    assert!(office.show(&again, &app(waited), waited).is_ok());
}

#[test]
fn each_of_ten_recovery_codes_is_good_once_in_place_of_a_lost_app() {
    let office = Office::new();
    let (_, codes) = office.enrol(&office.account(&office.begun(NOW), NOW).unwrap(), NOW);
    assert_eq!(codes.len(), 10);
    let show = |entered: &str| office.show(&office.begun(NOW), entered, NOW);
    assert!(show(&codes[3].to_lowercase().replace('-', " ")).is_ok());
    assert_eq!(show(&codes[3]).err(), Some("code_wrong"));
    let account = office.account(&show(&codes[9]).unwrap(), NOW).unwrap();
    let left = office.reception.particulars(&account, NOW).unwrap().unwrap();
    assert_eq!((left.second_factor, left.recovery_codes), (true, 8));
    let turn = office.reception.hasher().try_turn().unwrap();
    let here = from("192.0.2.1");
    let renewed = office.reception.renew_recovery_codes(&turn, &account, ZHAO.1, &here, NOW);
    assert_eq!(renewed.unwrap().len(), 10);
    assert_eq!(show(&codes[0]).err(), Some("code_wrong"));
}

#[test]
fn where_it_is_demanded_the_first_session_is_good_for_setting_it_up_alone() {
    let office = Office::new();
    office.demand_second_factor();
    let halfway = office.begun(NOW);
    assert_eq!(halfway.lacks, Lacks::Enrolment);
    assert!(!office.is_good(&halfway, NOW));
    let account = office.account(&halfway, NOW).unwrap();
    assert_eq!(office.show(&halfway, "000000", NOW).err(), Some("forbidden"));
    let offered = office.reception.offer_second_factor(&account).unwrap();
    let here = from("192.0.2.1");
    let confirm = |entered: &str| {
        office.reception.confirm_second_factor(&account, entered, &here, NOW).map_err(code)
    };
    assert_eq!(confirm("000000").err(), Some("code_wrong"));
    let begun = confirm(&app(&offered.secret)(NOW)).unwrap().begun.unwrap();
    assert!(office.is_good(&begun, NOW));
    assert!(office.account(&halfway, NOW).is_none());
    // A second one beside it is not offered: a stolen session cannot put its own app in its place.
    let account = office.account(&begun, NOW).unwrap();
    let refused = office.reception.offer_second_factor(&account).map_err(code);
    assert_eq!(refused.err(), Some("second_factor_there"));
}

#[test]
fn it_is_taken_away_with_the_password_alone_and_where_it_is_demanded_another_must_follow() {
    let office = Office::new();
    office.demand_second_factor();
    let halfway = office.begun(NOW);
    let (app, _) = office.enrol(&office.account(&halfway, NOW).unwrap(), NOW);
    let later = NOW + MINUTE;
    let begun = office.show(&office.begun(later), &app(later), later).unwrap();
    let account = office.account(&begun, later).unwrap();
    let here = from("192.0.2.1");
    let remove = |password: &str| {
        let turn = office.reception.hasher().try_turn().unwrap();
        let removed =
            office.reception.remove_second_factor(&turn, &account, password, &here, later);
        removed.map_err(code)
    };
    assert_eq!(remove("wrong"), Err("password_wrong"));
    assert_eq!(remove(ZHAO.1), Ok(()));
    assert!(!office.is_good(&begun, later));
    assert_eq!(office.account(&begun, later).unwrap().lacks(), Lacks::Enrolment);
}

#[test]
fn whoever_lost_app_and_codes_begins_anew_with_an_invitation() {
    let office = Office::new();
    let _ = office.enrol(&office.account(&office.begun(NOW), NOW).unwrap(), NOW);
    assert_eq!(office.begun(NOW).lacks, Lacks::SecondFactor);
    office.invitation(Along { without_second_factor: true, ..Along::default() }, NOW);
    assert_eq!(office.begun(NOW).lacks, Lacks::Nothing);
}

#[test]
fn over_http_somebody_halfway_reaches_their_own_account_and_nothing_else() {
    let world = World::new();
    let set = |db: &mut _| {
        doorstep::registry::set_second_factor(db, doorstep_tests::world::operator(), true)
    };
    world.store.transaction(set).unwrap();
    let halfway = Console::try_sign_in(&world.url, LOGIN.0, LOGIN.1).unwrap();
    let me = halfway.get("/v1/staff/me");
    assert_eq!((&me["lacks"], &me["roles"]), (&"enrolment".into(), &serde_json::json!([])));
    for path in ["/v1/areas", "/v1/reports", "/v1/quarantine"] {
        assert_eq!(halfway.status(path), 401, "{path}");
    }
    assert_eq!(halfway.status("/v1/staff/account/sessions"), 403);
    let password = serde_json::json!({ "old": LOGIN.1, "new": "nine red lanterns" });
    let refused = halfway.refused("/v1/staff/account/password", &password);
    assert_eq!(refused, (403, "forbidden".to_owned()));
    let sent = agent()
        .post(format!("{}/v1/staff/account/second-factor/offer", world.url))
        .header("cookie", halfway.cookie())
        .header("x-doorstep", "console")
        .header("x-doorstep-token", halfway.token())
        .send_empty();
    let mut answer = sent.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let offered: serde_json::Value =
        serde_json::from_reader(answer.body_mut().as_reader()).unwrap();
    assert!(offered["url"].as_str().unwrap().starts_with("otpauth://totp/"));
}

#[test]
fn in_a_browser_somebody_sets_it_up_shows_it_and_sees_their_account() {
    let office = Office::new();
    office.demand_second_factor();
    let console = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/console");
    let run = std::process::Command::new("node")
        .args(["--test", "e2e/sign-in.test.mjs"])
        .current_dir(console)
        .env("CONSOLE_URL", &office.world.url)
        .env("STAFF_NAME", ZHAO.0)
        .env("STAFF_PASSWORD", ZHAO.1)
        .output()
        .expect("node runs: `make test` installs it");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
}
