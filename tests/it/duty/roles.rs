//! Roles with dates: when they hold, and who may give them to whom.

use doorstep::auth::device_care::Occasion;
use doorstep::roles::{self, Post, RoleError};
use doorstep::store::people;
use doorstep::trail::{Actor, Origin, reason};
use doorstep_tests::programs::program;
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, STREET, World, operator};
use serde_json::{Value as Json, json};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use super::{last, line, refusal};
use crate::permissions::{sign_in, somebody};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn at(now_ms: i64) -> Occasion {
    Occasion { reason: String::new(), origin: Origin::default(), now_ms }
}

fn by() -> Actor {
    Actor::Operator("tests".to_owned())
}

fn give(
    world: &World,
    who: PersonId,
    dates: (Option<i64>, Option<i64>),
    now_ms: i64,
) -> Result<(), RoleError> {
    let may = operator().post(who, OTHER_AREA, Role::Inspector);
    let given = |db: &mut _| Ok(roles::give(db, &may, dates, (by(), &at(now_ms))));
    world.store.transaction(given).unwrap()
}

fn end(world: &World, who: PersonId, until: Option<i64>, now_ms: i64) -> Result<(), RoleError> {
    let may = operator().post(who, OTHER_AREA, Role::Inspector);
    let ended = |db: &mut _| Ok(roles::end(db, &may, until, (by(), &at(now_ms))));
    world.store.transaction(ended).unwrap()
}

/// Whether somebody inspects in the other area at a moment.
fn inspects(world: &World, who: PersonId, at_ms: i64) -> bool {
    let held = world.store.read(|db| people::areas_of(db, who, at_ms)).unwrap();
    held.get(&OTHER_AREA).is_some_and(|roles| roles.has(Role::Inspector))
}

fn posts(world: &World, who: PersonId) -> Vec<Post> {
    world.store.read(|db| roles::list(db, operator(), who)).unwrap()
}

#[test]
fn a_role_holds_between_its_dates_to_the_millisecond() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    give(&world, li, (Some(NOW + DAY), Some(NOW + 3 * DAY)), NOW).unwrap();
    for (moment, holds) in
        [(NOW, false), (NOW + DAY - 1, false), (NOW + DAY, true), (NOW + 3 * DAY, false)]
    {
        assert_eq!(inspects(&world, li, moment), holds, "{moment}");
    }
    assert!(inspects(&world, li, NOW + 3 * DAY - 1));
    // What a push is judged by is asked anew once a date has passed, and only then.
    let term = |at_ms| world.store.read(|db| people::holdings(db, li, at_ms)).unwrap().term;
    assert_eq!(term(NOW), term(NOW + DAY - 1));
    assert_ne!(term(NOW), term(NOW + DAY));
    assert_ne!(term(NOW + DAY), term(NOW + 3 * DAY));
}

#[test]
fn one_that_is_held_is_not_given_again_and_one_that_is_over_is() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    give(&world, li, (None, Some(NOW + DAY)), NOW).unwrap();
    assert!(matches!(give(&world, li, (None, None), NOW), Err(RoleError::Held)));
    // A day later it is over.
    give(&world, li, (Some(NOW + 2 * DAY), None), NOW + DAY).unwrap();
    assert!(!inspects(&world, li, NOW + DAY));
    assert!(inspects(&world, li, NOW + 900 * DAY));
    assert_eq!(posts(&world, li).len(), 2);
}

#[test]
fn an_end_can_be_put_off_and_one_that_never_began_is_over_at_once() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    give(&world, li, (None, Some(NOW + DAY)), NOW).unwrap();
    end(&world, li, Some(NOW + 5 * DAY), NOW).unwrap();
    assert!(inspects(&world, li, NOW + 5 * DAY - 1));
    end(&world, li, None, NOW + 2 * DAY).unwrap();
    assert!(!inspects(&world, li, NOW + 2 * DAY));
    assert!(matches!(end(&world, li, None, NOW + 2 * DAY), Err(RoleError::NotHeld)));
    give(&world, li, (Some(NOW + 9 * DAY), None), NOW + 2 * DAY).unwrap();
    end(&world, li, None, NOW + 3 * DAY).unwrap();
    assert!(!inspects(&world, li, NOW + 10 * DAY));
    give(&world, li, (None, None), NOW + 3 * DAY).unwrap();
    assert!(inspects(&world, li, NOW + 3 * DAY));
}

