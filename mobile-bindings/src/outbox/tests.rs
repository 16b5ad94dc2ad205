//! Pushes and verdicts.

use sync_protocol::codes;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role};
use sync_protocol::wire::{Item, LateVerdict, Outcome, Words};

use super::*;
use crate::client::{AttentionKind, Standing};
use crate::editing;
use crate::store::device;
use crate::testing::{AREA, Log, Phone, entries, verdict};

fn rejected(code: &str, field: Option<&str>) -> Outcome {
    let words = Words { zh: "字".to_owned(), en: "words".to_owned() };
    Outcome::Rejected { code: code.to_owned(), field: field.map(str::to_owned), words }
}

/// Answers a push with one verdict for each change, in their order.
fn judge(phone: &Phone, push: &Push, outcomes: &[Outcome]) {
    let mut answer = Log::default().answer(phone, 0);
    answer.areas.clear();
    answer.verdicts = outcomes.to_vec();
    phone.apply(&answer, Some(push)).unwrap();
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
fn an_answer_with_fewer_verdicts_than_changes_is_applied_not_at_all() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    phone.client.edit(home, entries(&[("room", "1")])).unwrap();
    let push = phone.push().unwrap();
    let mut answer = Log::default().answer(&phone, 0);
    answer.areas.clear();
    answer.verdicts = vec![Outcome::Accepted { seq: 1 }];
    let refused = phone.apply(&answer, Some(&push)).unwrap_err();
    assert_eq!(refused.to_string(), "answer_unreadable");
    assert_eq!(phone.push().unwrap().records, push.records);
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
fn dependants_of_a_rejected_change_are_written_again_without_the_refused_field() {
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

/// One late verdict on a change of a push.
fn tell(phone: &Phone, number: u64, record: RecordId, change: &[u8], outcome: Outcome) {
    let mut answer = Log::default().answer(phone, 0);
    answer.areas.clear();
    answer.late = vec![LateVerdict { number, verdict: verdict(record, change, outcome) }];
    let fresh = number > late_seen(phone);
    assert_eq!(phone.apply(&answer, None).unwrap().more, fresh);
}

fn late_seen(phone: &Phone) -> u64 {
    phone.client.store.read(device::find).unwrap().unwrap().late_seen
}

fn held() -> Outcome {
    Outcome::Held { missing: vec![ChangeHash([3; 32])] }
}

#[test]
fn what_the_server_holds_is_not_pushed_again_by_itself_and_is_told_as_waiting() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let push = phone.push().unwrap();
    judge(&phone, &push, &[held()]);
    phone.client.store.write(crate::store::changes::offer_held).unwrap();
    assert!(phone.push().is_none());
    let status = phone.client.status().unwrap();
    assert_eq!((status.held, status.on_this_phone, status.on_the_server), (1, 0, 0));
    assert_eq!(phone.client.attention().unwrap()[0].why, AttentionKind::Waiting);
    let lines = phone.client.list(crate::client::ListFilter::default()).unwrap();
    assert_eq!((lines[0].standing, lines[0].record.as_str()), (Standing::OnServer, home.as_str()));

    // The server wants it again.
    let (record, change) = (push.records[0].record, &push.records[0].changes[0]);
    tell(&phone, 1, record, change, Outcome::Retry { after_ms: 0 });
    assert_eq!(phone.push().unwrap().records, push.records);
}

#[test]
fn a_server_that_lost_what_a_held_change_waits_for_is_offered_it() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let first = phone.push().unwrap();
    judge(&phone, &first, &[Outcome::Accepted { seq: 1 }]);
    phone.client.edit(home, entries(&[("room", "1")])).unwrap();
    let second = phone.push().unwrap();
    let missing = vec![sync_protocol::keys::change_name(&first.records[0].changes[0])];
    judge(&phone, &second, &[Outcome::Held { missing }]);
    assert_eq!(phone.push().unwrap().records, first.records);
}

