//! The exported object by itself.

use sync_protocol::records::Role;

use super::*;
use crate::testing::{AREA, CODE, KEY, Phone, entries};

#[test]
fn a_wrong_key_says_so_and_a_phone_that_has_not_enrolled_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store").display().to_string();
    let open = |key: Vec<u8>| FieldClient::open(path.clone(), key);
    let client = open(KEY.to_vec()).unwrap();
    assert_eq!(client.sync().unwrap_err().problem().code, "not_enrolled");
    let edit = client.open_premises(None, CODE.to_owned(), vec![]).unwrap_err();
    assert_eq!(edit.problem().code, "not_enrolled");
    assert!(client.status().unwrap().server.is_none());
    drop(client);
    for wrong in [vec![1; 32], vec![9; 31]] {
        let error = open(wrong).unwrap_err();
        assert!(matches!(&error, FieldError::Store(_) | FieldError::Refused(_)));
        assert_eq!(error.problem().code, "store_key_wrong");
    }
}

#[test]
fn a_record_is_found_by_what_people_know_it_by() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "学府路5号"), ("owner_name", "Li Wei")]);
    let visit = phone.client.visit(home.clone(), entries(&[("outcome", "vacant")]), true).unwrap();
    let find = |text: &str| {
        let found = phone.client.find(text.to_owned(), ListFilter::default()).unwrap();
        found.into_iter().map(|line| line.record).collect::<Vec<_>>()
    };
    assert_eq!(find("学府"), [home.as_str()]);
    assert_eq!(find("li w"), [home.as_str()]);
    assert_eq!(find("100%"), [""; 0]);
    let about = ListFilter { premises: Some(home.clone()), ..ListFilter::default() };
    let listed = phone.client.list(about).unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].record, listed[0].title.as_str()), (&visit.record, "学府路5号"));
    assert_eq!(phone.client.resolve(home[..9].to_owned()).unwrap(), home);
    assert_eq!(phone.client.resolve(String::new()).unwrap_err().problem().code, "ambiguous");
    assert_eq!(phone.client.resolve("zz".into()).unwrap_err().problem().code, "not_on_phone");
}

#[test]
fn an_opened_record_says_who_wrote_what_and_what_is_missing() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("use", "rented")]);
    let view = phone.client.read(home).unwrap();
    let used = view.fields.iter().find(|field| field.key == "use").unwrap();
    assert_eq!((used.shown.zh.as_str(), used.by.as_deref()), ("出租", Some("Worker 1")));
    assert!(view.missing.iter().any(|field| field.key == "owner_name"));
    assert!(!view.missing.iter().any(|field| field.key == "letter_signed_on"));
    assert_eq!(view.line.area, AREA.to_string());
}

#[test]
fn no_debug_text_holds_what_somebody_wrote() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "学府路5号")]);
    let line = phone.client.list(ListFilter::default()).unwrap().remove(0);
    assert!(!format!("{line:?}").contains("学府"));
    let entry = entries(&[("address", "学府路5号")]);
    assert!(!format!("{entry:?}").contains("学府"));
    let error = phone.client.edit(home, entries(&[("use", "学府路5号")])).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("学府"));
}
