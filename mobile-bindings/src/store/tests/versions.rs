//! A store of every version that phones have had is opened by this one and loses nothing. The files
//! are made by `examples/write_store_fixtures.rs` and kept.

use std::fs;

use super::*;
use crate::testing::Log;

const FIXTURES: [&[u8]; 8] = [
    include_bytes!("../fixtures/version_1.store"),
    include_bytes!("../fixtures/version_2.store"),
    include_bytes!("../fixtures/version_3.store"),
    include_bytes!("../fixtures/version_4.store"),
    include_bytes!("../fixtures/version_5.store"),
    include_bytes!("../fixtures/version_6.store"),
    include_bytes!("../fixtures/version_7.store"),
    include_bytes!("../fixtures/version_8.store"),
];

fn laid_down(fixture: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("store"), fixture).unwrap();
    folder
}

#[test]
fn a_store_of_every_version_opens_and_loses_nothing() {
    for (fixture, version) in FIXTURES.into_iter().zip(1_i64..) {
        let folder = laid_down(fixture);
        let found = open::connect(&folder.path().join("store"), &key(KEY)).unwrap();
        assert_eq!(migrations::version(&found).unwrap(), version);
        drop(found);
        let phone = Phone::found(folder, 1);
        assert_eq!(phone.client.store.read(migrations::version).unwrap(), migrations::NEWEST);
        assert_nothing_is_lost(&phone);
        assert_has_what_the_office_said(&phone, version);
    }
}

#[test]
fn a_damaged_store_of_every_version_is_brought_over_whole() {
    for (fixture, version) in FIXTURES.into_iter().zip(1_i64..) {
        let mut damaged = fixture.to_vec();
        damaged[..16].fill(1);
        let (whole, folder) = (laid_down(fixture), laid_down(&damaged));
        // As it would lie there, had this app opened the store before.
        let path = whole.path().join("store");
        proof::keep(&path, &key(KEY)).unwrap();
        let proof = files::beside(&path, "-proof");
        fs::copy(proof, folder.path().join("store-proof")).unwrap();
        let phone = Phone::found(folder, 1);
        assert!(phone.folder.path().join("store-damaged-1").exists());
        assert!(phone.client.attention().unwrap()[0].settled, "nothing is said to be lost");
        assert_nothing_is_lost(&phone);
        assert_has_what_the_office_said(&phone, version);
    }
}

/// From version 5 on a store has the district's configuration and the badge.
fn assert_has_what_the_office_said(phone: &Phone, version: i64) {
    let said = version >= 5;
    let found = phone.client.store.read(configuration::current).unwrap();
    assert_eq!((found.version, found.telephone.is_some()), (if said { 4 } else { 0 }, said));
    let card = phone.client.badge().unwrap().card_number;
    assert_eq!(card.as_deref(), said.then_some("SY-1"));
}

fn assert_nothing_is_lost(phone: &Phone) {
    let status = phone.client.status().unwrap();
    assert_eq!((status.records, status.on_this_phone, status.photos_here), (2, 5, 1));
    assert_eq!((status.person.as_deref(), status.unreadable), (Some("Worker 1"), 0));
    let home = sync_protocol::records::derived::premises_id(CODE).to_string();
    assert_eq!(phone.shown(&home, "address").as_deref(), Some("Elm Street 5"));
    assert_eq!(phone.shown(&home, "notes").as_deref(), Some("an old note"));
    let found = phone.client.find("elmst".to_owned(), Default::default()).unwrap();
    assert_eq!((found.len(), found[0].title.as_str()), (1, "Elm Street 5"));
    let due = phone.client.today(Some("2100-01-01".to_owned()), Default::default()).unwrap();
    assert_eq!((due.len(), due[0].reason.as_str()), (1, "visit_household"));
    let photo = phone.client.store.read(photos::pending).unwrap().remove(0);
    let part = phone.client.store.read(|c| photos::part(c, &photo, 0)).unwrap().unwrap();
    assert_eq!(part.len() as u64, photo.size);
    let first = phone.push().unwrap();
    assert_eq!(first.id.0, [6; 16], "what was being sent is sent under the same name");
    let mut log = Log::default();
    log.take(phone);
    assert_eq!(log.entries.len(), 5);
    assert_eq!(phone.client.status().unwrap().on_this_phone, 0);
}

#[test]
fn a_store_of_a_newer_version_says_so_and_stays_as_it_is() {
    let folder = laid_down(FIXTURES[FIXTURES.len() - 1]);
    let path = folder.path().join("store");
    let newer = open::connect(&path, &key(KEY)).unwrap();
    newer.pragma_update(None, "user_version", migrations::NEWEST + 1).unwrap();
    drop(newer);
    let before = fs::read(&path).unwrap();
    let open = || crate::client::FieldClient::open(path.display().to_string(), KEY.to_vec());
    let problem = open().unwrap_err().problem().clone();
    assert_eq!(problem.code, "store_newer");
    assert!(problem.remedy.en.contains("Update the app"));
    assert!(fs::read(&path).unwrap() == before);
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 1, "nothing was written beside it");
}