#[test]
fn a_held_change_that_is_released_is_accepted_and_the_verdict_is_noted_once() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.open_home(&[("address", "A")]);
    let push = phone.push().unwrap();
    judge(&phone, &push, &[held()]);
    let (record, change) = (push.records[0].record, &push.records[0].changes[0]);
    tell(&phone, 7, record, change, Outcome::Accepted { seq: 1 });
    let status = phone.client.status().unwrap();
    assert_eq!((status.held, status.on_the_server, late_seen(&phone)), (0, 1, 7));
    assert!(phone.client.attention().unwrap().is_empty());
    // An older one, repeated, is not applied; what is in the log is judged no more.
    let late = rejected(codes::RECORD_CLOSED.code, None);
    tell(&phone, 6, record, change, late.clone());
    tell(&phone, 8, record, change, late);
    let status = phone.client.status().unwrap();
    assert_eq!((status.refused, status.on_the_server, late_seen(&phone)), (0, 1, 8));
}

#[test]
fn a_late_verdict_and_its_number_are_kept_together_or_not_at_all() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.open_home(&[("address", "A")]);
    let push = phone.push().unwrap();
    judge(&phone, &push, &[held()]);
    let (record, change) = (push.records[0].record, &push.records[0].changes[0]);
    let mut answer = Log::default().answer(&phone, 0);
    let outcome = Outcome::Accepted { seq: 1 };
    answer.late = vec![LateVerdict { number: 4, verdict: verdict(record, change, outcome) }];
    phone.client.store.write(|t| Ok::<_, crate::store::StoreError>(t.execute_batch(
        "CREATE TRIGGER power_cut BEFORE UPDATE OF cursor ON areas BEGIN SELECT RAISE(ABORT, 'cut'); END",
    )?)).unwrap();
    assert!(phone.apply(&answer, None).is_err());
    assert_eq!((phone.client.status().unwrap().held, late_seen(&phone)), (1, 0));
}

#[test]
fn a_held_change_that_is_given_up_is_refused_and_what_was_built_on_it_is_written_again() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let push = phone.push().unwrap();
    judge(&phone, &push, &[held()]);
    phone.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    let (record, change) = (push.records[0].record, &push.records[0].changes[0]);
    tell(&phone, 1, record, change, rejected(codes::RECORD_CLOSED.code, None));
    let shown = |key| phone.shown(&home, key);
    assert_eq!((shown("address"), shown("room").as_deref()), (None, Some("1")));
    let status = phone.client.status().unwrap();
    assert_eq!((status.refused, status.held, status.on_this_phone), (1, 0, 1));
}

#[test]
fn work_that_staff_decided_against_shows_the_reason_and_is_settled() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.open_home(&[("address", "A")]);
    let push = phone.push().unwrap();
    judge(&phone, &push, &[rejected(codes::RECORD_CLOSED.code, None)]);
    let (record, change) = (push.records[0].record, &push.records[0].changes[0]);
    tell(&phone, 1, record, change, Outcome::Dismissed { reason: "Another house".to_owned() });
    let attention = phone.client.attention().unwrap();
    assert_eq!(attention.len(), 1);
    assert_eq!((attention[0].why, attention[0].settled), (AttentionKind::Dismissed, true));
    assert!(attention[0].words.en.ends_with(": Another house"));
    assert!(attention[0].kept.iter().any(|kept| kept.en == "Address: A"));
    assert_eq!(phone.client.status().unwrap().refused, 1);
    phone.client.store.write(|t| crate::store::changes::prune(t, 1)).unwrap();
    assert_eq!(phone.client.attention().unwrap().len(), 1);
    phone.client.store.write(|t| crate::store::changes::prune(t, 2)).unwrap();
    assert!(phone.client.attention().unwrap().is_empty());
}

