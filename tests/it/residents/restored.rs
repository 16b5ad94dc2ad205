//! After a backup is restored, what was erased since is erased again.

use doorstep::http::Server;
use doorstep::integrity::erasure_list::{self, ErasureListError};
use doorstep::integrity::{compare, heads};
use doorstep::photos::Objects;
use doorstep::store::Store;
use doorstep::trail::{Act, Actor, Entry};
use doorstep_tests::erasing::erase;
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, NOW, operator};

use super::{NAME, NUMBER, Scene};
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
