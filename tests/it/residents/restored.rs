//! After a backup is restored, what was erased since is erased again.

use doorstep::http::Server;
use doorstep::integrity::erasure_list::{self, ErasureList, ErasureListError};
use doorstep::integrity::{compare, heads};
use doorstep::photos::Objects;
use doorstep::store::{Store, catalogue, district, quarantine};
use doorstep::sync::moving::{self, Moving};
use doorstep::trail::{Act, Actor, Entry};
use doorstep_tests::Handset;
use doorstep_tests::database::TestDatabase;
use doorstep_tests::erasing::{erase, erase_for};
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, operator};
use serde_json::json;
use sha2::{Digest, Sha256};
use sync_protocol::entries::Cause;
use sync_protocol::ids::RecordId;
use sync_protocol::keys::DeviceKey;
use sync_protocol::records::Role;

use super::{NAME, NUMBER, Scene, registered};
use crate::trail::all;

fn note() -> Entry {
    Entry::new(Act::RecordErased, Actor::Operator("operator".to_owned()), NOW)
}

fn server(scene: &Scene, store: &Store) -> Server {
    let objects = Objects::in_folder(&scene.world.folder().join("photos")).unwrap();
    Server::new(store.clone(), objects).unwrap()
}

fn is_there(store: &Store, record: &str) -> bool {
    let sql = format!("SELECT 1 FROM records WHERE record_id = '{record}'::uuid");
    store.read(|db| doorstep::store::catalogue::run(db, &sql)).unwrap() > 0
}

#[test]
fn who_came_back_between_an_erasure_and_the_restore_comes_back_from_the_phone() {
    let mut scene = Scene::new();
    let backup = scene.world.copy_database();
    let at = doorstep::clock::now_ms() - 2_000;
    erase(server(&scene, &scene.world.store).engine(), &scene.stay, at);
    let phone = scene.phone.client();
    phone.sync().unwrap();
    let back = vec![
        text("document_type", "resident_id"),
        text("document_number", NUMBER),
        text("name", NAME),
        text("employer", "回来以后的单位"),
    ];
    assert_eq!(phone.register_residency(scene.home.clone(), back).unwrap().record, scene.stay);
    assert_eq!(phone.sync().unwrap().rejected, 0);
    let store = &scene.world.store;
    let list = erasure_list::export(store, operator(), at + 1).unwrap();
    let exported = heads::export(store, operator(), at).unwrap();

    scene.world.restore(backup);
    let store = scene.world.store.clone();
    let engine = server(&scene, &store);
    erasure_list::apply(engine.engine(), operator(), &list, (&note(), at + 9_000), |_, _| ())
        .unwrap();
    drop(engine);
    let compared =
        store.read(|db| Ok(compare::compare(db, operator(), &exported))).unwrap().unwrap();
    store.transaction(|db| compare::begin_anew(db, operator(), &compared, true)).unwrap();
    scene.world.start_server();
    let phone = scene.phone.client();
    for _ in 0..3 {
        phone.sync_until_done(60_000).unwrap();
    }
    assert!(is_there(&store, &scene.stay), "what was written since the erasure is there again");
    assert_eq!(scene.phone.shown()[&scene.stay]["employer"], "回来以后的单位".into());
    let checked = doorstep::integrity::verify::area(&store, operator(), AREA, |_, _| ());
    assert_eq!(checked.unwrap().finding, None);
}

/// The backup, with the list applied; phones are told that it is another life, if a server is to run.
fn restored(scene: &mut Scene, backup: TestDatabase, list: &ErasureList) {
    let exported = heads::export(&scene.world.store, operator(), list.at).unwrap();
    scene.world.restore(backup);
    let store = scene.world.store.clone();
    applied(scene, list);
    let compared =
        store.read(|db| Ok(compare::compare(db, operator(), &exported))).unwrap().unwrap();
    store.transaction(|db| compare::begin_anew(db, operator(), &compared, true)).unwrap();
    scene.world.start_server();
}

/// How many records the list erases again in the scene's database.
fn applied(scene: &Scene, list: &ErasureList) -> usize {
    let engine = server(scene, &scene.world.store);
    let engine = engine.engine();
    erasure_list::apply(engine, operator(), list, (&note(), list.at), |_, _| ()).unwrap().len()
}

#[test]
fn what_a_phone_has_unsent_of_what_was_put_away_is_kept_after_a_restore_too() {
    let mut scene = Scene::new();
    let visit = scene.phone.client().start_visit(scene.home.clone(), Vec::new()).unwrap().record;
    scene.phone.client().sync().unwrap();
    let backup = scene.world.copy_database();
    let now = doorstep::clock::now_ms() + 1_000;
    erase_for(server(&scene, &scene.world.store).engine(), &visit, Cause::Retention, now);
    let list = erasure_list::export(&scene.world.store, operator(), now).unwrap();
    scene.phone.client().edit(visit.clone(), vec![text("remarks", "水管漏了三天")]).unwrap();
    restored(&mut scene, backup, &list);
    for _ in 0..3 {
        scene.phone.client().sync_until_done(60_000).unwrap();
    }
    assert!(scene.phone.client().read(visit.clone()).is_err());
    let scope = operator().area(AREA);
    let kept = scene.world.store.read(|db| quarantine::undecided(db, &[scope], 10)).unwrap();
    let codes: Vec<&str> = kept.iter().map(|kept| kept.code.as_str()).collect();
    assert_eq!(codes, ["record_put_away"]);
}