#[test]
fn refused_work_that_staff_adopts_comes_back_and_its_unsent_copy_is_taken_back() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let mut log = Log::default();
    log.take(&phone);
    phone.apply(&log.answer(&phone, 0), None).unwrap();
    phone.client.edit(home.clone(), entries(&[("unit", "2"), ("notes", "Dog.")])).unwrap();
    let push = phone.push().unwrap();
    judge(&phone, &push, &[rejected(codes::FIELD_FORBIDDEN.code, Some("unit"))]);
    // The rest was written again, and something was built on that.
    phone.client.edit(home.clone(), entries(&[("room", "7")])).unwrap();
    let shown = |key| phone.shown(&home, key);
    assert_eq!((shown("unit"), shown("notes").as_deref()), (None, Some("Dog.")));
    assert_eq!(phone.client.status().unwrap().on_this_phone, 2);

    let (record, kind) = (push.records[0].record, push.records[0].kind);
    let change = push.records[0].changes[0].0.clone();
    log.entries.push((record, kind, change.clone()));
    let mut answer = log.answer(&phone, 1);
    let outcome = Outcome::Accepted { seq: 2 };
    answer.late = vec![LateVerdict { number: 1, verdict: verdict(record, &change, outcome) }];
    assert!(matches!(answer.areas[0].items[..], [Item::Own { .. }]));
    phone.apply(&answer, None).unwrap();
    assert_eq!((shown("unit").as_deref(), shown("notes").as_deref()), (Some("2"), Some("Dog.")));
    assert_eq!(shown("room").as_deref(), Some("7"));
    assert!(phone.client.attention().unwrap().is_empty());
    let status = phone.client.status().unwrap();
    assert_eq!((status.on_this_phone, status.refused, status.merged), (1, 0, 2));
    log.take(&phone);
    let fresh = Phone::new(2, &[Role::Coordinator]);
    fresh.apply(&log.snapshots(), None).unwrap();
    assert_eq!(fresh.client.digest().unwrap()[0].digest, phone.client.digest().unwrap()[0].digest);
}

#[test]
fn adopted_work_whose_copy_was_accepted_stands_beside_it_without_a_clash() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let mut log = Log::default();
    log.take(&phone);
    let written = entries(&[("unit", "2"), ("room", "7"), ("notes", "Dog.")]);
    phone.client.edit(home.clone(), written).unwrap();
    let push = phone.push().unwrap();
    judge(&phone, &push, &[rejected(codes::FIELD_FORBIDDEN.code, Some("unit"))]);
    log.take(&phone);
    let (record, kind) = (push.records[0].record, push.records[0].kind);
    log.entries.push((record, kind, push.records[0].changes[0].0.clone()));
    // The page comes before the late verdict does.
    phone.apply(&log.answer(&phone, 0), None).unwrap();
    let shown = |key| phone.shown(&home, key);
    assert_eq!((shown("unit").as_deref(), shown("room").as_deref()), (Some("2"), Some("7")));
    assert!(phone.client.attention().unwrap().is_empty());
    let status = phone.client.status().unwrap();
    // The repeated words were taken out; that is a change of its own.
    assert_eq!((status.merged, status.refused, status.on_this_phone), (3, 0, 1));
    assert_eq!(shown("notes").as_deref(), Some("Dog."));
    log.take(&phone);
    let fresh = Phone::new(2, &[Role::Coordinator]);
    fresh.apply(&log.snapshots(), None).unwrap();
    assert_eq!(fresh.shown(&home, "notes").as_deref(), Some("Dog."));
    phone.apply(&log.answer(&phone, 0), None).unwrap();
    assert!(phone.push().is_none(), "it is said once");
}

#[test]
fn two_records_that_were_begun_with_the_same_words_in_the_same_second_are_two() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let twins = [RecordId([1; 16]), RecordId([2; 16])];
    let values: editing::Values =
        [("address_code", "X-9"), ("address", "B")].map(|(k, v)| (k.into(), v.into())).into();
    let begun = phone.client.store.write(|transaction| {
        let hand = editing::Hand { actor: device::find(transaction)?.unwrap().actor(), now: 5_000 };
        let begin = |twin| {
            editing::begin(transaction, hand, twin, (AREA, Kind::Premises), &values).map(drop)
        };
        twins.into_iter().try_for_each(begin)
    });
    begun.unwrap();
    // A field of both is refused, and the rest is written again at once.
    let refused = || rejected("wrong_value", Some("address"));
    judge(&phone, &phone.push().unwrap(), &[refused(), refused()]);
    let again = phone.push().unwrap();
    let pushed: Vec<RecordId> = again.records.iter().map(|push| push.record).collect();
    assert_eq!(pushed, twins);
    judge(&phone, &again, &[Outcome::Accepted { seq: 1 }, Outcome::Retry { after_ms: 1 }]);
    let standing = |twin: RecordId| phone.client.read(twin.to_string()).unwrap().line.standing;
    assert_eq!(twins.map(standing), [Standing::OnServer, Standing::OnPhone]);
}
