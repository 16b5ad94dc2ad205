//! Pushes and verdicts.

use sync_protocol::codes;
use sync_protocol::records::Role;
use sync_protocol::wire::{Outcome, Words};

use super::*;
use crate::client::AttentionKind;
use crate::testing::{Log, Phone, entries, verdict};

fn rejected(code: &str, field: Option<&str>) -> Outcome {
    let words = Words { zh: "字".to_owned(), en: "words".to_owned() };
    Outcome::Rejected { code: code.to_owned(), field: field.map(str::to_owned), words }
}

/// Answers a push with one verdict for each change, in their order.
fn judge(phone: &Phone, push: &Push, outcomes: &[Outcome]) {
    let mut answer = Log::default().answer(phone, 0);
    answer.areas.clear();
    let changes =
        push.records.iter().flat_map(|r| r.changes.iter().map(move |change| (r.record, change)));
    answer.verdicts = changes
        .zip(outcomes)
        .map(|((record, change), outcome)| verdict(record, change, outcome.clone()))
        .collect();
    phone.apply(&answer, Some(push.id)).unwrap();
}

#[test]
fn a_repeated_push_has_the_same_name_content_and_signature_whatever_was_written_since() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let first = phone.push().unwrap();
    phone.client.edit(home, entries(&[("room", "1")])).unwrap();
    let phone = phone.reopened();
    let again = phone.push().unwrap();
    assert_eq!((again.id, &again.records, &again.order), (first.id, &first.records, &first.order));
    judge(&phone, &again, &[Outcome::Accepted { seq: 1 }]);
    let next = phone.push().unwrap();
    assert_ne!(next.id, first.id);
    assert_ne!(next.records, first.records);
}

#[test]
fn a_push_is_capped_and_keeps_each_records_order() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let other = phone.client.open_premises(None, "X-2".to_owned(), entries(&[("address", "B")]));
    let other = other.unwrap().record;
    for n in 0..limits::CHANGES {
        let room = n.to_string();
        let record = if n % 2 == 0 { &home } else { &other };
        phone.client.edit(record.clone(), entries(&[("room", &room)])).unwrap();
    }
    let first = phone.push().unwrap();
    assert_eq!(first.order.len(), limits::CHANGES);
    assert_eq!(first.records.len(), 2);
    judge(&phone, &first, &vec![Outcome::Accepted { seq: 1 }; limits::CHANGES]);
    assert_eq!(phone.push().unwrap().order.len(), 2);
}

#[test]
fn accepted_refused_and_put_off_each_go_their_way() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    for (code, address) in [("A-1", "A"), ("B-2", "B"), ("C-3", "C")] {
        let opened =
            phone.client.open_premises(None, code.into(), entries(&[("address", address)]));
        opened.unwrap();
    }
    let push = phone.push().unwrap();
    let refused = rejected(codes::RECORD_CLOSED.code, None);
    judge(&phone, &push, &[Outcome::Duplicate { seq: 4 }, refused, Outcome::Retry { after_ms: 5 }]);
    let status = phone.client.status().unwrap();
    assert_eq!((status.on_the_server, status.refused, status.on_this_phone), (1, 1, 1));
    let attention = phone.client.attention().unwrap();
    assert_eq!(attention.len(), 1);
    assert_eq!(attention[0].code.as_deref(), Some("record_closed"));
    assert!(attention[0].kept.iter().any(|kept| kept.en == "Address: B"));
    let next = phone.push().unwrap();
    assert_ne!(next.id, push.id);
    assert_eq!(next.records[0].changes, push.records[2].changes);
}

#[test]
fn of_a_refused_field_the_rest_is_written_again_with_what_was_built_on_it() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let push = phone.push().unwrap();
    judge(&phone, &push, &[Outcome::Accepted { seq: 1 }]);
    phone.client.edit(home.clone(), entries(&[("room", "1"), ("unit", "2")])).unwrap();
    phone.client.edit(home.clone(), entries(&[("building", "3"), ("notes", "text")])).unwrap();
    let push = phone.push().unwrap();
    phone.client.edit(home.clone(), entries(&[("room", "9")])).unwrap();
    let stranded = rejected(codes::MISSING_DEPENDENCY.code, None);
    judge(&phone, &push, &[rejected(codes::FIELD_FORBIDDEN.code, Some("unit")), stranded]);

    let shown = |key| phone.shown(&home, key);
    assert_eq!(shown("unit"), None);
    assert_eq!(shown("room").as_deref(), Some("9"));
    assert_eq!(shown("building").as_deref(), Some("3"));
    assert_eq!(shown("notes").as_deref(), Some("text"));
    let attention = phone.client.attention().unwrap();
    assert_eq!(attention.len(), 1);
    assert_eq!(attention[0].kept.iter().map(|k| k.en.as_str()).collect::<Vec<_>>(), ["Unit: 2"]);

    // What is pushed now stands on what the server accepted, under another incarnation.
    let again = phone.push().unwrap();
    let changes = &again.records[0].changes;
    assert_eq!(changes.len(), 3);
    let first = sync_protocol::judge::read(&changes[0], again.records[0].kind).unwrap();
    assert_eq!((first.actor.device(), first.seq), (phone.device, 1));
    let mut log = Log::default();
    log.take(&phone);
    assert_eq!(phone.client.status().unwrap().on_this_phone, 0);
}

#[test]
fn a_phone_restored_from_an_old_copy_writes_its_pending_work_under_a_new_number() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let before = phone.push().unwrap();
    judge(&phone, &before, &[rejected(codes::FORKED_ACTOR.code, None)]);
    assert_eq!(phone.shown(&home, "address").as_deref(), Some("A"));
    assert!(phone.client.attention().unwrap().is_empty());
    let again = phone.push().unwrap();
    assert_ne!(again.records[0].changes, before.records[0].changes);
    let status = phone.client.status().unwrap();
    assert_eq!((status.on_this_phone, status.refused), (1, 0));
}

#[test]
fn a_change_that_waits_for_another_phones_is_kept_told_and_offered_again() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let push = phone.push().unwrap();
    judge(&phone, &push, &[rejected(codes::MISSING_DEPENDENCY.code, None)]);
    assert!(phone.push().is_none());
    assert_eq!(phone.client.attention().unwrap()[0].why, AttentionKind::Waiting);
    assert_eq!(phone.shown(&home, "address").as_deref(), Some("A"));
    phone.client.store.write(crate::store::changes::offer_held).unwrap();
    assert_eq!(phone.push().unwrap().records, push.records);
}
