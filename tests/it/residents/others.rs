//! What a record said of somebody else before is not handed out with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorstep_tests::handset::{address_code, text};
use doorstep_tests::world::{AREA, STREET};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

use super::access::in_words;
use super::{NAME, NUMBER, Scene, registered};
use crate::trail::reading::staff;

const FORMER: &str = "前房东赵某";
const FORMERS: &str = "110101199003070310";

/// The request about a record, agreed to and handed out: the JSON, and the PDF's words.
fn handed_out(scene: &Scene, record: &str, field: &str) -> (Json, String) {
    let mut asked = scene.asked("access");
    asked["record"] = json!(record);
    asked["field"] = json!(field);
    let (status, body) = scene.taker.answer("POST", "/v1/requests", Some(&asked));
    assert_eq!(status, 200, "{body}");
    let id: Json = serde_json::from_str(&body).unwrap();
    let request = format!("/v1/requests/{}", id["id"].as_str().unwrap());
    scene.agreed(&request);
    let path = format!("{request}/hand-out");
    let (status, out) = scene.reviewers[0].answer("POST", &path, Some(&json!({})));
    assert_eq!(status, 200, "{out}");
    let out: Json = serde_json::from_str(&out).unwrap();
    let paper = in_words(&STANDARD.decode(out["pdf"].as_str().unwrap()).unwrap(), scene);
    (out["held"].clone(), paper)
}

fn owner(name: &str, number: &str, phone: &str) -> Vec<mobile_bindings::client::Entry> {
    vec![text("owner_name", name), text("owner_document", number), text("owner_phone", phone)]
}

#[test]
fn a_landlords_file_has_nothing_of_who_was_landlord_before_and_after() {
    let scene = Scene::new();
    let phone = scene.phone.client();
    let mut first = owner(FORMER, FORMERS, "19900001111");
    first.push(text("address", "中山路 9 号"));
    let home = phone.open_premises(None, address_code(AREA, 4), first).unwrap().record;
    phone.edit(home.clone(), owner("现房东孙某", NUMBER, "19900002222")).unwrap();
    phone.edit(home.clone(), vec![text("owner_phone", "19900003333")]).unwrap();
    phone.edit(home.clone(), owner("中间房东", FORMERS, "19900004444")).unwrap();
    phone.edit(home.clone(), owner("现房东孙某", NUMBER, "19900005555")).unwrap();
    phone.sync().unwrap();
    let (held, paper) = handed_out(&scene, &home, "owner_document");
    let paper = paper.replace([' ', '\n'], "");
    for said in [held.to_string(), paper] {
        for there in ["现房东孙某", NUMBER, "19900002222", "19900003333", "19900005555"] {
            assert!(said.contains(there), "{there}: {said}");
        }
        for other in [FORMER, FORMERS, "19900001111", "中间房东", "19900004444"] {
            assert!(!said.contains(other), "{other}: {said}");
        }
    }
}

#[test]
fn a_stays_file_has_nothing_from_when_another_number_stood_in_it() {
    let scene = Scene::new();
    let phone = scene.phone.client();
    let (_, stay) = registered(&scene.phone, AREA, 3, "赵一鸣", FORMERS);
    let now = vec![text("name", NAME), text("document_number", NUMBER)];
    phone.edit(stay.clone(), now).unwrap();
    phone.edit(stay.clone(), vec![text("employer", "养蜂场")]).unwrap();
    phone.sync().unwrap();
    let (held, paper) = handed_out(&scene, &stay, "document_number");
    for said in [held.to_string(), paper] {
        assert!(said.contains(NAME) && said.contains("养蜂场"), "{said}");
        assert!(!said.contains("赵一鸣") && !said.contains(FORMERS), "{said}");
    }
}

#[test]
fn of_a_home_without_the_persons_number_nothing_is_handed_out() {
    let scene = Scene::new();
    let owned = vec![text("owner_name", FORMER), text("owner_document", FORMERS)];
    let home = scene.phone.client().open_premises(None, address_code(AREA, 4), owned).unwrap();
    scene.phone.client().sync().unwrap();
    let reviewer = staff(&scene.world, "fourth", Role::Reviewer, STREET);
    let mut asked = scene.asked("access");
    asked["record"] = json!(home.record);
    asked["field"] = json!("agent_document");
    let missing = (422, "request_number_missing".to_owned());
    assert_eq!(reviewer.refused("/v1/requests", &asked), missing);
    asked["field"] = json!("owner_document");
    assert_eq!(reviewer.post_json("/v1/requests", &asked), 200);
}
