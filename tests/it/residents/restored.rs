//! After a backup is restored, what was erased since is erased again.

use doorstep::http::Server;
use doorstep::integrity::erasure_list::{self, ErasureListError};
use doorstep::photos::Objects;
use doorstep::store::Store;
use doorstep::sync::erasure::erase;
use doorstep::trail::{Act, Actor, Entry};
use doorstep_tests::world::{AREA, NOW, operator};

use super::Scene;
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
fn a_restored_backup_is_rid_of_who_was_erased_since_by_a_signed_list_alone() {
    let mut scene = Scene::new();
    let backup = scene.world.copy_database();
    let now = doorstep::clock::now_ms() + 1_000;
    let erased = server(&scene, &scene.world.store);
    erase(erased.engine(), scene.stay.parse().unwrap(), now, &note()).unwrap();
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
