//! Edits through the exported object: what is kept, what is refused, and that it outlives a restart.

use sync_protocol::records::Role;

use crate::client::{Entry, FieldError, FieldValue};
use crate::testing::{Phone, entries};

/// The worked example of GB 11643-1999.
const NUMBER: &str = "11010519491231002X";

fn code(error: FieldError) -> (String, Option<String>) {
    let problem = error.problem().clone();
    (problem.code, problem.field)
}

#[test]
fn an_edit_survives_a_restart_and_waits_in_the_outbox() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "学府路5号"), ("notes", "Narrow stairs")]);
    phone.client.edit(home.clone(), entries(&[("notes", "Narrow, dark stairs")])).unwrap();
    let phone = phone.reopened();
    assert_eq!(phone.shown(&home, "address").as_deref(), Some("学府路5号"));
    assert_eq!(phone.shown(&home, "notes").as_deref(), Some("Narrow, dark stairs"));
    assert_eq!(phone.client.status().unwrap().on_this_phone, 2);
    assert_eq!(phone.push().unwrap().records.len(), 1);
}

#[test]
fn a_form_that_sends_back_what_it_was_given_writes_nothing() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let values = [("address", "A"), ("use", "rented"), ("notes", "text")];
    let home = phone.open_home(&values);
    let again = phone.client.edit(home.clone(), entries(&values)).unwrap();
    assert_eq!((again.change, again.written), (None, vec![]));
    let one = phone.client.edit(home, entries(&[("address", "A"), ("room", "7")])).unwrap();
    assert_eq!(one.written, ["room"]);
    assert_eq!(phone.client.status().unwrap().on_this_phone, 2);
}

#[test]
fn a_field_of_another_role_an_unknown_one_and_a_wrong_value_are_refused_and_nothing_is_kept() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    for (key, value, expected) in [
        ("tier", "key", "field_forbidden"),
        ("aura", "red", "unknown_field"),
        ("use", "palace", "wrong_value"),
    ] {
        let refused = phone.client.edit(home.clone(), entries(&[("room", "9"), (key, value)]));
        let refused = refused.unwrap_err();
        assert!(refused.problem().remedy.en.starts_with("Nothing was saved"));
        assert_eq!(code(refused), (expected.into(), Some(key.into())));
    }
    let inspected = phone.client.inspect(home.clone(), entries(&[("verdict", "pass")]), false);
    assert_eq!(code(inspected.unwrap_err()).0, "field_forbidden");
    assert_eq!(phone.shown(&home, "room"), None);
    assert_eq!(phone.client.status().unwrap().on_this_phone, 1);
}

#[test]
fn a_mistyped_identity_number_is_noticed_and_so_is_what_does_not_agree_with_it() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let register = |extra: &[(&str, &str)]| {
        let mut values = vec![("name", "张三"), ("document_type", "resident_id")];
        values.extend(extra);
        phone.client.register_residency(home.clone(), entries(&values))
    };
    let mistyped = register(&[("document_number", "110105194912310021")]).unwrap_err();
    assert_eq!(code(mistyped).0, "document_number_check");
    let number = ("document_number", NUMBER);
    let born = register(&[number, ("birth_date", "1950-12-31")]).unwrap_err();
    assert_eq!(code(born).0, "birth_date_differs");
    assert_eq!(code(register(&[number, ("sex", "male")]).unwrap_err()).0, "sex_differs");
    assert_eq!(code(register(&[]).unwrap_err()).0, "document_number_missing");
    assert_eq!(phone.client.status().unwrap().records, 1);

    let saved = register(&[number, ("birth_date", "1949-12-31"), ("sex", "female")]).unwrap();
    let again = register(&[("document_number", " 11010519491231002x ")]).unwrap();
    assert_eq!((again.record, again.change), (saved.record.clone(), None));
    let wrong_later = phone.client.edit(saved.record, entries(&[("sex", "male")])).unwrap_err();
    assert_eq!(code(wrong_later).0, "sex_differs");
}

#[test]
fn a_report_is_handed_in_complete_or_not_at_all() {
    let phone = Phone::new(1, &[Role::Coordinator, Role::Inspector]);
    let home = phone.open_home(&[("address", "A")]);
    let mut values = entries(&[("item.gas.result", "fail"), ("verdict", "rectify")]);
    let lacking = phone.client.inspect(home.clone(), values.clone(), true).unwrap_err();
    let fields = "item.gas.note, rectification, rectify_by".to_owned();
    assert_eq!(code(lacking), ("report_incomplete".into(), Some(fields)));
    values.extend(entries(&[
        ("item.gas.note", "Old hose"),
        ("rectification", "New hose"),
        ("rectify_by", "2026-12-01"),
    ]));
    let report = phone.client.inspect(home.clone(), values, true).unwrap().record;
    assert_eq!(phone.shown(&report, "state").as_deref(), Some("Submitted"));

    let met = Entry { key: "card_shown".into(), value: FieldValue::Flag { yes: true } };
    let draft = phone.client.visit(home, entries(&[("outcome", "met")]), false).unwrap().record;
    let submit = entries(&[("state", "submitted")]);
    let early = phone.client.edit(draft.clone(), submit.clone()).unwrap_err();
    assert_eq!(code(early).1.as_deref(), Some("card_shown"));
    phone.client.edit(draft, submit.into_iter().chain([met]).collect()).unwrap();
}

#[test]
fn a_photo_is_a_picture_and_its_change_is_written_with_it() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let visit = phone.client.visit(home.clone(), entries(&[("outcome", "vacant")]), false).unwrap();
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    jpeg.resize(crate::store::photos::PART_BYTES + 100, 7);
    let photo = |report: &str, bytes: &[u8]| {
        phone.client.photo(report.to_owned(), bytes.to_vec(), Some("Door".to_owned()), Some(5))
    };
    assert_eq!(code(photo(&visit.record, b"GIF89a").unwrap_err()).0, "photo_unknown");
    assert_eq!(code(photo(&home, &jpeg).unwrap_err()).0, "wrong_record");
    let kept = photo(&visit.record, &jpeg).unwrap();
    assert_eq!(kept.edit.written.len(), 2);
    let status = phone.client.status().unwrap();
    assert_eq!((status.photos_here, status.photo_bytes_here), (1, jpeg.len() as u64));
    let sent = phone.client.store.read(crate::store::photos::pending).unwrap();
    let parts: Vec<u8> = (0..2)
        .flat_map(|part| {
            let read = phone.client.store.read(|c| crate::store::photos::part(c, &sent[0], part));
            read.unwrap().unwrap()
        })
        .collect();
    assert_eq!(parts, jpeg);
}
