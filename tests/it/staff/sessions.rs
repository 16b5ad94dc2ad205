//! How long sessions hold, who sees and ends them, and what a request must carry.

use doorstep::auth::csrf;
use doorstep::registry;
use doorstep::store::people;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::world::{AREA, LOGIN, NOW, World, operator};
use serde_json::json;
use sync_protocol::records::Role;

use super::{HOUR, MINUTE, Office, ZHAO, from};
use crate::console::Console;

#[test]
fn a_session_rests_half_an_hour_at_the_most_and_ends_after_twelve_whatever_happens() {
    let office = Office::new();
    let begun = office.begun(NOW);
    assert!(office.is_good(&begun, NOW + 29 * MINUTE));
    assert!(office.is_good(&begun, NOW + 58 * MINUTE));
    assert!(!office.is_good(&begun, NOW + 88 * MINUTE));
    let begun = office.begun(NOW);
    for half_hours in 1..=25 {
        let at = NOW + half_hours * 29 * MINUTE;
        assert_eq!(office.is_good(&begun, at), at < NOW + 12 * HOUR, "{half_hours}");
    }
}

#[test]
fn a_session_ends_with_the_last_role_and_with_leaving() {
    let office = Office::new();
    let begun = office.begun(NOW);
    let taken = |db: &mut _| people::revoke(db, office.zhao, AREA, Role::Reviewer);
    office.world.store.transaction(taken).unwrap();
    assert!(!office.is_good(&begun, NOW));
    assert_eq!(office.sign_in(ZHAO, &from("192.0.2.1"), NOW).err(), Some("no_role"));
    let back = |db: &mut _| people::grant(db, office.zhao, AREA, Role::Reviewer);
    office.world.store.transaction(back).unwrap();
    assert!(office.is_good(&begun, NOW));
    let left = |db: &mut _| registry::leave(db, operator(), office.zhao, NOW);
    office.world.store.transaction(left).unwrap();
    assert!(office.account(&begun, NOW).is_none());
    assert_eq!(office.sign_in(ZHAO, &from("192.0.2.1"), NOW).err(), Some("credentials_wrong"));
}

#[test]
fn a_changing_request_without_its_own_sessions_token_is_refused() {
    let world = World::new();
    let console = Console::sign_in(&world);
    let other = Console::sign_in(&world);
    let sent = |token: Option<&str>| {
        let mut request = agent()
            .post(format!("{}/v1/staff/sign-out", world.url))
            .header("cookie", console.cookie())
            .header("x-doorstep", "console");
        if let Some(token) = token {
            request = request.header("x-doorstep-token", token);
        }
        request.send_empty().unwrap().status().as_u16()
    };
    assert_eq!(sent(None), 403);
    assert_eq!(sent(Some("")), 403);
    assert_eq!(sent(Some(other.token())), 403);
    assert_eq!(sent(Some(&csrf::token("guessed"))), 403);
    assert_eq!(console.status("/v1/staff/me"), 200);
    assert_eq!(console.get("/v1/staff/me")["csrf"], console.token());
    assert_eq!(sent(Some(console.token())), 204);
}

#[test]
fn somebody_sees_their_sessions_and_ends_one_or_all_others() {
    let world = World::new();
    let (here, there) = (Console::sign_in(&world), Console::sign_in(&world));
    let sessions = here.get("/v1/staff/account/sessions")["items"].clone();
    let sessions = sessions.as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions.iter().filter(|session| session["present"] == true).count(), 1);
    let other = sessions.iter().find(|session| session["present"] == false).unwrap();
    let end = |id: &str| here.post(&format!("/v1/staff/account/sessions/{id}/end"));
    assert_eq!(end("none"), 404);
    assert_eq!(end(other["id"].as_str().unwrap()), 204);
    assert_eq!(there.status("/v1/staff/me"), 401);
    assert_eq!(here.status("/v1/staff/me"), 200);
    let third = Console::sign_in(&world);
    assert_eq!(here.post("/v1/staff/account/sessions/end-others"), 204);
    assert_eq!(third.status("/v1/staff/me"), 401);
    assert_eq!(here.status("/v1/staff/me"), 200);
}

#[test]
fn nobody_sees_or_ends_a_colleagues_session() {
    let world = World::new();
    let new = registry::NewLogin { login: ZHAO.0, password: ZHAO.1 };
    let role = (Role::Reviewer, AREA);
    let made = world.store.transaction(|db| {
        Ok(registry::create_person(db, operator(), "赵敏", role, Some(new), NOW))
    });
    made.unwrap().unwrap();
    let admin = Console::sign_in(&world);
    let zhao = Console::try_sign_in(&world.url, ZHAO.0, ZHAO.1).unwrap();
    let hers = zhao.get("/v1/staff/account/sessions")["items"].clone();
    assert_eq!(hers.as_array().unwrap().len(), 1);
    let id = hers[0]["id"].as_str().unwrap();
    assert_eq!(admin.post(&format!("/v1/staff/account/sessions/{id}/end")), 404);
    assert_eq!(zhao.status("/v1/staff/me"), 200);
}

#[test]
fn behind_a_proxy_cookies_are_for_tls_alone_and_their_names_say_so() {
    let world = World::behind_proxy();
    let sent = agent()
        .post(format!("{}/v1/staff/sign-in", world.url))
        .header("content-type", "application/json")
        .header("x-doorstep", "console")
        .header("x-forwarded-for", "198.51.100.9, 192.0.2.44")
        .send(json!({ "name": LOGIN.0, "password": LOGIN.1 }).to_string());
    let answer = sent.unwrap();
    let cookies = answer.headers().get_all("set-cookie").iter();
    let cookies: Vec<&str> = cookies.map(|cookie| cookie.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2);
    for cookie in &cookies {
        assert!(cookie.starts_with("__Host-doorstep_"), "{cookie}");
        for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.split("; ").any(|said| said == part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let session = cookies[0].split(';').next().unwrap();
    let asked = |cookie: &str, path: &str| {
        let asked = agent().get(format!("{}{path}", world.url)).header("cookie", cookie).call();
        asked.unwrap()
    };
    // The name without the prefix, which anybody between could set, is not read.
    let plain = session.trim_start_matches("__Host-");
    assert_eq!(asked(plain, "/v1/staff/me").status().as_u16(), 401);
    let mut listed = asked(session, "/v1/staff/account/sessions");
    let listed = listed.body_mut().read_to_string().unwrap();
    assert!(listed.contains("192.0.2.44") && !listed.contains("198.51.100.9"), "{listed}");
}
