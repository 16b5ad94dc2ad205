//! Signing in by an identity provider: a real one (npm oidc-provider, `tests/oidc`), which the tests
//! can make bad.

mod authority;
mod settings;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use doorstep::auth::staff::invitations::Along;
use doorstep::auth::staff::oidc::{self, Provider, ProviderError};
use doorstep::clock::now_ms;
use doorstep::store::{catalogue, trail};
use doorstep::trail::Actor;
use doorstep_tests::programs::{doorstep, ended};
use doorstep_tests::world::operator;
use serde_json::{Value as Json, json};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use self::authority::Authority;
use super::Office;

const CALLBACK: &str = "/v1/staff/oidc/callback";

/// A district with a provider, and a browser.
struct Away {
    office: Office,
    issuer: String,
    agent: Agent,
    process: Child,
}

impl Drop for Away {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the way there and back ended with.
#[derive(Debug, PartialEq, Eq)]
struct Arrival {
    place: String,
    session: Option<String>,
}

impl Away {
    fn new(claim: &str, factor: &[&str]) -> Self {
        let away = Self::with(None);
        away.set(claim, factor).unwrap();
        away
    }

    /// A provider, with TLS or without, that is not set yet.
    fn with(authority: Option<&Authority>) -> Self {
        let office = Office::new();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/oidc");
        let mut process = Command::new("node")
            .args(["provider.mjs", &format!("{}{CALLBACK}", office.world.url)])
            .envs(authority.map(|own| ("TLS_KEY", &own.key)))
            .envs(authority.map(|own| ("TLS_CERTIFICATE", &own.certificate)))
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let mut issuer = String::new();
        let said = BufReader::new(process.stdout.take().unwrap()).read_line(&mut issuer);
        assert!(said.unwrap() > 0, "the provider did not start: run scripts/provider first");
        let roots = authority.map_or(RootCerts::WebPki, |own| {
            RootCerts::new_with_certs(&[Certificate::from_pem(own.pem.as_bytes()).unwrap()])
        });
        let agent = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        let issuer = issuer.trim().to_owned();
        Self { office, issuer, agent: agent.into(), process }
    }

    fn settings(&self, claim: &str, factor: &[&str]) -> Provider {
        Provider {
            issuer: self.issuer.clone(),
            client_id: "doorstep".to_owned(),
            client_secret: "a secret between two servers".to_owned(),
            public_url: self.office.world.url.clone(),
            claim: claim.to_owned(),
            factor_amr: factor.iter().map(|amr| (*amr).to_owned()).collect(),
            authority: None,
        }
    }

    fn set(&self, claim: &str, factor: &[&str]) -> Result<(), ProviderError> {
        let settings = self.settings(claim, factor);
        oidc::set_provider(&self.office.world.store, operator(), &settings, by())
    }

    /// What the provider is to make of the next tokens.
    fn attack(&self, kind: &str) {
        let done = self.agent.post(format!("{}/attack/{kind}", self.issuer)).send_empty();
        assert_eq!(done.unwrap().status().as_u16(), 200, "{kind}");
    }

    /// Leaves for the provider; answers where to, and the cookie to come back with.
    fn leave(&self, invitation: Option<&str>) -> (String, String) {
        let sent = self
            .agent
            .post(format!("{}/v1/staff/oidc/leave", self.office.world.url))
            .header("content-type", "application/json")
            .header("x-doorstep", "console")
            .send(json!({ "invitation": invitation }).to_string());
        let mut answer = sent.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let said: Json = serde_json::from_reader(answer.body_mut().as_reader()).unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (said["url"].as_str().unwrap().to_owned(), cookie)
    }

    /// What a person does at the provider: signs in there and consents. Answers where it sends them.
    fn at_provider(&self, url: String, account: &str) -> String {
        let mut jar: HashMap<String, String> = HashMap::new();
        let mut next = (url, None::<String>);
        for _ in 0..20 {
            let cookies: Vec<String> =
                jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let cookies = cookies.join("; ");
            let sent = match &next.1 {
                None => self.agent.get(&next.0).header("cookie", cookies).call(),
                Some(form) => self
                    .agent
                    .post(&next.0)
                    .header("cookie", cookies)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .send(form.as_str()),
            };
            let mut answer = sent.unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                jar.insert(name.to_owned(), value.to_owned());
            }
            if let Some(place) = answer.headers().get("location") {
                let place = place.to_str().unwrap().to_owned();
                if place.contains(CALLBACK) {
                    return place;
                }
                let place =
                    if place.starts_with('/') { format!("{}{place}", self.issuer) } else { place };
                next = (place, None);
                continue;
            }
            let page = answer.body_mut().read_to_string().unwrap();
            let between = |before: &str| {
                let rest = page.split_once(before).expect("a form").1;
                rest.split_once('"').unwrap().0.to_owned()
            };
            let form = format!(
                "prompt={}&login={account}&password=x",
                between("name=\"prompt\" value=\"")
            );
            next = (between("action=\""), Some(form));
        }
        panic!("the provider sends the browser about");
    }

