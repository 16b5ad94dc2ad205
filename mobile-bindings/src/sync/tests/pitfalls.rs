//! The pitfalls that lie on the phone: docs/pitfalls.md has the list.

use sync_protocol::document::Document;
use sync_protocol::keys::change_name;
use sync_protocol::wire::Item;

use super::*;
use crate::client::Standing;
use crate::editing::{self, Hand};
use crate::record::LocalRecord;
use crate::store::{changes, device};

/// Milliseconds of a day.
const DAY: i64 = 24 * 3600 * 1000;

/// A moment by the server's clock.
const TODAY: i64 = 1_795_000_000_000;

#[test]
fn partial_load_a_document_cut_short_is_kept_apart_and_mended_by_the_whole_one() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = theirs.open_home(&[("address", "A"), ("notes", "text")]);
    theirs.client.edit(home.clone(), entries(&[("unit", "2")])).unwrap();
    log.take(&theirs);
    ours.open_home(&[("room", "1")]);
    let before = digests(&ours);
    let whole = log.snapshots();
    let Item::Snapshot { document, .. } = &whole.areas[0].items[0] else { panic!("a document") };
    for kept in [1, document.len() / 2, document.len() - 1] {
        let mut cut = whole.clone();
        if let Item::Snapshot { document, .. } = &mut cut.areas[0].items[0] {
            document.0.truncate(kept);
        }
        ours.apply(&cut, None).unwrap();
        assert_eq!(digests(&ours), before, "{kept} bytes");
        assert_eq!(ours.client.status().unwrap().unreadable, 1);
    }
    ours.apply(&whole, None).unwrap();
    assert_eq!(ours.client.status().unwrap().unreadable, 0);
    let shown = |key| ours.shown(&home, key);
    assert_eq!(shown("unit").as_deref(), Some("2"));
    assert_eq!(shown("room").as_deref(), Some("1"), "what was not sent yet");
    assert_eq!(ours.client.status().unwrap().on_this_phone, 1);
}

#[test]
fn empty_page_with_more_is_asked_again_from_where_it_says() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    theirs.open_home(&[("address", "A")]);
    log.take(&theirs);
    let mut answer = log.page(vec![], false);
    (answer.areas[0].more, answer.areas[0].cursor, answer.areas[0].chain) = (true, 0, None);
    let applied = ours.apply(&answer, None).unwrap();
    assert!(applied.more);
    assert_eq!((cursor(&ours).cursor, cursor(&ours).complete), (0, false));
    assert!(!ours.apply(&log.snapshots(), None).unwrap().more);
    assert_eq!(digests(&ours), digests(&theirs));
}

/// A change of a key that is in no table, and the change before it: from the test vectors.
fn of_a_newer_schema() -> [Vec<u8>; 2] {
    let vectors = include_str!("../../../../docs/vectors/changes.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    let all = vectors.as_array().or_else(|| vectors["changes"].as_array()).unwrap();
    let of = all.iter().find(|of| of["name"] == "a key that is in no table").unwrap();
    let bytes = |hex: &serde_json::Value| {
        let hex = hex.as_str().unwrap();
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>()
    };
    [bytes(&of["before"][0]), bytes(&of["bytes"])]
}

/// Whether the phone's own document of a record holds the key that it does not know.
fn keeps_aura(phone: &Phone, record: RecordId) -> bool {
    let local = phone.client.store.read(|c| LocalRecord::load(c, record)).unwrap().unwrap();
    let mut document = local.document;
    let saved = Document::load(Kind::Premises, &document.save()).unwrap().registers().unwrap();
    saved == local.registers && saved.keys.contains_key("aura")
}

#[test]
fn schema_newer_than_the_app_keeps_unknown_fields_through_edits_restarts_and_refusals() {
    let (mut ours, mut log) = (coordinator(1), Log::default());
    let record = RecordId([9; 16]);
    log.entries.extend(of_a_newer_schema().map(|bytes| (record, Kind::Premises, bytes)));
    ours.apply(&log.answer(&ours, 0), None).unwrap();
    let home = record.to_string();
    // It is shown as it is.
    assert_eq!(ours.shown(&home, "aura").as_deref(), Some("hotel"));
    ours.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    ours = ours.reopened();
    assert!(keeps_aura(&ours, record));
    // A refusal rebuilds the record from its changes.
    let words = Words { zh: String::new(), en: String::new() };
    let field = Some("room".to_owned());
    answer_all(&ours, &Outcome::Rejected { code: "field_forbidden".into(), field, words });
    assert!(keeps_aura(&ours, record));
    ours.client.edit(home.clone(), entries(&[("unit", "2")])).unwrap();
    assert!(keeps_aura(&ours, record));
    // Somebody who gets the whole of it gets the field.
    log.take(&ours);
    let fresh = coordinator(3);
    fresh.apply(&log.snapshots(), None).unwrap();
    assert_eq!(fresh.shown(&home, "aura").as_deref(), Some("hotel"));
    assert_eq!(digests(&fresh), digests(&ours));
}

#[test]
fn clock_ten_years_off_both_ways_keeps_own_changes_for_sixty_days_of_the_servers_clock() {
    for off in [-3_650 * DAY, 3_650 * DAY] {
        let ours = coordinator(1);
        let home: RecordId = ours.open_home(&[("address", "A")]).parse().unwrap();
        let edited = ours.client.store.write(|transaction| {
            let actor = device::find(transaction)?.unwrap().actor();
            let hand = Hand { actor, now: TODAY + off };
            editing::edit(transaction, hand, home, &vec![("room".to_owned(), "1".into())])
        });
        let hash = edited.unwrap().change.unwrap();
        let push = ours.push().unwrap();
        let mut answer = Log::default().page(vec![], true);
        answer.now = TODAY;
        (answer.areas[0].head, answer.areas[0].cursor) = (2, 2);
        answer.verdicts = [1, 2].map(|seq| Outcome::Accepted { seq }).to_vec();
        assert_eq!(change_name(&push.records[0].changes[1]), hash);
        ours.apply(&answer, Some(&push)).unwrap();
        let standing = || ours.client.list(ListFilter::default()).unwrap()[0].standing;
        assert_eq!(standing(), Standing::Merged);
        let store = &ours.client.store;
        let kept = || store.read(|c| changes::find(c, &hash)).unwrap().is_some();
        crate::sync::forget_old(store, TODAY + 59 * DAY).unwrap();
        assert!(kept(), "{off}: a restored server can still be given it");
        crate::sync::forget_old(store, TODAY + 61 * DAY).unwrap();
        assert!(!kept(), "{off}: it is not kept for ever either");
        assert_eq!(ours.shown(&home.to_string(), "room").as_deref(), Some("1"));
    }
}
