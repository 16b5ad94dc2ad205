//! What is held about a person, handed out once.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorstep_tests::Handset;
use doorstep_tests::handset::{address_code, text};
use doorstep_tests::world::{AREA, OTHER_AREA};
use mobile_bindings::client::{Entry, FieldValue};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

use super::{NAME, NUMBER, Scene, registered};

fn handed_out(scene: &Scene, request: &str) -> Json {
    let path = format!("{request}/hand-out");
    let (status, out) = scene.reviewers[0].answer("POST", &path, Some(&json!({})));
    assert_eq!(status, 200, "{out}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn all_that_is_held_in_every_area_is_in_it_and_nothing_of_others() {
    let scene = Scene::new();
    let other =
        Handset::enrol(&scene.world, &scene.world.url, "王建国", Role::Coordinator, OTHER_AREA);
    registered(&other, OTHER_AREA, 2, NAME, NUMBER);
    registered(&scene.phone, AREA, 3, "赵一鸣", "110101199003070310");
    let owned = vec![
        text("address", "中山路 9 号"),
        text("owner_name", NAME),
        text("owner_document", NUMBER),
        text("agent_name", "东方房产经纪"),
        text("notes", "门口有狗"),
    ];
    scene.phone.client().open_premises(None, address_code(AREA, 4), owned).unwrap();
    let confirmed =
        Entry { key: format!("confirmed.{}", scene.stay), value: FieldValue::Flag { yes: true } };
    let visit =
        scene.phone.client().start_visit(scene.home.clone(), vec![confirmed]).unwrap().record;
    scene.phone.client().sync().unwrap();
    // Somebody looks at the record.
    let show = format!("/v1/records/{AREA}/{}/fields/phone/show", scene.stay);
    let why = json!({ "purpose": "contact", "words": "需要电话联系本人" });
    assert_eq!(scene.reviewers[1].post_json(&show, &why), 200);

    let request = scene.taken("access");
    scene.agreed(&request);
    let out = handed_out(&scene, &request);
    let held = out["held"].to_string();
    for there in [
        NAME,
        NUMBER,
        "19900007771",
        "养蜂人",
        "中山路 9 号",
        "李春梅",
        "王建国",
        "第二社区",
        "显示完整内容",
        visit.as_str(),
    ] {
        assert!(held.contains(there), "{there}: {held}");
    }
    for other in ["赵一鸣", "东方房产经纪", "门口有狗"] {
        assert!(!held.contains(other), "{other}");
    }
    assert_eq!(out["held"]["records"].as_array().unwrap().len(), 3);

    let text = in_words(&STANDARD.decode(out["pdf"].as_str().unwrap()).unwrap(), &scene);
    for there in [NAME, NUMBER, "19900007771", "养蜂人", "中山路", "李春梅", "显示完整内容"]
    {
        assert!(text.contains(there), "{there}: {text}");
    }
}

/// What poppler reads in a PDF.
pub(super) fn in_words(pdf: &[u8], scene: &Scene) -> String {
    let path = scene.world.folder().join("held.pdf");
    std::fs::write(&path, pdf).unwrap();
    let run = Command::new("pdftotext").arg(&path).arg("-").output();
    let run = run.expect("pdftotext runs: `make test` installs it");
    assert!(run.status.success(), "{run:?}");
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn it_is_handed_out_once_after_two_agreed_and_kept_nowhere() {
    let scene = Scene::new();
    let request = scene.taken("access");
    let path = format!("{request}/hand-out");
    let by = &scene.reviewers[0];
    let code = |code: &str| (409, code.to_owned());
    assert_eq!(by.refused(&path, &json!({})), code("request_not_agreed"));
    assert_eq!(by.post_json(&format!("{request}/erase"), &json!({})), 400);
    scene.agreed(&request);
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let asked =
            scene.reviewers.each_ref().map(|by| threads.spawn(|| by.post_json(&path, &json!({}))));
        asked.map(|thread| thread.join().unwrap()).into()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(by.refused(&path, &json!({})), code("request_closed"));
}