#[test]
fn a_list_of_the_first_layout_is_believed_and_taken_for_requests() {
    let scene = Scene::new();
    let at = doorstep::clock::now_ms() + 1_000;
    let district = scene.world.store.read(district::find).unwrap().unwrap();
    let key = DeviceKey::from_seed(district.signing_key);
    let record: RecordId = scene.stay.parse().unwrap();
    let statement = [
        b"doorstep erasures 1\0".as_slice(),
        &Sha256::digest(district.name_zh.as_bytes()),
        &at.to_be_bytes(),
        &1_u64.to_be_bytes(),
        &AREA.0.to_be_bytes(),
        &record.0,
        &at.to_be_bytes(),
    ];
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    // What it says of a cause nobody signed.
    let list = json!({
        "format": 1, "district": district.name_zh, "at": at, "public_key": hex(&key.public()),
        "erased": [{ "area": AREA, "record": record, "at": at, "cause": "retention" }],
        "signature": hex(&key.sign(&statement.concat())),
    });
    let list: ErasureList = serde_json::from_value(list).unwrap();
    assert_eq!(applied(&scene, &list), 1);
    let asked = "SELECT 1 FROM erased WHERE cause = 0";
    assert_eq!(scene.world.store.read(|db| catalogue::run(db, asked)).unwrap(), 1);
}

#[test]
fn a_list_applied_again_spares_who_was_registered_anew_wherever_the_record_had_been() {
    let mut scene = Scene::new();
    let backup = scene.world.copy_database();
    let store = &scene.world.store;
    let moving = Moving { store, by: operator(), from: AREA, to: OTHER_AREA };
    let at = doorstep::clock::now_ms() - 2_000;
    moving::move_record(moving, scene.home.parse().unwrap(), at, |_, _| ()).unwrap();
    erase(server(&scene, store).engine(), &scene.stay, at);
    let list = erasure_list::export(store, operator(), at).unwrap();
    assert_eq!(list.erased.len(), 2);
    restored(&mut scene, backup, &list);
    let phone = Handset::enrol(&scene.world, &scene.world.url, "赵敏", Role::Coordinator, AREA);
    let back = vec![
        text("document_type", "resident_id"),
        text("document_number", NUMBER),
        text("name", NAME),
    ];
    let again = phone.client().register_residency(scene.home.clone(), back).unwrap().record;
    assert_eq!(again, scene.stay);
    assert_eq!(phone.client().sync().unwrap().rejected, 0);
    assert_eq!(applied(&scene, &list), 0);
    assert!(is_there(&scene.world.store, &scene.stay));
}

#[test]
fn a_phone_that_was_away_does_not_bring_back_who_came_and_was_erased_after_the_backup() {
    let mut scene = Scene::new();
    let backup = scene.world.copy_database();
    let other = ("王秀英", "110105194912310046");
    let home = registered(&scene.phone, AREA, 2, other.0, other.1);
    let at = doorstep::clock::now_ms() + 1_000;
    erase(server(&scene, &scene.world.store).engine(), &home.1, at);
    let list = erasure_list::export(&scene.world.store, operator(), at).unwrap();
    // The phone has not heard of it, and offers again what it had been acknowledged for.
    restored(&mut scene, backup, &list);
    for _ in 0..3 {
        scene.phone.client().sync_until_done(60_000).unwrap();
    }
    assert!(is_there(&scene.world.store, &home.0), "the home came back");
    assert!(!is_there(&scene.world.store, &home.1));
    assert!(scene.phone.client().read(home.1).is_err());
}

#[test]
fn a_restored_backup_is_rid_of_who_was_erased_since_by_a_signed_list_alone() {
    let mut scene = Scene::new();
    let backup = scene.world.copy_database();
    let now = doorstep::clock::now_ms() + 1_000;
    erase(server(&scene, &scene.world.store).engine(), &scene.stay, now);
    let list = erasure_list::export(&scene.world.store, operator(), now).unwrap();
    assert_eq!(list.erased.len(), 1);

    let restored = backup.store();
    assert!(is_there(&restored, &scene.stay));
    let engine = server(&scene, &restored);
    let apply =
        |list| erasure_list::apply(engine.engine(), operator(), list, (&note(), now), |_, _| ());
    let mut forged = list.clone();
    forged.erased[0].record = scene.home.parse().unwrap();
    assert!(matches!(apply(&forged), Err(ErasureListError::Forged)));
    let elsewhere = erasure_list::ErasureList { public_key: [7; 32], ..list.clone() };
    assert!(matches!(apply(&elsewhere), Err(ErasureListError::OtherDistrict(_))));
    assert!(is_there(&restored, &scene.stay) && is_there(&restored, &scene.home));
    assert_eq!(apply(&list).unwrap().len(), 1);
    assert!(!is_there(&restored, &scene.stay) && is_there(&restored, &scene.home));
    assert_eq!(apply(&list).unwrap().len(), 0, "a second time there is nothing to do");
    let noted = all(&restored).into_iter().filter(|kept| kept.act == "record_erased");
    let noted: Vec<String> = noted.filter_map(|kept| Some(kept.record?.to_string())).collect();
    assert_eq!(noted, std::slice::from_ref(&scene.stay));
    let checked = doorstep::integrity::verify::area(&restored, operator(), AREA, |_, _| ());
    assert_eq!(checked.unwrap().finding, None);
}
