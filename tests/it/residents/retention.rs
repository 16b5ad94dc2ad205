//! What has been kept for as long as the district keeps it goes; by default nothing does.

use doorstep::configuration;
use doorstep::http::Server;
use doorstep::photos::Objects;
use doorstep::retention::{Rule, apply, plan};
use doorstep::trail::Actor;
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, NOW, operator};
use serde_json::json;
use sync_protocol::configuration::{Configuration, Retention};

use super::Scene;
use crate::trail::all;

const DAY: i64 = 24 * 60 * 60 * 1000;

fn decides(scene: &Scene, retention: Retention) -> bool {
    let next = Configuration { retention, ..Configuration::default() };
    let set = |db: &mut doorstep::store::Db| {
        configuration::set(db, operator(), next.clone(), "tests", NOW)
    };
    scene.world.store.transaction(set).unwrap().version.is_some()
}

fn departed(scene: &Scene, day: &str) {
    let left = vec![text("departed_on", day)];
    scene.phone.client().edit(scene.stay.clone(), left).unwrap();
    scene.phone.client().sync().unwrap();
}

#[test]
fn a_stay_goes_so_many_days_after_the_departure_and_not_before() {
    let scene = Scene::new();
    departed(&scene, "2026-01-10");
    // 2026-01-10, midnight UTC.
    let day = 1_767_916_800_000 + DAY;
    let at = |days: i64| plan(&scene.world.store, operator(), day + days * DAY).unwrap().records;
    assert_eq!(at(36_500), [], "a district that has said nothing keeps everything");
    assert!(decides(&scene, Retention { departed_days: Some(365), ..Retention::default() }));
    assert_eq!(at(365), []);
    let found = at(366);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0, found[0].1.record.to_string()), (Rule::Departed, scene.stay.clone()));

    let objects = Objects::in_folder(&scene.world.folder().join("photos")).unwrap();
    let server = Server::new(scene.world.store.clone(), objects).unwrap();
    let now = day + 366 * DAY;
    let planned = plan(&scene.world.store, operator(), now).unwrap();
    let actor = Actor::Operator("tests".to_owned());
    let mut heard = Vec::new();
    apply(server.engine(), operator(), &planned, (&actor, now), |done, of| heard.push((done, of)))
        .unwrap();
    assert_eq!(heard, [(1, 1)]);
    assert_eq!(at(366), []);
    scene.phone.client().sync().unwrap();
    assert!(scene.phone.client().read(scene.stay.clone()).is_err());
    assert!(scene.phone.client().read(scene.home.clone()).is_ok());
    let noted = all(&scene.world.store).into_iter().rfind(|kept| kept.act == "record_erased");
    assert_eq!(noted.unwrap().detail.as_deref(), Some("retention departed_days"));
    let checked =
        doorstep::integrity::verify::area(&scene.world.store, operator(), AREA, |_, _| ());
    assert_eq!(checked.unwrap().finding, None);
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
    assert!(decides(&scene, rules));
    let at = |days: i64| plan(&scene.world.store, operator(), now + days * DAY).unwrap();
    assert_eq!((at(29).records.len(), at(59).requests), (0, 0));
    let later = at(61);
    assert_eq!((later.records.len(), later.requests), (1, 1));
    assert_eq!((later.records[0].0, later.records[0].1.record.to_string()), (Rule::Draft, visit));
    let objects = Objects::in_folder(&scene.world.folder().join("photos")).unwrap();
    let server = Server::new(scene.world.store.clone(), objects).unwrap();
    let actor = Actor::Operator("tests".to_owned());
    apply(server.engine(), operator(), &later, (&actor, now + 61 * DAY), |_, _| ()).unwrap();
    assert_eq!(scene.reviewers[0].status(&request), 404);
    assert_eq!(scene.reviewers[0].status(&open), 200);
}

#[test]
fn so_few_days_that_nobody_could_notice_are_no_decision() {
    let scene = Scene::new();
    for days in [0, 29] {
        assert!(!decides(&scene, Retention { departed_days: Some(days), ..Retention::default() }));
    }
}
