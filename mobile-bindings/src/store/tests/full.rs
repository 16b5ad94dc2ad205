//! A phone whose storage is full: nothing is half-written, it says so, and what it has can be sent.

use super::*;
use crate::client::FieldError;
use crate::testing::{Log, entries};

/// Lets the store grow by so many pages and no further.
fn room(phone: &Phone, pages: i64) {
    let limit = |connection: &Connection| {
        let pages =
            connection.query_row("PRAGMA page_count", (), |row| row.get::<_, i64>(0))? + pages;
        Ok::<_, StoreError>(connection.query_row(
            &format!("PRAGMA max_page_count = {pages}"),
            (),
            |row| row.get::<_, i64>(0),
        )?)
    };
    limit(&lock(&phone.client.store.writer)).unwrap();
}

fn picture() -> Vec<u8> {
    let mut picture = vec![0xff, 0xd8, 0xff];
    picture.resize(100_000, 3);
    picture
}

/// A full phone, and the changes that it was told are saved.
fn filled(pages: i64) -> (Phone, Vec<String>, String) {
    let phone = Phone::new(1, &[Role::Coordinator, Role::Inspector]);
    let home = phone.open_home(&[("address", "A")]);
    let visit = phone.client.visit(home.clone(), entries(&[("outcome", "vacant")]), true).unwrap();
    room(&phone, pages);
    let mut saved = vec![visit.change.unwrap()];
    loop {
        let values = entries(&[("address", "A"), ("notes", &"a long note ".repeat(20))]);
        let code = format!("210102001003{:04}-0101", saved.len());
        match phone.client.open_premises(None, code, values) {
            Ok(edit) => saved.push(edit.change.unwrap()),
            Err(error) => {
                assert!(matches!(&error, FieldError::Store(_)));
                let problem = error.problem();
                assert_eq!((problem.code.as_str(), problem.retry), ("store_full", true));
                assert!(problem.message.en.contains("full"));
                break;
            }
        }
    }
    (phone, saved, visit.record)
}

#[test]
fn on_a_full_phone_an_edit_says_so_and_leaves_nothing_half_written() {
    let (phone, saved, visit) = filled(6);
    let records = phone.client.status().unwrap().records;
    let photo = phone.client.photo(visit.clone(), picture(), None, None).unwrap_err();
    assert_eq!(photo.problem().code, "store_full");
    let status = phone.client.status().unwrap();
    assert_eq!((status.photos_here, status.records), (0, records));
    assert_eq!(status.on_this_phone, saved.len() as u64 + 1);
    let sound = |c: &Connection| {
        Ok::<_, StoreError>(
            c.query_row("PRAGMA integrity_check", (), |row| row.get::<_, String>(0))?,
        )
    };
    assert_eq!(phone.client.store.read(sound).unwrap(), "ok");
    // There is space again.
    room(&phone, 1000);
    phone.client.photo(visit, picture(), None, None).unwrap();
    assert_eq!(phone.client.status().unwrap().photos_here, 1);
}

#[test]
fn on_a_full_phone_a_sync_still_empties_the_outbox() {
    for pages in (0..60).step_by(7) {
        let (phone, saved, _) = filled(pages);
        // Not one page more.
        room(&phone, 0);
        let mut log = Log::default();
        log.take(&phone);
        assert_eq!(log.entries.len(), saved.len() + 1);
        let status = phone.client.status().unwrap();
        assert_eq!((status.on_this_phone, status.on_the_server), (0, saved.len() as u64 + 1));
        phone.apply(&log.answer(&phone, 0), None).unwrap();
        assert_eq!(phone.client.status().unwrap().merged, saved.len() as u64 + 1);
    }
}

#[test]
fn on_a_full_phone_an_older_apps_store_opens_all_the_same_and_is_brought_up_to_date_later() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    for number in 0..30 {
        let values = entries(&[("address", "学府路5号"), ("notes", &"a long note ".repeat(50))]);
        phone.client.open_premises(None, format!("210102001003{number:04}"), values).unwrap();
    }
    let store = &phone.client.store;
    let older = "UPDATE records SET search = '', facts = NULL; DELETE FROM derived; VACUUM;";
    lock(&store.writer).execute_batch(older).unwrap();
    let found = || phone.client.find("xfl".to_owned(), Default::default()).unwrap().len();
    room(&phone, 0);
    crate::record::refresh(store).unwrap();
    assert_eq!((store.read(derived::version).unwrap(), found()), (None, 0));
    assert_eq!(phone.client.status().unwrap().on_this_phone, 30, "all of it can be sent");
    room(&phone, 1000);
    crate::record::refresh(store).unwrap();
    assert_eq!((store.read(derived::version).unwrap().is_some(), found()), (true, 30));
}