    /// Comes back with a link and a cookie.
    fn arrive(&self, link: &str, cookie: &str) -> Arrival {
        let answer = self.agent.get(link).header("cookie", cookie).call().unwrap();
        assert_eq!(answer.status().as_u16(), 303);
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        let cookies = answer.headers().get_all("set-cookie").iter();
        let session = cookies
            .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap())
            .find(|cookie| cookie.starts_with("doorstep_session="));
        Arrival { place, session: session.map(str::to_owned) }
    }

    /// The whole way as an account of the provider.
    fn sign_in(&self, account: &str, invitation: Option<&str>) -> Arrival {
        let (url, cookie) = self.leave(invitation);
        self.arrive(&self.at_provider(url, account), &cookie)
    }

    /// Who a session is, and what it lacks.
    fn me(&self, arrival: &Arrival) -> (String, String) {
        let cookie = arrival.session.as_ref().expect("a session");
        let asked = self
            .agent
            .get(format!("{}/v1/staff/me", self.office.world.url))
            .header("cookie", cookie)
            .call();
        let me: Json = serde_json::from_reader(asked.unwrap().body_mut().as_reader()).unwrap();
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        (text(&me["person"]["name"]), text(&me["lacks"]))
    }

    fn invitation(&self) -> String {
        self.office.invitation(Along::default(), now_ms())
    }
}

fn refused(code: &str) -> Arrival {
    Arrival { place: format!("/#/sign-in/{code}"), session: None }
}

/// Who sets the provider.
fn by() -> (Actor, i64) {
    (Actor::Operator("tests".to_owned()), now_ms())
}

#[test]
fn an_account_is_bound_by_an_invitation_and_signs_in_from_then_on() {
    let away = Away::new("sub", &[]);
    assert_eq!(away.sign_in("zhao", None), refused("oidc_unbound"));
    let invitation = away.invitation();
    let first = away.sign_in("zhao", Some(&invitation));
    assert_eq!(first.place, "/");
    assert_eq!(away.me(&first), ("赵敏".to_owned(), "nothing".to_owned()));
    assert_eq!(away.me(&away.sign_in("zhao", None)).0, "赵敏");
    assert_eq!(away.sign_in("wang", None), refused("oidc_unbound"));
    // The invitation was used up.
    assert_eq!(away.sign_in("wang", Some(&invitation)), refused("invitation_invalid"));
}

#[test]
fn whatever_is_wrong_with_the_token_nobody_gets_in() {
    let away = Away::new("sub", &[]);
    away.sign_in("zhao", Some(&away.invitation()));
    let kinds = [
        "wrong-nonce",
        "no-nonce",
        "wrong-issuer",
        "wrong-audience",
        "expired",
        "alg-none",
        "alg-hs256",
        "tampered",
        "strange-key",
    ];
    for kind in kinds {
        away.attack(kind);
        assert_eq!(away.sign_in("zhao", None), refused("oidc_refused"), "{kind}");
    }
    away.attack("none");
    assert!(away.sign_in("zhao", None).session.is_some());
}

#[test]
fn a_way_back_is_good_once_in_the_browser_that_went_and_with_its_own_state_and_code() {
    let away = Away::new("sub", &[]);
    away.sign_in("zhao", Some(&away.invitation()));
    let (url, cookie) = away.leave(None);
    let link = away.at_provider(url, "zhao");
    assert_eq!(away.arrive(&link, "doorstep_away=another"), refused("oidc_refused"));
    assert_eq!(away.arrive(&link, ""), refused("oidc_refused"));
    let (before, state) = link.split_once("state=").unwrap();
    let rest = state.split_once('&').map_or("", |(_, rest)| rest);
    let forged = format!("{before}state=forged&{rest}");
    assert_eq!(away.arrive(&forged, &cookie), refused("oidc_refused"));
    let strange = link.replace("iss=http", "iss=https");
    assert_ne!(strange, link);
    let (other_url, other_cookie) = away.leave(None);
    let other = away.at_provider(other_url, "zhao");
    assert!(away.arrive(&link, &cookie).session.is_some());
    assert_eq!(away.arrive(&link, &cookie), refused("oidc_refused"));
    // The code of the first way under the state of another.
    let part = |link: &str, name: &str| {
        let rest = link.split_once(name).unwrap().1.to_owned();
        rest.split('&').next().unwrap().to_owned()
    };
    let mixed = other.replace(&part(&other, "code="), &part(&link, "code="));
    assert_eq!(away.arrive(&mixed, &other_cookie), refused("oidc_refused"));
    // From another provider than went to, as the answer itself says (RFC 9207).
    let (url, cookie) = away.leave(None);
    let link = away.at_provider(url, "zhao").replace("iss=http", "iss=https");
    assert_eq!(away.arrive(&link, &cookie), refused("oidc_refused"));
}