#[test]
fn the_trail_says_what_became_of_a_role_with_the_days_that_were_written() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    give(&world, li, (None, Some(NOW + DAY)), NOW).unwrap();
    let said = |act: &str| last(&world, act).detail.unwrap();
    let day = |at_ms| doorstep::calendar::last_day(at_ms).unwrap();
    // Prolonging gives.
    end(&world, li, Some(NOW + 5 * DAY), NOW).unwrap();
    assert_eq!(said("role_granted"), format!("inspector /{}", day(NOW + 5 * DAY)));
    end(&world, li, Some(NOW + 3 * DAY), NOW).unwrap();
    assert_eq!(said("role_taken"), format!("inspector /{}", day(NOW + 3 * DAY)));
    end(&world, li, None, NOW + DAY).unwrap();
    // One that never begins is over at once, whatever day was asked for.
    give(&world, li, (Some(NOW + 9 * DAY), None), NOW + 2 * DAY).unwrap();
    end(&world, li, Some(NOW + 7 * DAY), NOW + 2 * DAY).unwrap();
    assert_eq!(said("role_taken"), format!("inspector /{}", day(NOW + 2 * DAY)));
    assert!(posts(&world, li).iter().any(|post| post.is_over(NOW + 2 * DAY)));
}

#[test]
fn dates_without_sense_and_strangers_are_refused_and_leave_nothing() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let before = posts(&world, li);
    let refused = |dates| give(&world, li, dates, NOW).unwrap_err();
    assert!(matches!(refused((Some(NOW + DAY), Some(NOW + DAY))), RoleError::Dates));
    assert!(matches!(refused((None, Some(NOW))), RoleError::Dates));
    assert!(matches!(end(&world, li, Some(NOW - DAY), NOW), Err(RoleError::Dates)));
    let nobody = give(&world, PersonId([9; 16]), (None, None), NOW);
    assert!(matches!(nobody, Err(RoleError::Unknown)));
    let may = operator().post(li, AreaId(1), Role::Inspector);
    let nowhere = |db: &mut _| Ok(roles::give(db, &may, (None, None), (by(), &at(NOW))));
    let nowhere = world.store.transaction(nowhere).unwrap();
    assert!(matches!(nowhere, Err(RoleError::Unknown)));
    assert_eq!(posts(&world, li), before);
}

fn role(area: AreaId, role: &str) -> Json {
    json!({ "area": area.to_string(), "role": role, "reason": "顶替休产假的同事" })
}

#[test]
fn an_administrator_gives_and_ends_a_role_with_days_and_the_trail_says_why() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let (administrator, who) = somebody(&world, Role::Administrator, AREA);
    let mut body = role(AREA, "reviewer");
    body["from"] = json!("2998-01-01");
    body["until"] = json!("2998-06-30");
    let path = format!("/v1/people/{li}/roles");
    assert_eq!(administrator.post_json(&path, &body), 204);
    assert_eq!(administrator.refused(&path, &body), refusal(409, "role_held"));
    let shown = line(&administrator, li).unwrap()["roles"][1].clone();
    assert_eq!((&shown["from"], &shown["until"]), (&json!("2998-01-01"), &json!("2998-06-30")));
    let kept = last(&world, "role_granted");
    assert_eq!(kept.detail.as_deref(), Some("reviewer 2998-01-01/2998-06-30"));
    assert_eq!((kept.about, kept.area), (Some(format!("person:{li}")), Some(AREA)));
    assert_eq!(kept.actor, format!("staff:{who}"));
    assert_eq!(kept.reason.as_deref().and_then(reason::words), Some("顶替休产假的同事"));
    body["until"] = json!("2998-03-31");
    assert_eq!(administrator.post_json(&format!("{path}/end"), &body), 204);
    assert_eq!(line(&administrator, li).unwrap()["roles"][1]["until"], "2998-03-31");
    assert_eq!(last(&world, "role_taken").detail.as_deref(), Some("reviewer /2998-03-31"));
    body["until"] = json!("1998-03-31");
    assert_eq!(administrator.refused(&format!("{path}/end"), &body), refusal(422, "dates_wrong"));
    body["reason"] = json!(" ");
    assert_eq!(administrator.refused(&path, &body), refusal(400, "wrong_input"));
}

