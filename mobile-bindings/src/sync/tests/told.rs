//! Own changes that the verdicts of an answer tell: its pages pass over them.

use super::*;
use crate::outbox::Push;
use crate::store::StoreError;

/// The answer that accepts a push, and whose page has moved past it without a word.
fn accepting(log: &mut Log, push: &Push) -> Response {
    let mut verdicts = Vec::new();
    for record in &push.records {
        for change in &record.changes {
            log.entries.push((record.record, record.kind, change.0.clone()));
            verdicts.push(Outcome::Accepted { seq: log.entries.len() as u64 });
        }
    }
    Response { verdicts, ..log.page(vec![], true) }
}

fn merged(phone: &Phone) -> (u64, u64, u64) {
    let status = phone.client.status().unwrap();
    (status.on_this_phone, status.on_the_server, status.merged)
}

#[test]
fn a_change_that_a_verdict_tells_is_merged_with_the_page_that_passes_over_it() {
    let (ours, mut log) = (coordinator(1), Log::default());
    let home = ours.open_home(&[("address", "A")]);
    let push = ours.push().unwrap();
    ours.apply(&accepting(&mut log, &push), Some(&push)).unwrap();
    assert_eq!(merged(&ours), (0, 0, 1));
    assert_eq!((cursor(&ours).cursor, cursor(&ours).complete), (1, true));
    assert_eq!(ours.shown(&home, "address").as_deref(), Some("A"));
}

#[test]
fn killed_between_the_verdict_and_the_page_the_phone_pushes_and_is_told_again() {
    let (ours, mut log) = (coordinator(1), Log::default());
    let home = ours.open_home(&[("address", "A")]);
    let push = ours.push().unwrap();
    let answer = accepting(&mut log, &push);
    let before = cursor(&ours);
    let trigger = |sql: &'static str| {
        let run = ours.client.store.write(|t| Ok::<_, StoreError>(t.execute_batch(sql)?));
        run.unwrap();
    };
    trigger(
        "CREATE TRIGGER killed BEFORE UPDATE OF cursor ON areas
          BEGIN SELECT RAISE(ABORT, 'killed'); END",
    );
    assert!(ours.apply(&answer, Some(&push)).is_err());
    assert_eq!((cursor(&ours), merged(&ours)), (before, (1, 0, 0)));
    trigger("DROP TRIGGER killed");
    let ours = ours.reopened();
    let again = ours.push().unwrap();
    assert_eq!((again.id, &again.records), (push.id, &push.records));
    ours.apply(&answer, Some(&again)).unwrap();
    assert_eq!(merged(&ours), (0, 0, 1));
    assert_eq!(ours.shown(&home, "address").as_deref(), Some("A"));
    assert!(ours.push().is_none());
}

#[test]
fn a_change_that_the_record_was_rebuilt_without_is_taken_back_in_when_a_verdict_tells_it() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = ours.open_home(&[("address", "A")]);
    log.take(&ours);
    ours.apply(&log.answer(&ours, 0), None).unwrap();
    ours.client.edit(home.clone(), entries(&[("unit", "2")])).unwrap();
    let push = ours.push().unwrap();
    let refused = Outcome::Rejected {
        code: "field_forbidden".to_owned(),
        field: Some("unit".to_owned()),
        words: Words { zh: "字".to_owned(), en: "words".to_owned() },
    };
    let mut answer = log.page(vec![], true);
    answer.verdicts = vec![refused];
    ours.apply(&answer, Some(&push)).unwrap();
    assert_eq!(ours.shown(&home, "unit"), None);

    // It is in the log after all, and somebody has built on it.
    let told = accepting(&mut log, &push);
    theirs.apply(&log.answer(&theirs, 0), None).unwrap();
    theirs.client.edit(home.clone(), entries(&[("unit", "3")])).unwrap();
    log.take(&theirs);
    let mut answer = log.answer(&ours, 2);
    answer.verdicts = told.verdicts;
    assert_eq!(answer.areas[0].items.len(), 1);
    let applied = ours.apply(&answer, Some(&push)).unwrap();
    assert!(!applied.more, "nothing is lacking");
    assert_eq!(ours.shown(&home, "unit").as_deref(), Some("3"));
    assert_eq!(merged(&ours), (0, 0, 2));
    theirs.apply(&log.answer(&theirs, 0), None).unwrap();
    assert_eq!(digests(&ours), digests(&theirs));
}