#[test]
fn a_second_factor_there_counts_only_if_the_settings_say_so() {
    let away = Away::new("sub", &[]);
    away.office.demand_second_factor();
    let lacks = |arrival: Arrival| away.me(&arrival).1;
    let with_app = "zhao-with-app";
    assert_eq!(lacks(away.sign_in(with_app, Some(&away.invitation()))), "enrolment");
    away.set("sub", &["otp", "mfa"]).unwrap();
    assert_eq!(lacks(away.sign_in(with_app, None)), "nothing");
    assert_eq!(lacks(away.sign_in("zhao", Some(&away.invitation()))), "enrolment");
}

#[test]
fn the_claim_that_says_who_somebody_is_is_the_districts_choice() {
    let away = Away::new("staff_number", &[]);
    away.sign_in("zhao", Some(&away.invitation()));
    assert_eq!(away.me(&away.sign_in("whatever-she-is-called-now", None)).0, "赵敏");
    away.attack("number-4712");
    assert_eq!(away.sign_in("zhao", None), refused("oidc_unbound"));
    away.set("no_such_claim", &[]).unwrap();
    assert_eq!(away.sign_in("zhao", None), refused("oidc_refused"));
}

#[test]
fn whoever_asks_for_the_way_again_and_again_and_never_comes_back_waits() {
    let away = Away::new("sub", &[]);
    let here = super::from("192.0.2.1");
    let now = now_ms();
    let leave = || away.office.reception.leave_for_provider(None, &here, now).map_err(super::code);
    let answers: Vec<_> = (0..53).map(|_| leave().err()).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_none()).count(), 51);
    assert_eq!(answers[52], Some("sign_in_delayed"));
}

#[test]
fn what_is_refused_and_who_got_in_stands_in_the_trail() {
    let away = Away::new("sub", &[]);
    away.sign_in("zhao", Some(&away.invitation()));
    away.attack("tampered");
    away.sign_in("zhao", None);
    let kept =
        away.office.world.store.read(|db| trail::entries(db, 0, u64::MAX >> 1, 100)).unwrap();
    let of = |act: &str| {
        let of_act = kept.iter().filter(|entry| entry.act == act);
        of_act.map(|entry| (entry.actor.clone(), entry.outcome.clone())).collect::<Vec<_>>()
    };
    let zhao = format!("staff:{}", away.office.zhao);
    assert_eq!(of("single_sign_on_linked"), [(zhao.clone(), "done".to_owned())]);
    let refused = ("nobody".to_owned(), "oidc_refused".to_owned());
    assert_eq!(of("sign_in"), [(zhao, "done".to_owned()), refused]);
}

#[test]
fn of_two_accounts_that_arrive_at_once_with_one_invitation_one_is_bound() {
    let away = Away::new("sub", &[]);
    let invitation = away.invitation();
    let back = ["zhao", "wang"].map(|account| {
        let (url, cookie) = away.leave(Some(&invitation));
        (away.at_provider(url, account), cookie)
    });
    let store = &away.office.world.store;
    let rows = |sql: &str| store.read(|db| catalogue::run(db, sql)).unwrap();
    let waiting = "SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let arrivals: Vec<Arrival> = std::thread::scope(|scope| {
        let begun = store.transaction(|db| {
            // Both come as far as they can while the invitation is held.
            catalogue::run(db, "SELECT 1 FROM invitations FOR UPDATE")?;
            let arrive = |(link, cookie): &(String, String)| away.arrive(link, cookie);
            let begun: Vec<_> = back.iter().map(|back| scope.spawn(move || arrive(back))).collect();
            while rows(waiting) < 2 && !begun.iter().any(|one| one.is_finished()) {
                std::thread::yield_now();
            }
            Ok(begun)
        });
        begun.unwrap().into_iter().map(|one| one.join().unwrap()).collect()
    });
    let inside = arrivals.iter().filter(|arrival| arrival.session.is_some()).count();
    assert_eq!(inside, 1, "{arrivals:?}");
    assert!(arrivals.contains(&refused("invitation_invalid")), "{arrivals:?}");
    assert_eq!(rows("SELECT 1 FROM oidc_subjects"), 1);
}
