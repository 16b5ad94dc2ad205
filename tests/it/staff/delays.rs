//! Delays that grow with failures, and that nobody can use against somebody else.

use doorstep::store::trail;
use doorstep_tests::world::NOW;

use super::{HOUR, MINUTE, Office, ZHAO, from, with};
use crate::console::Console;

const WRONG: &str = "three dry umbrellas";

/// The network of whoever guesses.
const ELSEWHERE: &str = "203.0.113.66";

impl Office {
    fn guess(&self, login: &str, address: &str, at_ms: i64) -> &'static str {
        self.sign_in((login, WRONG), &from(address), at_ms).err().unwrap()
    }
}

#[test]
fn after_five_failures_waiting_times_double_and_the_right_password_waits_too() {
    let office = Office::new();
    for _ in 0..6 {
        assert_eq!(office.guess(ZHAO.0, ELSEWHERE, NOW), "credentials_wrong");
    }
    assert_eq!(office.guess(ZHAO.0, ELSEWHERE, NOW + 999), "sign_in_delayed");
    let right = |at| office.sign_in(ZHAO, &from(ELSEWHERE), at).err();
    assert_eq!(right(NOW + 999), Some("sign_in_delayed"));
    // What came too early did not count.
    assert_eq!(office.guess(ZHAO.0, ELSEWHERE, NOW + 1000), "credentials_wrong");
    assert_eq!(right(NOW + 2999), Some("sign_in_delayed"));
    assert_eq!(right(NOW + 3000), None);
    // And the right one began the count anew.
    for _ in 0..5 {
        assert_eq!(office.guess(ZHAO.0, ELSEWHERE, NOW + 3000), "credentials_wrong");
    }
    assert_eq!(right(NOW + 3000), None);
}

#[test]
fn whether_a_login_exists_shows_in_no_answer_and_in_no_work() {
    let office = Office::new();
    let tried = |login: &str, address: &str| {
        let mut answers = Vec::new();
        for second in 0..40 {
            let before = office.reception.hasher().runs();
            let answer = office.guess(login, address, NOW + second * 700);
            answers.push((answer, office.reception.hasher().runs() - before));
        }
        answers
    };
    let known = tried(ZHAO.0, "203.0.113.1");
    let unknown = tried("nobody", "203.0.113.2");
    assert_eq!(known, unknown);
    assert!(known.contains(&("credentials_wrong", 1)) && known.contains(&("sign_in_delayed", 0)));
}

#[test]
fn an_attacker_elsewhere_does_not_keep_a_colleague_out_who_was_here_before() {
    let office = Office::new();
    let desk = "192.0.2.1";
    let cookie = office.begun(NOW).browser_cookie.unwrap();
    for number in 0..400 {
        let address = format!("203.0.113.{}", number % 200);
        office.guess(ZHAO.0, &address, NOW + MINUTE);
    }
    // A stranger waits: the login is under attack.
    let stranger = office.sign_in(ZHAO, &from("198.51.100.7"), NOW + MINUTE);
    assert_eq!(stranger.err(), Some("sign_in_delayed"));
    // From the desk of before, in whatever browser; and in the browser of before, from wherever.
    assert!(office.sign_in(ZHAO, &from(desk), NOW + MINUTE).is_ok());
    assert!(office.sign_in(ZHAO, &with(&cookie, "198.51.100.8"), NOW + MINUTE).is_ok());
    // And the stranger waits no more than a minute.
    assert!(office.sign_in(ZHAO, &from("198.51.100.7"), NOW + 2 * MINUTE).is_ok());
}

#[test]
fn a_colleague_at_the_attackers_own_address_gets_in_by_the_browser_of_before() {
    let office = Office::new();
    let cookie = office.begun(NOW).browser_cookie.unwrap();
    for _ in 0..80 {
        office.guess(ZHAO.0, "192.0.2.1", NOW + MINUTE);
    }
    let here = office.sign_in(ZHAO, &from("192.0.2.1"), NOW + MINUTE);
    assert_eq!(here.err(), Some("sign_in_delayed"));
    assert!(office.sign_in(ZHAO, &with(&cookie, "192.0.2.1"), NOW + MINUTE).is_ok());
}

#[test]
fn a_browser_of_before_is_slowed_down_too_and_a_forged_one_is_none() {
    let office = Office::new();
    let cookie = office.begun(NOW).browser_cookie.unwrap();
    let guess = |cookie: &str| {
        office.sign_in((ZHAO.0, WRONG), &with(cookie, ELSEWHERE), NOW + MINUTE).err().unwrap()
    };
    let answers: Vec<_> = (0..12).map(|_| guess(&cookie)).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == "credentials_wrong").count(), 11);
    let forged: Vec<_> = (0..12).map(|n| guess(&format!("{n:032x}{}", &cookie[32..]))).collect();
    assert_eq!(forged.iter().filter(|answer| **answer == "credentials_wrong").count(), 6);
}

#[test]
fn one_address_that_tries_many_logins_is_slowed_down() {
    let office = Office::new();
    let answers: Vec<_> =
        (0..80).map(|number| office.guess(&format!("login{number}"), ELSEWHERE, NOW)).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == "credentials_wrong").count(), 51);
    assert_eq!(office.guess("login99", ELSEWHERE, NOW + HOUR), "credentials_wrong");
}

#[test]
fn many_at_once_do_not_slip_through() {
    let office = Office::new();
    let first = office.guess(ZHAO.0, ELSEWHERE, NOW);
    assert_eq!(first, "credentials_wrong");
    let hasher = office.reception.hasher();
    let before = hasher.runs();
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                let turn = std::iter::repeat_with(|| hasher.try_turn()).flatten().next().unwrap();
                let from = from(ELSEWHERE);
                assert!(office.reception.sign_in(&turn, (ZHAO.0, WRONG), &from, NOW).is_err());
            });
        }
    });
    assert_eq!(hasher.runs() - before, 5);
    // Whoever was looked at counted: the next one waits as if they had come one after the other.
    assert_eq!(office.guess(ZHAO.0, ELSEWHERE, NOW), "sign_in_delayed");
}

#[test]
fn who_failed_to_sign_in_stands_in_the_trail_and_is_told_to_nobody() {
    let mut office = Office::new();
    for login in [ZHAO.0, "nobody"] {
        let refused = Console::try_sign_in(&office.world.url, login, WRONG).err().unwrap();
        assert_eq!(refused.0, 401);
        assert!(!refused.1.contains("person"), "{}", refused.1);
    }
    // What was only counted is written when the server ends.
    office.world.stop_server();
    let kept = office.world.store.read(|db| trail::entries(db, 0, u64::MAX >> 1, 100)).unwrap();
    let failed: Vec<_> = kept
        .iter()
        .filter(|entry| entry.act == "sign_in" && entry.outcome == "credentials_wrong")
        .map(|entry| (entry.actor.as_str(), entry.about.clone()))
        .collect();
    let zhao = format!("person:{}", office.zhao);
    assert_eq!(failed, [("nobody", Some(zhao)), ("nobody", None)]);
}
