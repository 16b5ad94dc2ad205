//! Records that were erased and have begun anew since.

use sync_protocol::document::Document;
use sync_protocol::entries::Cause;
use sync_protocol::ids::{Actor, DeviceId};

use super::*;

fn tombstone(record: &str, seq: u64) -> Item {
    Item::Tombstone { seq, record: record.parse().unwrap(), at: 0, cause: Cause::Request }
}

/// A phone that has read what another wrote of a home.
fn reader() -> (Phone, Log, String) {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = theirs.open_home(&[("address", "A")]);
    log.take(&theirs);
    ours.apply(&log.answer(&ours, 0), None).unwrap();
    (ours, log, home)
}

#[test]
fn what_the_log_had_before_an_erasure_goes_whatever_its_authors_clock_said() {
    let (ours, log, home) = reader();
    ours.client.edit(home.clone(), entries(&[("notes", "unsent")])).unwrap();
    ours.apply(&log.page(vec![tombstone(&home, 2)], true), None).unwrap();
    assert_eq!(ours.shown(&home, "address"), None);
    assert!(ours.push().is_none(), "what builds upon it goes with it");
}

#[test]
fn a_phone_that_fetches_an_area_anew_keeps_what_is_unsent_of_a_record_that_began_anew_long_ago() {
    let (ours, log, home) = reader();
    // It was told to fetch the area from its beginning, and has not come to its end.
    ours.apply(&log.page(vec![], false), None).unwrap();
    ours.client.edit(home.clone(), entries(&[("notes", "unsent")])).unwrap();
    let mut answer = log.snapshots();
    answer.areas[0].items.insert(0, tombstone(&home, 0));
    ours.apply(&answer, None).unwrap();
    assert_eq!(ours.shown(&home, "address").as_deref(), Some("A"));
    assert_eq!(ours.shown(&home, "notes").as_deref(), Some("unsent"));
    assert!(ours.push().is_some());
}

#[test]
fn what_was_written_upon_a_beginning_stays_however_slow_the_phones_clock() {
    let ours = coordinator(1);
    let home = coordinator(2).open_home(&[("address", "A")]);
    let now = crate::clock::now_ms() / 1000;
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let values = [("address".to_owned(), "B".into())];
    let ahead = document.edit(Actor::new(DeviceId(3), 1), now + 1_000, &values).unwrap().unwrap();
    let log = Log { entries: vec![(home.parse().unwrap(), Kind::Premises, ahead.bytes)] };
    ours.apply(&log.snapshots(), None).unwrap();
    ours.client.edit(home.clone(), entries(&[("notes", "unsent")])).unwrap();
    // It fetches the area from its beginning.
    ours.apply(&log.page(vec![], false), None).unwrap();
    let mut answer = log.snapshots();
    let at = (now + 500) * 1000;
    let record = home.parse().unwrap();
    answer.areas[0].items.insert(0, Item::Tombstone { seq: 0, record, at, cause: Cause::Request });
    ours.apply(&answer, None).unwrap();
    assert_eq!(ours.shown(&home, "notes").as_deref(), Some("unsent"));
    assert!(ours.push().is_some());
}

#[test]
fn what_is_unsent_of_a_record_that_was_put_away_does_not_join_the_one_that_began_anew() {
    let (ours, _, home) = reader();
    ours.client.edit(home.clone(), entries(&[("notes", "unsent")])).unwrap();
    let (other, mut log) = (coordinator(3), Log::default());
    assert_eq!(other.open_home(&[("address", "B")]), home);
    log.take(&other);
    let mut answer = log.answer(&ours, 0);
    let (record, at) = (home.parse().unwrap(), crate::clock::now_ms() + 10_000);
    let put_away = Item::Tombstone { seq: 0, record, at, cause: Cause::Retention };
    answer.areas[0].items.insert(0, put_away);
    ours.apply(&answer, None).unwrap();
    assert_eq!(ours.shown(&home, "address"), None, "the one goes, the other waits");
    let push = ours.push().expect("it is still to be sent");
    assert!(!cursor(&ours).complete, "it asks again for what it could not take");
    let mut answer = log.snapshots();
    answer.verdicts = vec![Outcome::rejected(&sync_protocol::codes::RECORD_PUT_AWAY, None)];
    ours.apply(&answer, Some(&push)).unwrap();
    assert_eq!(ours.shown(&home, "address").as_deref(), Some("B"));
    assert_eq!(ours.shown(&home, "notes"), None);
    assert!(ours.push().is_none());
    assert!(cursor(&ours).complete);
    // What is written of it now needs nothing of before.
    ours.client.edit(home.clone(), entries(&[("notes", "new")])).unwrap();
    log.take(&ours);
    other.apply(&log.answer(&other, 1), None).unwrap();
    assert_eq!(other.shown(&home, "notes").as_deref(), Some("new"));
    ours.let_go();
    assert_eq!(ours.shown(&home, "notes").as_deref(), Some("new"));
}
