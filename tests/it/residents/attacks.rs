//! Getting around the two people: none of these ways leads through.

use doorstep::auth::agreement;
use doorstep::residents::request::RequestId;
use doorstep::rotation;
use doorstep::store::{people, requests};
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, STREET, operator};
use serde_json::json;
use sync_protocol::ids::PersonId;
use sync_protocol::records::Role;

use super::{Scene, yes};
use crate::console::Console;
use crate::permissions::somebody;
use crate::trail::reading::staff;

fn code(by: &Console, path: &str, body: &serde_json::Value) -> (u16, String) {
    by.refused(path, body)
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn one_person_is_not_two_and_whoever_asked_is_none_of_them() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    let approve = format!("{request}/approve");
    let erase = format!("{request}/erase");
    let [first, second] = &scene.reviewers;
    assert_eq!(code(&scene.taker, &approve, &yes(1)), refused(403, "request_own"));
    assert_eq!(first.post_json(&approve, &yes(1)), 204);
    assert_eq!(code(first, &approve, &yes(1)), refused(409, "request_agreed"));
    assert_eq!(code(first, &erase, &json!({})), refused(409, "request_not_agreed"));
    assert_eq!(
        code(second, &approve, &json!({ "version": 1, "reason": "行" })),
        refused(422, "request_words_missing")
    );
    assert_eq!(second.post_json(&approve, &yes(1)), 204);
    // A supervisor agrees, and does not carry out.
    assert_eq!(scene.taker.post_json(&erase, &json!({})), 403);
    assert_eq!(first.post_json(&erase, &json!({})), 200);
    assert_eq!(code(first, &erase, &json!({})), refused(409, "request_closed"));
}

#[test]
fn an_approver_who_lost_the_role_does_not_count_any_more() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    let (third, person): (Console, PersonId) = somebody(&scene.world, Role::Supervisor, STREET);
    let [first, _] = &scene.reviewers;
    for one in [first, &third] {
        assert_eq!(one.post_json(&format!("{request}/approve"), &yes(1)), 204);
    }
    scene
        .world
        .store
        .transaction(|db| people::revoke(db, person, STREET, Role::Supervisor))
        .unwrap();
    let erase = format!("{request}/erase");
    assert_eq!(code(first, &erase, &json!({})), refused(409, "request_not_agreed"));
    // In one area of the request alone it does not count either, had the request more.
    scene
        .world
        .store
        .transaction(|db| people::grant(db, person, OTHER_AREA, Role::Supervisor))
        .unwrap();
    assert_eq!(code(first, &erase, &json!({})), refused(409, "request_not_agreed"));
    scene.world.store.transaction(|db| people::grant(db, person, AREA, Role::Supervisor)).unwrap();
    assert_eq!(first.post_json(&erase, &json!({})), 200);
}

#[test]
fn an_approval_is_for_what_was_read_and_not_for_what_was_written_since() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    scene.agreed(&request);
    let mut other = scene.asked("erasure");
    other["reason"] = json!("另一个理由,与之前不同");
    let [first, second] = &scene.reviewers;
    assert_eq!(first.post_json(&format!("{request}/change"), &other), 204);
    assert_eq!(
        code(second, &format!("{request}/erase"), &json!({})),
        refused(409, "request_not_agreed")
    );
    let approve = format!("{request}/approve");
    assert_eq!(code(second, &approve, &yes(1)), refused(409, "request_changed"));
    // Whoever wrote it last asks for it, too.
    assert_eq!(code(first, &approve, &yes(2)), refused(403, "request_own"));
    assert_eq!(second.post_json(&approve, &yes(2)), 204);
    assert_eq!(second.get(&request)["approvals"], 1);
    let mut elsewhere = scene.asked("access");
    elsewhere["reason"] = json!("换成另一件事情");
    assert_eq!(second.post_json(&format!("{request}/change"), &elsewhere), 400);
}

