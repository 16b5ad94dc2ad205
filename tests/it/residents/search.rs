//! Looking somebody up: masked, in one's own areas alone, and in the trail without the words.

use doorstep_tests::Handset;
use doorstep_tests::world::{OTHER_AREA, STREET};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

use super::{NAME, NUMBER, Scene, registered};
use crate::console::Console;
use crate::trail::all;
use crate::trail::reading::staff;

fn found(by: &Console, sort: &str, words: &str) -> Json {
    let body = json!({ "by": sort, "words": words });
    let (status, answer) = by.answer("POST", "/v1/search", Some(&body));
    assert_eq!(status, 200, "{answer}");
    assert!(!answer.contains(NUMBER) && !answer.contains("19900007771"), "{answer}");
    serde_json::from_str(&answer).unwrap()
}

#[test]
fn a_resident_is_found_by_part_of_a_name_and_by_the_whole_number_and_shown_masked() {
    let scene = Scene::new();
    let home = scene.home.parse::<sync_protocol::ids::RecordId>().unwrap();
    scene.phone.client().start_visit(home.to_string(), Vec::new()).unwrap();
    scene.phone.client().sync().unwrap();
    let reviewer = &scene.reviewers[0];
    for (sort, words) in [
        ("name", "春"),
        ("name", "阳春"),
        ("number", " 110105 194912 31002x"),
        ("phone", "+86 199-0000-7771"),
    ] {
        let found = found(reviewer, sort, words);
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{words}: {found}");
        assert_eq!(items[0]["record"], scene.stay.as_str());
        assert_eq!(items[0]["home"], scene.home.as_str());
        assert_eq!(items[0]["name"], NAME);
        assert_eq!(items[0]["address"], "青泥洼桥路 5 号");
        assert_eq!(items[0]["reports"].as_array().unwrap().len(), 1);
        assert_eq!(found["more"], false);
        assert_eq!(items[0]["fields"][0]["masked"], sort != "name");
    }
    for (sort, words) in [("name", "春阳"), ("number", "11010519491231002"), ("phone", "7771")] {
        assert_eq!(found(reviewer, sort, words)["items"], json!([]), "{words}");
    }
}

#[test]
fn nobody_finds_whom_they_may_not_see_and_the_trail_has_no_words() {
    let mut scene = Scene::new();
    let other =
        Handset::enrol(&scene.world, &scene.world.url, "王建国", Role::Coordinator, OTHER_AREA);
    registered(&other, OTHER_AREA, 2, "欧阳秋", "110101199003070310");
    let neighbour = staff(&scene.world, "neighbour", Role::Reviewer, OTHER_AREA);
    let items = found(&neighbour, "name", "欧阳");
    assert_eq!(items["items"].as_array().unwrap().len(), 1);
    assert_eq!(found(&neighbour, "number", NUMBER), found(&neighbour, "number", "none"));
    assert_eq!(found(&scene.reviewers[0], "name", "欧阳")["items"].as_array().unwrap().len(), 2);
    for role in [Role::Supervisor, Role::Administrator, Role::Auditor, Role::Coordinator] {
        let console = staff(&scene.world, &format!("not-{}", role.code()), role, STREET);
        assert_eq!(console.post_json("/v1/search", &json!({ "by": "name", "words": "欧阳" })), 403);
    }
    for wrong in [
        json!({ "by": "name", "words": "  " }),
        json!({ "by": "name", "words": "字".repeat(61) }),
        json!({ "by": "colour", "words": "红" }),
    ] {
        assert_eq!(neighbour.post_json("/v1/search", &wrong), 400, "{wrong}");
    }
    scene.world.stop_server();
    let trail = all(&scene.world.store);
    let searches: Vec<_> = trail.iter().filter(|kept| kept.act == "resident_searched").collect();
    assert_eq!(searches[0].detail.as_deref(), Some("name 1"));
    assert!(searches.iter().filter(|kept| kept.outcome == "forbidden").count() == 4);
    let dump =
        format!("{:?}", scene.world.store.read(|db| doorstep::store::catalogue::dump(db, "trail")));
    assert!(!dump.contains("欧阳") && !dump.contains(NUMBER));
}
