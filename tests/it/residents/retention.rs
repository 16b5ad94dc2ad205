//! What has been kept for as long as the district keeps it goes; what it has not said is kept.

use std::thread;

use doorstep::configuration;
use doorstep::http::Server;
use doorstep::photos::Objects;
use doorstep::retention::rules::of_code;
use doorstep::retention::{Due, RULES, apply, plan};
use doorstep::trail::Actor;
use doorstep_tests::gate::Gate;
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, NOW, operator};
use doorstep_tests::{Handset, World};
use mobile_bindings::client::{Entry, FieldValue};
use serde_json::json;
use sync_protocol::configuration::{Configuration, Retention};
use sync_protocol::records::Role;

use super::Scene;
use crate::trail::all;

pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

/// Puts a decision of the district in force; answers whether it was taken.
pub(crate) fn decides(world: &World, retention: Retention) -> bool {
    let next = Configuration { retention, ..Configuration::default() };
    let set = |db: &mut doorstep::store::Db| {
        configuration::set(db, operator(), next.clone(), "tests", NOW)
    };
    world.store.transaction(set).unwrap().version.is_some()
}

/// What a rule would erase at a moment.
pub(crate) fn due(world: &World, rule: &str, now_ms: i64) -> Due {
    let rules = [of_code(rule).expect("a rule")];
    plan(&world.store, operator(), &rules, now_ms).unwrap().remove(0)
}

/// Applies a rule at a moment; answers how many went.
pub(crate) fn applied(world: &World, rule: &str, now_ms: i64) -> usize {
    let objects = Objects::in_folder(&world.folder().join("photos")).unwrap();
    let server = Server::new(world.store.clone(), objects).unwrap();
    let (actor, planned) = (Actor::Operator("tests".to_owned()), [due(world, rule, now_ms)]);
    let went = apply(server.engine(), operator(), &planned, (&actor, now_ms), |_, _| ()).unwrap();
    assert_eq!(went.failed.len(), 0);
    went.gone.iter().map(|(_, number)| number).sum()
}

/// Somebody departed, and that was written long ago.
fn departed(scene: &Scene, day: &str) {
    departs(&scene.phone, &scene.stay, day);
    scene.phone.client().sync().unwrap();
    written_long_ago(&scene.world);
}

/// What was written of stays came in 1970.
pub(crate) fn written_long_ago(world: &World) {
    let age = "UPDATE residencies SET received_at = 0";
    world.store.transaction(|db| doorstep::store::catalogue::run(db, age)).unwrap();
}

fn departs(phone: &Handset, stay: &str, day: &str) {
    phone.client().edit(stay.to_owned(), vec![text("departed_on", day)]).unwrap();
}

/// 2026-01-11, midnight UTC: the departure's day is over.
const AFTER_DEPARTURE: i64 = 1_768_089_600_000;

#[test]
fn a_stay_goes_so_many_days_after_the_departure_and_not_before() {
    let scene = Scene::new();
    departed(&scene, "2026-01-10");
    let at = |days: i64| due(&scene.world, "departed", AFTER_DEPARTURE + days * DAY).records;
    assert_eq!(at(36_500), [], "a district that has said nothing keeps everything");
    assert!(decides(&scene.world, Retention { departed_days: Some(365), ..Retention::default() }));
    assert_eq!(due(&scene.world, "departed", AFTER_DEPARTURE + 365 * DAY - 1).number, 0);
    let found = at(365);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].record.to_string(), scene.stay);

    assert_eq!(applied(&scene.world, "departed", AFTER_DEPARTURE + 365 * DAY), 1);
    assert_eq!(at(365), []);
    scene.phone.client().sync().unwrap();
    assert!(scene.phone.client().read(scene.stay.clone()).is_err());
    assert!(scene.phone.client().read(scene.home.clone()).is_ok());
    let noted: Vec<String> = all(&scene.world.store)
        .into_iter()
        .filter(|kept| kept.actor == "operator:tests")
        .map(|kept| format!("{}: {}", kept.act, kept.detail.unwrap()))
        .collect();
    let expected = [
        "retention_applied: departed begun 1",
        "record_erased: retention departed",
        "retention_applied: departed 1",
    ];
    assert_eq!(noted, expected);
    let checked =
        doorstep::integrity::verify::area(&scene.world.store, operator(), AREA, |_, _| ());
    assert_eq!(checked.unwrap().finding, None);
}

#[test]
fn a_departure_that_was_written_today_does_not_go_today_however_long_ago_it_says_it_was() {
    let scene = Scene::new();
    assert!(decides(&scene.world, Retention { departed_days: Some(30), ..Retention::default() }));
    departs(&scene.phone, &scene.stay, "2020-01-10");
    scene.phone.client().sync().unwrap();
    let now = doorstep::clock::now_ms();
    let at = |days: i64| due(&scene.world, "departed", now + days * DAY).number;
    assert_eq!((at(0), at(29), at(31)), (0, 0, 1));
}

#[test]
fn a_departure_on_two_days_waits_until_somebody_has_decided() {
    let scene = Scene::new();
    assert!(decides(&scene.world, Retention { departed_days: Some(30), ..Retention::default() }));
    let wang = Handset::enrol(&scene.world, &scene.world.url, "王建国", Role::Coordinator, AREA);
    departs(&scene.phone, &scene.stay, "2020-01-10");
    departs(&wang, &scene.stay, "2026-01-10");
    for phone in [&scene.phone, &wang, &scene.phone] {
        phone.client().sync().unwrap();
    }
    written_long_ago(&scene.world);
    let at = || due(&scene.world, "departed", AFTER_DEPARTURE + 31 * DAY).number;
    assert_eq!(at(), 0);
    // Whoever has seen both writes one.
    departs(&wang, &scene.stay, "2026-01-09");
    wang.client().sync().unwrap();
    written_long_ago(&scene.world);
    assert_eq!(at(), 1);
}