#[test]
fn an_approval_that_was_planted_for_other_words_does_not_count() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    scene.agreed(&request);
    let sql = "UPDATE request_approvals SET digest = sha256('something else')";
    scene.world.store.transaction(|db| doorstep::store::catalogue::run(db, sql)).unwrap();
    let refusal = code(&scene.reviewers[0], &format!("{request}/erase"), &json!({}));
    assert_eq!(refusal, refused(409, "request_not_agreed"));
    // Neither does one that was taken from another's: it is sealed at its own place.
    let scene = Scene::new();
    let request = scene.taken("erasure");
    scene.agreed(&request);
    let sql = "UPDATE request_approvals a SET digest = b.digest FROM request_approvals b
               WHERE b.request_id = a.request_id AND b.person_id <> a.person_id";
    scene.world.store.transaction(|db| doorstep::store::catalogue::run(db, sql)).unwrap();
    let refusal = code(&scene.reviewers[0], &format!("{request}/erase"), &json!({}));
    assert_eq!(refusal, refused(409, "request_not_agreed"));
}

#[test]
fn approvals_that_were_planted_without_the_districts_key_do_not_count() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    let (third, person): (Console, PersonId) = somebody(&scene.world, Role::Reviewer, STREET);
    assert_eq!(scene.reviewers[0].post_json(&format!("{request}/approve"), &yes(1)), 204);
    let plant = |what: &str| {
        let sql = format!(
            "INSERT INTO request_approvals (request_id, person_id, digest, at)
             SELECT r.request_id, '{person}'::uuid, {what}, 1 FROM requests r
             ON CONFLICT (request_id, person_id) DO UPDATE SET digest = excluded.digest"
        );
        scene.world.store.transaction(|db| doorstep::store::catalogue::run(db, &sql)).unwrap();
    };
    let not_agreed = refused(409, "request_not_agreed");
    let erase = format!("{request}/erase");
    // What another's agreement says, word for word; then what is agreed to itself, which the key seals.
    plant("(SELECT a.digest FROM request_approvals a LIMIT 1)");
    assert_eq!(code(&third, &erase, &json!({})), not_agreed);
    let id = RequestId(request.rsplit('/').next().unwrap().parse().unwrap());
    let digest = scene.world.store.transaction(|db| {
        let areas = [operator().area(AREA)];
        Ok(requests::lock(db, id, &areas)?.unwrap().digest())
    });
    let digest: String = digest.unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    plant(&format!("'\\x{digest}'::bytea"));
    assert_eq!(code(&third, &erase, &json!({})), not_agreed);
}

#[test]
fn agreements_count_after_the_data_key_was_changed_though_one_among_them_was_planted() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    scene.agreed(&request);
    let sql = "INSERT INTO request_approvals (request_id, person_id, digest, at)
               SELECT request_id, taken_by, '\\x01', 1 FROM requests";
    scene.world.store.transaction(|db| doorstep::store::catalogue::run(db, sql)).unwrap();
    rotation::rotate(&scene.world.store, NOW, |_, _| ()).unwrap();
    assert_eq!(scene.reviewers[0].get(&request)["approvals"], 2);
    assert_eq!(scene.reviewers[0].post_json(&format!("{request}/erase"), &json!({})), 200);
}

#[test]
fn whoever_asked_does_not_agree_though_the_table_says_that_somebody_else_asked() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    let (_, other): (Console, PersonId) = somebody(&scene.world, Role::Reviewer, STREET);
    let sql = format!("UPDATE requests SET taken_by = '{other}'::uuid");
    scene.world.store.transaction(|db| doorstep::store::catalogue::run(db, &sql)).unwrap();
    let approve = format!("{request}/approve");
    assert_eq!(code(&scene.taker, &approve, &yes(1)), refused(403, "request_own"));
}

