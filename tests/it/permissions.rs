//! The table of permissions, through HTTP: every route by every role, inside and outside its areas,
//! without credentials and with another district's. What is not there and what one may not see are
//! answered alike, to the byte.

mod cases;
mod matrix;

use doorstep::auth::Action;
use doorstep::auth::permissions::{Who, who};
use doorstep::http::router::routes;
use doorstep_tests::world::{AREA, OTHER_AREA, World};
use sync_protocol::records::Role;

use cases::{Asked, Case, STAFF, Target};
use matrix::Cast;

/// Somebody new with a role, signed in to the console.
pub(crate) fn somebody(
    world: &World,
    role: Role,
    area: sync_protocol::ids::AreaId,
) -> (crate::console::Console, sync_protocol::ids::PersonId) {
    matrix::somebody(world, role, area)
}

/// The same, when it does not matter who.
pub(crate) fn sign_in(
    world: &World,
    role: Role,
    area: sync_protocol::ids::AreaId,
) -> crate::console::Console {
    somebody(world, role, area).0
}

/// Every route has a case, and every case is a route: none escapes what follows.
#[test]
fn every_route_is_in_the_matrix() {
    let listed = routes();
    let mut routes: Vec<String> =
        listed.listed().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let mut cases: Vec<String> =
        cases::all().iter().map(|case| format!("{} {}", case.method, case.path)).collect();
    routes.sort();
    cases.sort();
    assert_eq!(cases, routes);
}

