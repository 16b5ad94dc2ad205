//! A correction: the request says both values, the area's worker writes, the reviewer closes.

use doorstep_tests::handset::text;
use serde_json::{Value as Json, json};

use super::Scene;

#[test]
fn it_is_closed_once_the_worker_has_written_what_was_asked_for() {
    let scene = Scene::new();
    let mut asked = scene.asked("correction");
    asked["wishes"] = json!([
        { "key": "occupation", "wanted": "小学教师" },
        { "key": "phone", "wanted": "19900008888" },
        { "key": "x.locker", "wanted": "13912345678" },
    ]);
    let [first, second] = &scene.reviewers;
    // What a field takes that no configuration knows, nobody can tell.
    assert_eq!(first.answer("POST", "/v1/requests", Some(&asked)).0, 400);
    asked["wishes"].as_array_mut().unwrap().pop();
    let (status, body) = first.answer("POST", "/v1/requests", Some(&asked));
    assert_eq!(status, 200, "{body}");
    let id: Json = serde_json::from_str(&body).unwrap();
    let request = format!("/v1/requests/{}", id["id"].as_str().unwrap());
    // A reviewer sees both values, the sensitive ones masked; a supervisor sees neither.
    let seen = second.get(&request);
    let wish = |number: usize, which: &str| seen["wishes"][number][which]["value"].clone();
    assert_eq!((wish(0, "is"), wish(0, "wanted")), (json!("养蜂人"), json!("小学教师")));
    assert_eq!((wish(1, "is"), wish(1, "wanted")), (json!("*******7771"), json!("*******8888")));
    assert_eq!(scene.taker.get(&request)["wishes"], json!([]));
    let close = format!("{request}/close");
    let not_met = (409, "request_not_met".to_owned());
    assert_eq!(second.refused(&close, &json!({})), not_met);
    let write = |key: &str, value: &str| {
        scene.phone.client().edit(scene.stay.clone(), vec![text(key, value)]).unwrap();
        scene.phone.client().sync().unwrap();
    };
    write("occupation", "小学教师");
    assert_eq!(second.refused(&close, &json!({})), not_met);
    write("phone", "19900008888");
    assert_eq!(second.post_json(&close, &json!({})), 204);
    assert_eq!(second.refused(&close, &json!({})), (409, "request_closed".to_owned()));
    assert_eq!(second.get(&request)["state"], "done");
}

#[test]
fn what_no_record_has_or_no_field_takes_is_not_corrected() {
    let scene = Scene::new();
    for wishes in [
        json!([]),
        json!([{ "key": "palace", "wanted": "x" }]),
        json!([{ "key": "sex", "wanted": "palace" }]),
        json!([{ "key": "arrived_on", "wanted": "2026-02-30" }]),
        json!([{ "key": "permit_years", "wanted": "3" }]),
        json!([{ "key": "vaccination_current", "wanted": "true" }]),
        json!([{ "key": "premises", "wanted": scene.home }]),
        json!([{ "key": "occupation", "wanted": "长".repeat(5_000) }]),
        json!([{ "key": "occupation", "wanted": "小学教师" }, { "key": "sex", "wanted": 1 }]),
    ] {
        let mut asked = scene.asked("correction");
        asked["wishes"] = wishes.clone();
        assert_eq!(scene.taker.post_json("/v1/requests", &asked), 400, "{wishes}");
    }
    for (key, wanted) in [
        ("occupation", Json::Null),
        ("sex", json!("female")),
        ("arrived_on", json!("2026-02-28")),
        ("permit_years", json!(3)),
        ("vaccination_current", json!(true)),
    ] {
        let mut asked = scene.asked("correction");
        asked["wishes"] = json!([{ "key": key, "wanted": wanted }]);
        assert_eq!(scene.taker.post_json("/v1/requests", &asked), 200, "{key}");
    }
}

#[test]
fn a_search_says_what_can_be_asked_to_be_corrected_in_words() {
    let scene = Scene::new();
    let body = json!({ "by": "name", "words": "欧阳" });
    let found = scene.reviewers[0].post_for("/v1/search", &body);
    let fields = found["correctable"]["residency"].as_array().unwrap();
    let of = |key: &str| fields.iter().find(|field| field["key"] == key);
    assert_eq!(of("name").unwrap()["label"], json!({ "zh": "姓名", "en": "Name" }));
    assert_eq!(of("sex").unwrap()["holds"], "choice");
    assert!(of("sex").unwrap()["choices"].as_array().unwrap().len() >= 2);
    assert!(of("premises").is_none(), "a record's id is nobody's to correct");
    assert!(found["correctable"]["premises"].as_array().unwrap().len() > 5);
}