#[test]
fn a_stay_whose_person_came_back_after_the_plan_was_made_is_not_erased() {
    let scene = Scene::new();
    departed(&scene, "2026-01-10");
    assert!(decides(&scene.world, Retention { departed_days: Some(30), ..Retention::default() }));
    let now = AFTER_DEPARTURE + 31 * DAY;
    let planned = [due(&scene.world, "departed", now)];
    assert_eq!(planned[0].number, 1);
    let back = Entry { key: "departed_on".into(), value: FieldValue::Cleared };
    scene.phone.client().edit(scene.stay.clone(), vec![back]).unwrap();
    scene.phone.client().sync().unwrap();
    let objects = Objects::in_folder(&scene.world.folder().join("photos")).unwrap();
    let server = Server::new(scene.world.store.clone(), objects).unwrap();
    let actor = Actor::Operator("tests".to_owned());
    let went = apply(server.engine(), operator(), &planned, (&actor, now), |_, _| ()).unwrap();
    assert_eq!(went.gone[0].1, 0);
    scene.phone.client().sync().unwrap();
    assert!(scene.phone.client().read(scene.stay.clone()).is_ok());
}

#[test]
fn a_stay_whose_person_comes_back_while_it_is_about_to_be_erased_is_not_erased() {
    let scene = Scene::new();
    departed(&scene, "2026-01-10");
    assert!(decides(&scene.world, Retention { departed_days: Some(30), ..Retention::default() }));
    let now = AFTER_DEPARTURE + 31 * DAY;
    let planned = [due(&scene.world, "departed", now)];
    let back = Entry { key: "departed_on".into(), value: FieldValue::Cleared };
    scene.phone.client().edit(scene.stay.clone(), vec![back]).unwrap();
    let objects = Objects::in_folder(&scene.world.folder().join("photos")).unwrap();
    let server = Server::new(scene.world.store.clone(), objects).unwrap();
    let actor = Actor::Operator("tests".to_owned());
    let gate = Gate::close(&scene.world.store, AREA);
    thread::scope(|scope| {
        let phone = &scene.phone;
        let pushed = scope.spawn(|| phone.client().sync().unwrap());
        gate.wait_for(1);
        // The push is before the erasure, and not committed when that looks whether the stay is due.
        let gone = scope.spawn(|| {
            apply(server.engine(), operator(), &planned, (&actor, now), |_, _| ()).unwrap()
        });
        gate.wait_for(2);
        gate.open();
        assert_eq!(pushed.join().unwrap().accepted, 1);
        assert_eq!(gone.join().unwrap().gone[0].1, 0);
    });
    scene.phone.client().sync().unwrap();
    assert!(scene.phone.client().read(scene.stay.clone()).is_ok());
}

#[test]
fn drafts_and_closed_requests_go_by_rules_of_their_own() {
    let scene = Scene::new();
    let visit = scene.phone.client().start_visit(scene.home.clone(), Vec::new()).unwrap().record;
    scene.phone.client().sync().unwrap();
    let request = scene.taken("access");
    let open = scene.taken("access");
    let why = json!({ "reason": "证件与本人不符" });
    assert_eq!(scene.reviewers[0].post_json(&format!("{request}/decline"), &why), 204);
    let now = doorstep::clock::now_ms();
    let rules = Retention { draft_days: Some(30), request_days: Some(60), ..Retention::default() };
    assert!(decides(&scene.world, rules));
    let at = |rule, days: i64| due(&scene.world, rule, now + days * DAY);
    assert_eq!((at("drafts", 29).number, at("requests", 59).number), (0, 0));
    let drafts = at("drafts", 31).records;
    assert_eq!(drafts.len(), 1);
    assert_eq!(drafts[0].record.to_string(), visit);
    assert_eq!(at("requests", 61).number, 1);
    assert_eq!(applied(&scene.world, "requests", now + 61 * DAY), 1);
    assert_eq!(applied(&scene.world, "drafts", now + 61 * DAY), 1);
    assert_eq!(scene.reviewers[0].status(&request), 404);
    assert_eq!(scene.reviewers[0].status(&open), 200);
}

#[test]
fn so_few_days_that_nobody_could_notice_are_no_decision() {
    let world = World::new();
    for days in [0, 29] {
        let departed_days = Some(days);
        assert!(!decides(&world, Retention { departed_days, ..Retention::default() }), "{days}");
    }
    assert!(!decides(&world, Retention { session_days: Some(0), ..Retention::default() }));
    assert!(decides(&world, Retention { session_days: None, ..Retention::default() }));
}

#[test]
fn of_what_people_wrote_and_asked_nothing_goes_by_default() {
    let world = World::new();
    let rules: Vec<_> = RULES.iter().collect();
    let planned = plan(&world.store, operator(), &rules, NOW).unwrap();
    let kept = planned.iter().filter(|due| due.days.is_none()).map(|due| due.rule.code);
    let kept: Vec<&str> = kept.collect();
    assert_eq!(kept, ["departed", "accepted", "drafts", "requests", "decided", "given_up"]);
}