#[test]
fn nothing_is_given_or_taken_above_or_outside_ones_areas() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let zhang = world.person("张伟", Role::Coordinator, OTHER_AREA);
    let above = world.person("王芳", Role::Administrator, STREET);
    let administrator = sign_in(&world, Role::Administrator, AREA);
    for act in ["roles", "roles/end"] {
        let of = |who: PersonId, body: &Json| {
            administrator.answer("POST", &format!("/v1/people/{who}/{act}"), Some(body))
        };
        let nobody = of(PersonId([7; 16]), &role(AREA, "coordinator"));
        assert_eq!(nobody.0, 404);
        for (who, area) in
            [(li, STREET), (li, OTHER_AREA), (zhang, AREA), (zhang, OTHER_AREA), (above, STREET)]
        {
            let answer = of(who, &role(area, "coordinator"));
            assert_eq!(answer, nobody, "{act} {area}: as for somebody who is not there");
        }
    }
    let held = |who| posts(&world, who).into_iter().map(|post| (post.area, post.until_ms));
    assert_eq!(held(li).collect::<Vec<_>>(), [(AREA, None)]);
    assert_eq!(held(zhang).collect::<Vec<_>>(), [(OTHER_AREA, None)]);
}

#[test]
fn nobody_gives_themselves_a_role_and_auditors_are_not_an_administrators_to_make_or_move() {
    let world = World::new();
    let (administrator, oneself) = somebody(&world, Role::Administrator, STREET);
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let auditor = world.person("钱清", Role::Auditor, AREA);
    let forbidden = refusal(403, "forbidden");
    for act in ["roles", "roles/end"] {
        let of = |who: PersonId, which: &str| {
            administrator.refused(&format!("/v1/people/{who}/{act}"), &role(AREA, which))
        };
        assert_eq!(of(oneself, "reviewer"), forbidden);
        assert_eq!(of(li, "auditor"), forbidden);
        assert_eq!(of(auditor, "auditor"), forbidden);
        // An administrator does not read the trail any more: making one of the auditor would blind them.
        assert_eq!(of(auditor, "administrator"), forbidden);
    }
    assert_eq!(posts(&world, oneself).len(), 1);
    assert_eq!(posts(&world, auditor).len(), 1);
    let tried = last(&world, "request");
    assert_eq!((tried.outcome.as_str(), tried.actor), ("forbidden", format!("staff:{oneself}")));
}

#[test]
fn the_command_line_gives_ends_and_lists_roles_by_days_and_notes_who_did_it() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let run = |words: &[&str]| {
        let ran = program("doorstep")
            .args(["--database-url", world.database_url(), "person", "role"])
            .args(words)
            .env("DOORSTEP_DATA_FOLDER", world.folder())
            .output()
            .unwrap();
        (ran.status.success(), String::from_utf8(ran.stdout).unwrap())
    };
    let area = AREA.to_string();
    let which = ["李春梅", "--role", "inspector", "--area", area.as_str()];
    let add = [&["add"], &which[..], &["--from", "2998-01-01", "--until", "2998-06-30"]].concat();
    let (done, said) = run(&add);
    assert!(done && said.contains("from 2998-01-01 until 2998-06-30"), "{said}");
    assert_eq!(
        last(&world, "role_granted").detail.as_deref(),
        Some("inspector 2998-01-01/2998-06-30")
    );
    assert!(!run(&add).0, "it is held already");
    let (done, said) = run(&["list", "李春梅"]);
    assert!(done && said.contains(&format!("{area} inspector from 2998-01-01")), "{said}");
    assert!(run(&[&["end"], &which[..]].concat()).0);
    let ended = last(&world, "role_taken");
    assert!(ended.actor.starts_with("operator:") && ended.about == Some(format!("person:{li}")));
    assert!(run(&["list", "李春梅"]).1.contains(", over"));
}