#[test]
fn another_areas_request_is_neither_opened_nor_waited_for_before_it_is_refused() {
    let scene = Scene::new();
    let request = scene.taken("access");
    let neighbour = staff(&scene.world, "neighbour", Role::Reviewer, OTHER_AREA);
    let sql = "UPDATE requests SET words = '\\x00'";
    scene.world.store.transaction(|db| doorstep::store::catalogue::run(db, sql)).unwrap();
    assert_eq!(scene.reviewers[0].answer("GET", &request, None).0, 500, "it cannot be opened");
    assert_eq!(neighbour.answer("GET", &request, None).0, 404);
    assert_eq!(neighbour.get("/v1/requests")["items"], json!([]));
    let locked = scene.world.store.transaction(|db| {
        doorstep::store::catalogue::run(db, "SELECT 1 FROM requests FOR UPDATE")?;
        Ok(neighbour.answer("GET", &request, None).0)
    });
    assert_eq!(locked.unwrap(), 404);
}

#[test]
fn another_areas_staff_see_of_a_request_what_they_see_of_none() {
    let scene = Scene::new();
    let request = scene.taken("access");
    let nowhere = "/v1/requests/0198c0de-0000-7000-8000-000000000000";
    let neighbour = staff(&scene.world, "neighbour", Role::Reviewer, OTHER_AREA);
    assert_eq!(neighbour.get("/v1/requests")["items"], json!([]));
    let ways = [
        ("GET", "", json!({})),
        ("POST", "/approve", yes(1)),
        ("POST", "/decline", yes(1)),
        ("POST", "/change", scene.asked("access")),
        ("POST", "/hand-out", json!({})),
        ("POST", "/erase", json!({})),
        ("POST", "/close", json!({})),
    ];
    for (method, way, body) in ways {
        let there = neighbour.answer(method, &format!("{request}{way}"), Some(&body));
        let none = neighbour.answer(method, &format!("{nowhere}{way}"), Some(&body));
        assert_eq!((there.0, &there), (404, &none), "{way}");
    }
    assert_eq!(code(&neighbour, "/v1/requests", &scene.asked("access")), refused(404, "not_found"));
    assert_eq!(scene.reviewers[0].get(&request)["approvals"], 0);
}

#[test]
fn what_is_no_request_is_refused_and_what_was_declined_stays_so() {
    let scene = Scene::new();
    let with = |key: &str, value: serde_json::Value| {
        let mut asked = scene.asked("erasure");
        asked[key] = value;
        scene.taker.refused("/v1/requests", &asked)
    };
    assert_eq!(with("proof", json!("是")), refused(422, "request_words_missing"));
    assert_eq!(with("record", json!(scene.home)), refused(422, "request_landlord"));
    assert_eq!(with("record", json!("0".repeat(32))), refused(404, "not_found"));
    assert_eq!(with("field", json!("name")), refused(400, "wrong_input"));
    assert_eq!(with("kind", json!("praise")), refused(400, "wrong_input"));
    assert_eq!(with("kind", json!("correction")), refused(400, "wrong_input"));
    let request = scene.taken("erasure");
    let why = json!({ "reason": "证件与本人不符" });
    assert_eq!(scene.reviewers[0].post_json(&format!("{request}/decline"), &why), 204);
    for way in ["approve", "decline", "erase"] {
        let body = json!({ "version": 1, "reason": "证件与本人不符" });
        let refusal = scene.reviewers[1].refused(&format!("{request}/{way}"), &body);
        assert_eq!(refusal, refused(409, "request_closed"), "{way}");
    }
    assert_eq!(scene.reviewers[1].get(&request)["decision"], "证件与本人不符");
}

#[test]
fn what_two_agreed_to_hand_out_or_to_correct_erases_nothing() {
    let scene = Scene::new();
    let erasures = |kind: &str| {
        let request = scene.taken(kind);
        scene.agreed(&request);
        let id = RequestId(request.trim_start_matches("/v1/requests/").parse().unwrap());
        let agreed = scene.world.store.transaction(|db| {
            let request = requests::lock(db, id, &[operator().area(AREA)])?.unwrap();
            agreement::agreed(db, &request, doorstep::clock::now_ms())
        });
        let erasures = agreed.unwrap().unwrap().erasures();
        erasures.into_iter().map(|may| may.record().to_string()).collect::<Vec<_>>()
    };
    assert!(erasures("access").is_empty());
    assert_eq!(erasures("erasure"), [scene.stay.as_str()]);
}