#[test]
fn without_credentials_and_with_another_districts_everything_that_is_not_public_is_401() {
    let cast = Cast::new();
    let elsewhere = Cast::new();
    let foreign_cookie = elsewhere.sign_in(Role::Administrator, AREA);
    let foreign_token = &elsewhere.phone.token;
    for case in cases::all().iter().filter(|case| who(case.action()) != Who::Anybody) {
        let target = Target::existing(&cast);
        let mut bodies = Vec::new();
        for asked in [
            Asked::Nobody,
            Asked::Cookie(foreign_cookie.clone()),
            Asked::Cookie(String::from("doorstep_session=nonsense")),
            Asked::Token(foreign_token.clone()),
            Asked::Token(String::from("nonsense")),
        ] {
            let answer = cast.ask(case, &target, &asked);
            assert_eq!(answer.status, 401, "{} {} as {asked:?}", case.method, case.path);
            bodies.push(answer.body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{} {}: one refusal, one wording", case.method, case.path);
    }
}

#[test]
fn every_role_may_do_what_the_table_says_in_its_areas_and_in_all_below_them() {
    let cast = Cast::new();
    for role in Role::ALL {
        // Held in the street above, and in the community itself.
        for held_in in [doorstep_tests::world::STREET, AREA] {
            let cookie = Asked::Cookie(cast.sign_in(role, held_in));
            for case in cases::all() {
                let Some(expected) = allowed(&case, role) else { continue };
                let answer = cast.ask(&case, &Target::existing(&cast), &cookie);
                let (method, path) = (case.method, case.path);
                if expected {
                    // What it does then is the concern of other tests: a wrong code is wrong.
                    let refused = [401, 403, 404].contains(&answer.status);
                    let through = !refused || answer.code() == "code_wrong";
                    // What breaks is nothing that somebody may do.
                    let through = through && answer.status < 500;
                    assert!(through, "{method} {path} as {role:?}: {answer:?}");
                } else {
                    assert_eq!(answer.status, 403, "{method} {path} as {role:?}: {answer:?}");
                }
            }
        }
    }
}

/// Whether the table lets the role do it; nothing for what is not staff's.
fn allowed(case: &Case, role: Role) -> Option<bool> {
    match who(case.action()) {
        Who::Staff(roles) => Some(roles.has(role)),
        // Of one's own phones there is none here, and no other session.
        Who::SignedIn if case.names_something() => None,
        // That is for whoever is halfway through signing in.
        Who::SignedIn if case.action() == Action::ShowSecondFactor => None,
        Who::SignedIn => Some(true),
        Who::Anybody | Who::Phone(_) | Who::OwnPhone | Who::RevokedPhone | Who::Operator => None,
    }
}

#[test]
fn outside_ones_areas_what_is_there_and_what_is_not_are_the_same_404() {
    let cast = Cast::new();
    for role in STAFF {
        let cookie = Asked::Cookie(cast.sign_in(role, OTHER_AREA));
        for case in cases::all().into_iter().filter(|case| case.names_something()) {
            let forbidden = match who(case.action()) {
                Who::Staff(roles) => !roles.has(role),
                Who::SignedIn => false,
                _ => continue,
            };
            let there = cast.ask(&case, &Target::existing(&cast), &cookie);
            let nowhere = cast.ask(&case, &Target::random(), &cookie);
            let expected = if forbidden { 403 } else { 404 };
            let (method, path) = (case.method, case.path);
            assert_eq!(there.status, expected, "{method} {path} as {role:?}: {there:?}");
            assert_eq!(there, nowhere, "{method} {path} as {role:?}");
        }
    }
}

#[test]
fn what_a_body_names_outside_ones_areas_and_what_is_nowhere_are_refused_alike() {
    let cast = Cast::new();
    let beside = cast.beside();
    for role in STAFF {
        let cookie = Asked::Cookie(cast.sign_in(role, AREA));
        for case in cases::all().into_iter().filter(Case::body_names_something) {
            let Who::Staff(roles) = who(case.action()) else { continue };
            // The address is of one's own area.
            let own = Target::existing(&cast);
            let there = cast.ask_about(&case, (&own, &beside), &cookie);
            let nowhere = cast.ask_about(&case, (&own, &Target::random()), &cookie);
            let (method, path) = (case.method, case.path);
            let expected = match roles.has(role) {
                false => 403,
                // A request stays about whom it is about, whoever else is named.
                true if path.ends_with("/change") => 400,
                true => 404,
            };
            assert_eq!(there.status, expected, "{method} {path} as {role:?}: {there:?}");
            assert_eq!(there, nowhere, "{method} {path} as {role:?}");
        }
    }
}

#[test]
fn phones_reach_their_own_areas_and_their_tokens_open_nothing_of_staffs() {
    let cast = Cast::new();
    let token = |phone: &doorstep_tests::BarePhone| Asked::Token(phone.token.clone());
    for case in cases::all() {
        let (method, path) = (case.method, case.path);
        let there = Target::existing(&cast);
        match who(case.action()) {
            Who::Staff(_) | Who::SignedIn => {
                let answer = cast.ask(&case, &there, &token(&cast.phone));
                assert_eq!(answer.status, 401, "{method} {path}");
            }
            Who::Phone(_) => {
                let answer = cast.ask(&case, &there, &token(&cast.phone));
                let through = ![401, 403, 404].contains(&answer.status) && answer.status < 500;
                assert!(through, "{method} {path}: {answer:?}");
                // A phone of the area beside it, and those of people who do not go to the door.
                for other in &cast.others {
                    let answer = cast.ask(&case, &there, &token(other));
                    if case.names_something() {
                        let nowhere = cast.ask(&case, &Target::random(), &token(other));
                        assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
                        assert_eq!(answer, nowhere, "{method} {path}");
                    } else {
                        assert_eq!(answer.status, cast.empty_status(&case), "{method} {path}");
                    }
                }
            }
            Who::RevokedPhone => {
                let answer = cast.ask(&case, &there, &token(&cast.phone));
                assert_eq!(answer.status, 403, "{method} {path}");
            }
            Who::Anybody | Who::OwnPhone | Who::Operator => {}
        }
    }
}

#[test]
fn a_phone_of_somebody_who_does_not_go_to_the_door_gets_nothing() {
    let cast = Cast::new();
    for phone in cast.others.iter().skip(1) {
        let answer = phone.sync(&sync_protocol::wire::Request::idle("tests"));
        assert!(answer.areas.is_empty() && answer.access.is_empty(), "{answer:?}");
    }
}

#[test]
fn whoever_may_not_ask_is_told_so_whatever_they_send() {
    let cast = Cast::new();
    let auditor = Asked::Cookie(cast.sign_in(Role::Auditor, AREA));
    for mut case in cases::all().into_iter().filter(|case| case.names_something()) {
        case.body = b"{ this is no JSON".to_vec();
        let mut nothing = Target::random();
        nothing.device = "no-device".to_owned();
        nothing.person = "no-person".to_owned();
        let expected = match who(case.action()) {
            Who::Staff(_) => [401, 403],
            Who::Phone(_) => [401, 401],
            _ => continue,
        };
        let asked = [Asked::Nobody, auditor.clone()];
        let answers = asked.map(|asked| cast.ask(&case, &nothing, &asked).status);
        assert_eq!(answers, expected, "{} {}", case.method, case.path);
    }
}

#[test]
fn what_is_asked_without_the_consoles_header_changes_nothing() {
    let world = World::new();
    let cast = Cast::of(world);
    let cookie = cast.sign_in(Role::Administrator, AREA);
    for case in cases::all().into_iter().filter(|case| case.method == "POST") {
        if !matches!(who(case.action()), Who::Staff(_) | Who::SignedIn) {
            continue;
        }
        let asked = Asked::CookieOfAnotherSite(cookie.clone());
        let answer = cast.ask(&case, &Target::existing(&cast), &asked);
        assert_eq!((answer.status, answer.code().as_str()), (403, "header_missing"));
    }
}
