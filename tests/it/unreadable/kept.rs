//! What waits, what was refused, and what is done behind the pushes.

use doorstep::store::{moves, quarantine};
use doorstep::sync::expiry::{PATIENCE_MS, expire};
use doorstep::sync::moving::{Departing, depart, finish};
use doorstep_tests::world::{NOW, operator};
use serde_json::json;
use sync_protocol::wire::Request;

use super::*;
use crate::console::Console;

/// How many rows a table has of a record.
fn rows(world: &World, table: &str, record: RecordId) -> usize {
    run(world, &format!("SELECT FROM {table} WHERE record_id = '{record}'::uuid"))
}

/// Both homes have a change that waits for the one that is answered.
fn held(homes: &mut Homes) -> Vec<RecordPush> {
    let first = homes.edited("room", "501");
    let second = homes.edited("room", "502");
    assert_eq!(homes.pushed(second), ["held", "held"]);
    first
}

/// Coordinators do not set the tier.
fn refused(homes: &mut Homes) {
    let refused = homes.edited("tier", "key");
    assert_eq!(homes.pushed(refused), ["rejected", "rejected"]);
}

#[test]
fn one_that_waits_and_does_not_open_goes_on_waiting_and_its_record_goes_on_without() {
    let mut homes = Homes::new();
    let first = held(&mut homes);
    alter(&homes.world, ("held", "bytes"), home(1));
    assert_eq!(homes.pushed(first), ["accepted", "accepted"]);
    let waiting = |number| rows(&homes.world, "held", home(number));
    assert_eq!([waiting(1), waiting(2)], [1, 0]);
}

#[test]
fn it_is_not_given_up_before_it_opens_and_others_are() {
    let mut homes = Homes::new();
    held(&mut homes);
    alter(&homes.world, ("held", "bytes"), home(1));
    let late = doorstep::clock::now_ms() + PATIENCE_MS + 1_000;
    assert_eq!(expire(&homes.world.store, late).unwrap(), 1);
    assert_eq!(rows(&homes.world, "quarantine", home(2)), 1);
    alter(&homes.world, ("held", "bytes"), home(1));
    assert_eq!(expire(&homes.world.store, late).unwrap(), 1);
    assert_eq!(rows(&homes.world, "held", home(1)), 0);
}

#[test]
fn a_late_verdict_that_does_not_open_keeps_no_other_from_its_phone() {
    let mut homes = Homes::new();
    let first = held(&mut homes);
    homes.pushed(first);
    alter(&homes.world, ("late_verdicts", "outcome"), home(1));
    let told = homes.li.sync(&Request::idle("tests")).late;
    let told: Vec<RecordId> = told.iter().map(|late| late.verdict.record).collect();
    assert_eq!(told, [home(2)]);
}

#[test]
fn documents_of_others_are_brought_up_to_date() {
    let mut homes = Homes::new();
    let push = homes.edited("room", "501");
    homes.pushed(push);
    alter(&homes.world, KEY, home(1));
    run(&homes.world, "DELETE FROM documents");
    documents::refresh_area(&homes.world.store, mirror::scope(AREA)).unwrap();
    let kept = |number| rows(&homes.world, "documents", home(number));
    assert_eq!([kept(1), kept(2)], [0, 1]);
}

#[test]
fn what_was_refused_and_does_not_open_is_listed_in_words_and_can_be_dismissed() {
    let mut homes = Homes::new();
    refused(&mut homes);
    alter(&homes.world, ("quarantine", "bytes"), home(1));
    let console = Console::sign_in(&homes.world);
    let listed = console.get("/v1/quarantine");
    let items = listed["items"].as_array().unwrap();
    let of =
        |record: RecordId| items.iter().find(|item| item["record"] == record.to_string()).unwrap();
    assert_eq!(of(home(1))["wanted"], json!([]));
    assert_eq!(of(home(1))["unreadable"]["zh"], "服务器上的这份记录无法读取");
    assert_eq!(of(home(2))["wanted"][0]["key"], "tier");
    assert!(of(home(2))["unreadable"].is_null());
    let item = of(home(1));
    let part = |key: &str| item[key].as_str().unwrap();
    let address = format!("/v1/quarantine/{}/{}/{}", part("area"), part("record"), part("change"));
    let reason = json!({ "reason": "经现场核实" });
    assert_eq!(console.post_json(&format!("{address}/adopt"), &reason), 500);
    assert_eq!(console.post_json(&format!("{address}/dismiss"), &reason), 204);
    assert_eq!(console.get("/v1/quarantine")["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_record_moves_without_what_was_refused_of_it_and_does_not_open() {
    let mut homes = Homes::new();
    refused(&mut homes);
    alter(&homes.world, ("quarantine", "bytes"), home(1));
    let store = &homes.world.store;
    for number in [1, 2] {
        let left = store
            .transaction(|db| depart(db, &operator().area(AREA), home(number), OTHER_AREA, NOW));
        assert!(matches!(left.unwrap(), Departing::Left(_)));
    }
    assert_eq!(finish(store, NOW).unwrap(), 2);
    assert_eq!(store.read(|db| moves::under_way(db, 10)).unwrap(), []);
    let kept = |area, number| {
        let kept = store.read(|db| quarantine::reasons(db, area, &[home(number)], &hashes(&homes)));
        kept.unwrap().len()
    };
    assert_eq!([kept(AREA, 1), kept(OTHER_AREA, 1)], [1, 0]);
    assert_eq!([kept(AREA, 2), kept(OTHER_AREA, 2)], [0, 1]);
}

/// The names of what was refused: each record's last change.
fn hashes(homes: &Homes) -> Vec<sync_protocol::ids::ChangeHash> {
    let last = |document: &Document| {
        let actors = document.clone().registers().unwrap().actors;
        actors.into_values().map(|state| state.hash).collect::<Vec<_>>()
    };
    homes.documents.iter().flat_map(last).collect()
}

#[test]
fn one_that_is_under_way_and_cannot_arrive_keeps_no_other() {
    let homes = Homes::new();
    let store = &homes.world.store;
    for number in [1, 2] {
        let step = |db: &mut _| depart(db, &operator().area(AREA), home(number), OTHER_AREA, NOW);
        store.transaction(step).unwrap();
    }
    alter(&homes.world, KEY, home(1));
    finish(store, NOW).unwrap_err();
    let under_way = store.read(|db| moves::under_way(db, 10)).unwrap();
    assert_eq!(under_way.iter().map(|left| left.record).collect::<Vec<_>>(), [home(1)]);
    alter(&homes.world, KEY, home(1));
    assert_eq!(finish(store, NOW).unwrap(), 1);
}
