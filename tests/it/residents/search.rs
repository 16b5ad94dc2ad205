//! Looking somebody up: masked, in one's own areas alone, and in the trail without the words.

use doorstep_tests::Handset;
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, OTHER_AREA, STREET};
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
        assert_eq!(found["next"], Json::Null);
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
        json!({ "by": "name", "words": "欧阳", "after": "nowhere" }),
        json!({ "by": "name", "words": "欧阳", "after": format!("{OTHER_AREA}-") }),
        json!({ "by": "name", "words": "欧阳", "limit": -1 }),
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

/// Homes of one landlord, in two areas.
pub(super) fn let_homes(scene: &Scene, here: u32, there: u32) {
    let other =
        Handset::enrol(&scene.world, &scene.world.url, "王建国", Role::Coordinator, OTHER_AREA);
    let owner = |number: u32| {
        let address = format!("北三路{number}号");
        let owner = [("owner_name", "司马房东"), ("owner_document", NUMBER)];
        [owner[0], owner[1], ("address", address.as_str())]
            .map(|(key, value)| text(key, value))
            .into()
    };
    for (phone, area, homes) in [(&scene.phone, AREA, here), (&other, OTHER_AREA, there)] {
        for number in 0..homes {
            phone.write(area, 100 + number, owner(100 + number));
        }
        phone.client().sync().unwrap();
    }
}

/// Every page of a search, as the records on each.
fn pages(by: &Console, words: &str, limit: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after = Json::Null;
    loop {
        let body = json!({ "by": "name", "words": words, "after": after, "limit": limit });
        let page = by.post_for("/v1/search", &body);
        let of = |item: &Json| format!("{} {}", item["area"], item["record"]);
        pages.push(page["items"].as_array().unwrap().iter().map(of).collect());
        after = page["next"].clone();
        if after.is_null() {
            return pages;
        }
    }
}

#[test]
fn pages_hold_everybody_once_in_one_order_whatever_their_size() {
    let scene = Scene::new();
    let reviewer = &scene.reviewers[0];
    let sizes = |words: &str, limit| pages(reviewer, words, limit).iter().map(Vec::len).collect();
    assert_eq!(sizes("司马", 3), [0]);
    let_homes(&scene, 4, 2);
    let sizes = |limit| -> Vec<usize> { sizes("司马", limit) };
    assert_eq!(sizes(1), [1; 6]);
    // One less than there are, as many, one more, and a divisor of them.
    assert_eq!(
        (sizes(5), sizes(6), sizes(7), sizes(3)),
        (vec![5, 1], vec![6], vec![6], vec![3, 3])
    );
    let whole = pages(reviewer, "司马", 50).concat();
    let mut sorted = whole.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(whole, sorted, "by area and record, each once");
    for limit in 1..6 {
        assert_eq!(pages(reviewer, "司马", limit).concat(), whole, "{limit}");
    }
    // No more than fifty, whatever is asked for; and nobody is asked for none.
    assert_eq!((sizes(1_000), sizes(0)), (vec![6], vec![1; 6]));
    // A page goes on in one's own areas alone, wherever it is said to begin.
    let neighbour = staff(&scene.world, "neighbour", Role::Reviewer, OTHER_AREA);
    assert_eq!(pages(&neighbour, "司马", 50).concat(), whole[4..]);
}

#[test]
fn of_hundreds_none_is_left_out_neither_of_the_pages_nor_of_what_is_handed_out() {
    let scene = Scene::new();
    let_homes(&scene, 201, 0);
    let sizes = |limit| -> Vec<usize> {
        pages(&scene.reviewers[0], "司马", limit).iter().map(Vec::len).collect()
    };
    assert_eq!(sizes(50), [50, 50, 50, 50, 1]);
    let request = scene.taken("access");
    scene.agreed(&request);
    let (status, out) = scene.reviewers[0].answer("POST", &format!("{request}/hand-out"), None);
    assert_eq!(status, 200);
    let out: Json = serde_json::from_str(&out).unwrap();
    assert_eq!(out["held"]["records"].as_array().unwrap().len(), 202, "the homes and the stay");
}
