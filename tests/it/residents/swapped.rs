//! A request is for the person whose papers were looked at: another's number put in the record later,
//! or an area where nobody who agreed has a say, is not reached by it.

use doorstep::sync::moving::{self, Moving};
use doorstep_tests::Handset;
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, OTHER_AREA, operator};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

use super::{NAME, NUMBER, Scene, registered, yes};
use crate::console::Console;
use crate::trail::reading::staff;

pub(super) const VICTIM: &str = "钱秀英";
pub(super) const VICTIMS: &str = "110101199003070310";

/// Staff of one community: who takes a request in, and two who agree.
pub(super) fn community(scene: &Scene) -> [Console; 3] {
    ["one", "two", "three"].map(|name| staff(&scene.world, name, Role::Reviewer, AREA))
}

fn neighbour(scene: &Scene, name: &str, number: &str) -> Handset {
    let world = &scene.world;
    let other = Handset::enrol(world, &world.url, "王建国", Role::Coordinator, OTHER_AREA);
    registered(&other, OTHER_AREA, 2, name, number);
    other
}

/// Takes a request in about the scene's stay, and has both others agree; answers its address.
pub(super) fn agreed(scene: &Scene, by: &[Console; 3], kind: &str) -> String {
    let (status, body) = by[0].answer("POST", "/v1/requests", Some(&scene.asked(kind)));
    assert_eq!(status, 200, "{body}");
    let body: Json = serde_json::from_str(&body).unwrap();
    let request = format!("/v1/requests/{}", body["id"].as_str().unwrap());
    for other in &by[1..] {
        assert_eq!(other.post_json(&format!("{request}/approve"), &yes(1)), 204);
    }
    request
}

fn swapped(scene: &Scene) {
    let number = vec![text("document_number", VICTIMS)];
    scene.phone.client().edit(scene.stay.clone(), number).unwrap();
    scene.phone.client().sync().unwrap();
}

pub(super) fn person_changed() -> (u16, String) {
    (409, "request_person_changed".to_owned())
}

#[test]
fn another_number_put_in_the_record_after_two_agreed_hands_out_nothing() {
    let scene = Scene::new();
    neighbour(&scene, VICTIM, VICTIMS);
    let by = community(&scene);
    let request = agreed(&scene, &by, "access");
    swapped(&scene);
    let hand_out = format!("{request}/hand-out");
    assert_eq!(by[1].refused(&hand_out, &json!({})), person_changed());
    assert_eq!(by[1].get(&request)["state"], "open");
    // Written anew it is for the number that stands there now, and has to be agreed to again.
    assert_eq!(by[0].post_json(&format!("{request}/change"), &scene.asked("access")), 204);
    let not_agreed = (409, "request_not_agreed".to_owned());
    assert_eq!(by[1].refused(&hand_out, &json!({})), not_agreed);
    for other in &by[1..] {
        assert_eq!(other.post_json(&format!("{request}/approve"), &yes(2)), 204);
    }
    let (status, held) = by[1].answer("POST", &hand_out, Some(&json!({})));
    assert_eq!(status, 200, "{held}");
    assert!(held.contains(VICTIMS) && !held.contains(VICTIM), "{held}");
}

#[test]
fn another_number_put_in_the_record_after_two_agreed_erases_nothing() {
    let scene = Scene::new();
    let by = community(&scene);
    let request = agreed(&scene, &by, "erasure");
    swapped(&scene);
    assert_eq!(by[1].refused(&format!("{request}/erase"), &json!({})), person_changed());
    assert_eq!(by[1].get(&request)["state"], "open");
    scene.phone.client().sync().unwrap();
    assert!(scene.phone.client().read(scene.stay.clone()).is_ok());
}

#[test]
fn a_stay_that_has_moved_to_where_nobody_agreed_is_not_erased_there() {
    let scene = Scene::new();
    let by = community(&scene);
    let request = agreed(&scene, &by, "erasure");
    let world = &scene.world;
    let moved = Moving { store: &world.store, by: operator(), from: AREA, to: OTHER_AREA };
    let now = doorstep::clock::now_ms();
    moving::move_record(moved, scene.home.parse().unwrap(), now, |_, _| ()).unwrap();
    // It is somebody else's there by now, and nobody of that area has seen any papers.
    let other = Handset::enrol(world, &world.url, "王建国", Role::Coordinator, OTHER_AREA);
    let anothers = vec![text("document_number", VICTIMS), text("name", VICTIM)];
    other.client().edit(scene.stay.clone(), anothers).unwrap();
    other.client().sync().unwrap();
    assert_eq!(by[1].refused(&format!("{request}/erase"), &json!({})), person_changed());
    assert_eq!(by[1].get(&request)["state"], "open");
    other.client().sync().unwrap();
    assert_eq!(other.shown()[&scene.stay]["name"], VICTIM.into());
}

#[test]
fn an_access_request_reaches_the_areas_of_those_who_agreed_and_no_other() {
    let scene = Scene::new();
    neighbour(&scene, NAME, NUMBER);
    let by = community(&scene);
    let held = |by: &Console, request: &str| {
        let (status, out) = by.answer("POST", &format!("{request}/hand-out"), Some(&json!({})));
        assert_eq!(status, 200, "{out}");
        let out: Json = serde_json::from_str(&out).unwrap();
        out["held"]["records"].as_array().unwrap().len()
    };
    assert_eq!(held(&by[1], &agreed(&scene, &by, "access")), 1);
    // Taken in for the street it has both, and the community alone does not get to see it.
    let request = scene.taken("access");
    assert_eq!(scene.taker.get(&request)["records"].as_array().unwrap().len(), 2);
    assert_eq!(by[1].post_json(&format!("{request}/approve"), &yes(1)), 404);
    scene.agreed(&request);
    assert_eq!(held(&scene.reviewers[0], &request), 2);
}

#[test]
fn whoever_agrees_sees_the_number_masked() {
    let scene = Scene::new();
    let request = scene.taken("access");
    let masked = "**************002X";
    for by in scene.reviewers.iter().chain([&scene.taker]) {
        let (_, seen) = by.answer("GET", &request, None);
        let body: Json = serde_json::from_str(&seen).unwrap();
        assert_eq!(body["number"], masked);
        assert!(!seen.contains(NUMBER));
    }
}
