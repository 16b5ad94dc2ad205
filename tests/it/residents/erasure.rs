//! An erasure from the counter to the phones.

use doorstep::store::catalogue;
use doorstep_tests::Handset;
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, OTHER_AREA, operator};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

use super::{NAME, NUMBER, Scene, registered};
use crate::trail::all;

#[test]
fn two_agree_and_the_records_go_everywhere_though_a_phone_was_offline_with_edits() {
    let scene = Scene::new();
    // The same person in the community beside it.
    let other =
        Handset::enrol(&scene.world, &scene.world.url, "王建国", Role::Coordinator, OTHER_AREA);
    let (_, second) = registered(&other, OTHER_AREA, 2, NAME, NUMBER);
    scene.phone.client().edit(scene.stay.clone(), vec![text("employer", "养蜂场")]).unwrap();
    let request = scene.taken("erasure");
    let before = scene.reviewers[0].get(&request);
    assert_eq!(before["records"].as_array().unwrap().len(), 2);
    assert_eq!(before["may_agree"], true);
    scene.agreed(&request);
    let (status, erased) =
        scene.reviewers[0].answer("POST", &format!("{request}/erase"), Some(&json!({})));
    assert_eq!(status, 200, "{erased}");
    let erased: Json = serde_json::from_str(&erased).unwrap();
    assert_eq!(erased["records"], 2);

    let summary = scene.phone.client().sync().unwrap();
    assert_eq!((summary.rejected, summary.accepted), (1, 0));
    assert!(scene.phone.client().read(scene.stay.clone()).is_err());
    other.client().sync().unwrap();
    assert!(other.client().read(second).is_err());
    for area in [AREA, OTHER_AREA] {
        let checked =
            doorstep::integrity::verify::area(&scene.world.store, operator(), area, |_, _| ());
        assert_eq!(checked.unwrap().finding, None);
    }
    let after = scene.reviewers[0].get(&request);
    assert_eq!((&after["state"], &after["proof"]), (&json!("done"), &Json::Null));
    assert_eq!(after["approvals"], 2);
    let words = "SELECT 1 FROM requests WHERE words IS NOT NULL";
    assert_eq!(scene.world.store.read(|db| catalogue::run(db, words)).unwrap(), 0);
    let acts: Vec<String> = all(&scene.world.store).into_iter().map(|kept| kept.act).collect();
    let of = |act: &str| acts.iter().filter(|found| *found == act).count();
    assert_eq!(
        ["request_taken", "request_approved", "erasure_begun", "record_erased", "request_done"]
            .map(of),
        [1, 2, 1, 2, 1]
    );
}

#[test]
fn carried_out_twice_at_once_it_is_done_once() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    scene.agreed(&request);
    let erase = format!("{request}/erase");
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let asked =
            scene.reviewers.each_ref().map(|by| threads.spawn(|| by.post_json(&erase, &json!({}))));
        asked.map(|thread| thread.join().unwrap()).into()
    });
    let mut sorted = statuses.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [200, 409]);
    let done = all(&scene.world.store).into_iter().filter(|kept| kept.act == "request_done");
    assert_eq!(done.filter(|kept| kept.outcome == "done").count(), 1);
}

#[test]
fn one_that_was_cut_short_is_taken_up_again_after_ten_minutes_and_not_before() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    scene.agreed(&request);
    let begun = |at: i64| {
        let sql = format!("UPDATE requests SET state = 'begun', begun_at = {at}");
        scene.world.store.transaction(|db| catalogue::run(db, &sql)).unwrap();
    };
    let now = doorstep::clock::now_ms();
    begun(now);
    let refusal = scene.reviewers[0].refused(&format!("{request}/erase"), &json!({}));
    assert_eq!(refusal, (409, "request_under_way".to_owned()));
    begun(now - 11 * 60 * 1000);
    assert_eq!(scene.reviewers[0].post_json(&format!("{request}/erase"), &json!({})), 200);
    scene.phone.client().sync().unwrap();
    assert!(scene.phone.client().read(scene.stay.clone()).is_err());
}
