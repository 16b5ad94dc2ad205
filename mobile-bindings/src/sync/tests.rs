//! Answers, built by hand, applied to real stores.

use sync_protocol::ids::{AreaId, ChangeHash, RecordId, ServerEpoch};
use sync_protocol::records::{Kind, Role, Roles};
use sync_protocol::wire::{Access, AreaCursor, Item, Outcome, Response, Words};

use crate::client::{AttentionKind, ListFilter, Standing};
use crate::store::{areas, writers};
use crate::testing::{AREA, Log, OTHER_AREA, Phone, entries, granted_in};

mod erased;
mod pitfalls;
mod scope;
mod told;

fn cursor(phone: &Phone) -> AreaCursor {
    let cursors = phone.client.store.read(areas::cursors).unwrap();
    cursors.into_iter().find(|at| at.area == AREA).unwrap()
}

fn digests(phone: &Phone) -> Vec<(String, String)> {
    let digests = phone.client.digest().unwrap();
    digests.into_iter().map(|digest| (digest.record, digest.digest)).collect()
}

fn coordinator(device: u64) -> Phone {
    Phone::new(device, &[Role::Coordinator])
}

/// Answers everything that a phone has to push with the same verdict; what is of another area is
/// accepted.
fn answer_all(phone: &Phone, outcome: &Outcome) {
    while let Some(push) = phone.push() {
        let mut answer = Log::default().page(vec![], true);
        answer.areas.clear();
        for record in &push.records {
            let ours = record.area == AREA;
            let outcome = if ours { outcome } else { &Outcome::Accepted { seq: 1 } };
            answer.verdicts.extend(record.changes.iter().map(|_| outcome.clone()));
        }
        phone.apply(&answer, Some(&push)).unwrap();
    }
}

#[test]
fn a_snapshot_a_change_and_an_own_move_records_and_cursor_together() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = theirs.open_home(&[("address", "A"), ("notes", "text")]);
    log.take(&theirs);
    ours.apply(&log.snapshots(), None).unwrap();
    assert_eq!(ours.shown(&home, "address").as_deref(), Some("A"));
    assert_eq!(cursor(&ours).cursor, 1);

    ours.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    log.take(&ours);
    let line = || ours.client.list(ListFilter::default()).unwrap().remove(0);
    assert_eq!(line().standing, Standing::OnServer);
    theirs.client.edit(home.clone(), entries(&[("notes", "more text")])).unwrap();
    log.take(&theirs);
    let applied = ours.apply(&log.answer(&ours, 1), None).unwrap();
    assert_eq!((applied.received, applied.more, applied.pending), (2, false, false));
    assert_eq!(line().standing, Standing::Merged);
    assert_eq!((cursor(&ours).cursor, cursor(&ours).complete), (3, true));
    theirs.apply(&log.answer(&theirs, 0), None).unwrap();
    assert_eq!(theirs.shown(&home, "room").as_deref(), Some("1"));
    assert_eq!(digests(&ours), digests(&theirs));
}

#[test]
fn checkpoint_before_apply_never_an_answer_that_cannot_be_applied_whole_is_not_applied_at_all() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    theirs.open_home(&[("address", "A")]);
    log.take(&theirs);
    let before = cursor(&ours);
    // The last page's area has no row to move: a page with a key that is none comes behind it.
    let mut answer = log.snapshots();
    answer.access = vec![Access::Granted {
        area: AreaId(210_102_001_004),
        name: Words { zh: String::new(), en: String::new() },
        roles: vec![],
        key: vec![1; 3].into(),
    }];
    assert!(ours.apply(&answer, None).is_err());
    assert_eq!(cursor(&ours), before);
    assert!(digests(&ours).is_empty());
    ours.client.store.write(|t| Ok::<_, crate::store::StoreError>(t.execute_batch(
        "CREATE TRIGGER power_cut BEFORE UPDATE OF cursor ON areas BEGIN SELECT RAISE(ABORT, 'cut'); END",
    )?)).unwrap();
    assert!(ours.apply(&log.snapshots(), None).is_err());
    assert_eq!(cursor(&ours), before);
    assert!(digests(&ours).is_empty());
}

#[test]
fn two_who_open_the_same_home_offline_have_one_record_and_converge() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = ours.open_home(&[("address", "Elm Street 5"), ("notes", "Dog. ")]);
    let same = theirs.client.open_premises(
        None,
        " 2101020010030001-0501".to_lowercase(),
        entries(&[("address", "5 Elm St"), ("notes", "Bell broken.")]),
    );
    assert_eq!(same.unwrap().record, home);
    log.take(&ours);
    log.take(&theirs);
    ours.apply(&log.answer(&ours, 0), None).unwrap();
    theirs.apply(&log.answer(&theirs, 0), None).unwrap();
    assert_eq!(digests(&ours), digests(&theirs));
    let fresh = coordinator(3);
    fresh.apply(&log.snapshots(), None).unwrap();
    assert_eq!(digests(&ours), digests(&fresh));
    let attention = ours.client.attention().unwrap();
    assert_eq!(attention.iter().map(|item| item.why).collect::<Vec<_>>(), [AttentionKind::Clash]);
    let view = ours.client.read(home).unwrap();
    let address = view.fields.iter().find(|field| field.key == "address").unwrap();
    assert!(address.clash);
    assert_eq!(address.others.len(), 1);
}

#[test]
fn a_snapshot_is_merged_with_what_is_not_sent_yet() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = ours.open_home(&[("room", "1")]);
    theirs.open_home(&[("unit", "2")]);
    log.take(&theirs);
    ours.apply(&log.snapshots(), None).unwrap();
    let shown = |key| ours.shown(&home, key);
    assert_eq!((shown("room").as_deref(), shown("unit").as_deref()), (Some("1"), Some("2")));
    assert_eq!(ours.client.status().unwrap().on_this_phone, 1);
}

#[test]
fn a_repeated_answer_changes_nothing() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = theirs.open_home(&[("address", "A")]);
    theirs.client.edit(home, entries(&[("room", "1"), ("notes", "text")])).unwrap();
    log.take(&theirs);
    ours.apply(&log.answer(&ours, 0), None).unwrap();
    let before = digests(&ours);
    let again = ours.apply(&log.answer(&ours, 0), None).unwrap();
    assert!(!again.more);
    ours.apply(&log.snapshots(), None).unwrap();
    assert_eq!(digests(&ours), before);
}

#[test]
fn a_record_that_cannot_be_read_is_kept_and_holds_nothing_up() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    theirs.open_home(&[("address", "A")]);
    log.take(&theirs);
    let mut answer = log.snapshots();
    let record = RecordId([3; 16]);
    let broken = Item::Snapshot { seq: 1, record, kind: Kind::Visit, document: vec![1; 9].into() };
    answer.areas[0].items.insert(0, broken);
    let applied = ours.apply(&answer, None).unwrap();
    assert!(!applied.more);
    assert_eq!((digests(&ours).len(), cursor(&ours).cursor), (1, 1));
    assert_eq!(ours.client.attention().unwrap()[0].why, AttentionKind::Unreadable);
    assert_eq!(ours.client.status().unwrap().unreadable, 1);
}

#[test]
fn a_phone_that_lacks_what_the_server_thinks_it_has_fetches_the_area_anew() {
    let (ours, theirs, mut log) = (coordinator(1), coordinator(2), Log::default());
    let home = theirs.open_home(&[("address", "A")]);
    theirs.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    log.take(&theirs);
    let applied = ours.apply(&log.answer(&ours, 1), None).unwrap();
    assert!(applied.more);
    assert_eq!((cursor(&ours).cursor, cursor(&ours).complete), (0, false));
    ours.apply(&log.snapshots(), None).unwrap();
    assert_eq!(digests(&ours), digests(&theirs));
    let unknown = Item::Own { seq: 2, hash: ChangeHash([4; 32]) };
    assert!(ours.apply(&log.page(vec![unknown], true), None).unwrap().more);
}

#[test]
fn server_restored_in_another_life_is_offered_everything_again_and_nothing_is_wiped() {
    let (ours, mut log) = (coordinator(1), Log::default());
    let home = ours.open_home(&[("address", "A")]);
    log.take(&ours);
    ours.apply(&log.answer(&ours, 0), None).unwrap();
    ours.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    let mut restored = Log::default().page(vec![], true);
    restored.server_epoch = ServerEpoch([2; 16]);
    let applied = ours.apply(&restored, None).unwrap();
    assert!(applied.pending);
    assert_eq!(ours.push().unwrap().records[0].changes.len(), 2);
    assert_eq!(ours.shown(&home, "address").as_deref(), Some("A"));
}

#[test]
fn an_area_that_is_taken_away_is_not_listed_and_what_is_unsent_stays() {
    let ours = coordinator(1);
    let home = ours.open_home(&[("address", "A")]);
    let mut answer = Log::default().page(vec![], true);
    answer.areas.clear();
    answer.access = vec![Access::Revoked { area: AREA }];
    ours.apply(&answer, None).unwrap();
    assert!(ours.client.areas().unwrap().is_empty());
    assert!(ours.client.list(ListFilter::default()).unwrap().is_empty());
    let refused = ours.client.edit(home, entries(&[("room", "1")])).unwrap_err();
    assert_eq!(refused.problem().code, "area_forbidden");
    assert!(ours.push().is_some());
}

#[test]
fn an_area_that_stands_behind_what_was_read_is_offered_everything_again() {
    let (ours, mut log) = (coordinator(1), Log::default());
    let home = ours.open_home(&[("address", "A")]);
    log.take(&ours);
    ours.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    log.take(&ours);
    let read = log.answer(&ours, 0);
    let behind: [fn(&mut Response); 3] = [
        |answer| (answer.areas[0].head, answer.areas[0].cursor) = (1, 1),
        |answer| (answer.areas[0].cursor, answer.areas[0].complete) = (0, false),
        |answer| answer.areas[0].area_epoch = 2,
    ];
    for change in behind {
        ours.apply(&read, None).unwrap();
        ours.apply(&log.page(vec![], true), None).unwrap();
        log.take(&ours);
        ours.apply(&log.page(vec![], true), None).unwrap();
        assert!(ours.push().is_none());
        let mut answer = log.page(vec![], true);
        change(&mut answer);
        assert!(ours.apply(&answer, None).unwrap().pending);
        assert_eq!(ours.push().unwrap().records[0].changes.len(), 2);
        assert_eq!(ours.shown(&home, "room").as_deref(), Some("1"));
        log.take(&ours);
        ours.apply(&answer, None).unwrap();
        assert!(ours.push().is_none(), "it is offered once");
    }
}

#[test]
fn a_server_in_another_life_is_offered_what_it_held_and_its_late_verdicts_count_anew() {
    let ours = coordinator(1);
    ours.open_home(&[("address", "A")]);
    answer_all(&ours, &Outcome::Held { missing: vec![] });
    ours.client.store.write(|t| crate::store::device::note_late(t, 9)).unwrap();
    assert!(ours.push().is_none());
    let mut restored = Log::default().page(vec![], true);
    restored.server_epoch = ServerEpoch([2; 16]);
    ours.apply(&restored, None).unwrap();
    assert!(ours.push().is_some());
    let device = ours.client.store.read(crate::store::device::find).unwrap().unwrap();
    assert_eq!(device.late_seen, 0);
}

#[test]
fn a_request_says_what_the_phone_believes_and_the_last_late_verdict_it_noted() {
    let ours = coordinator(1);
    let store = &ours.client.store;
    store.write(|t| crate::store::device::note_late(t, 9)).unwrap();
    let device = store.read(crate::store::device::find).unwrap().unwrap();
    let request = super::request(store, &device, None).unwrap();
    assert_eq!(request.late_seen, 9);
    assert_eq!(request.areas[0].roles, Roles::of(&[Role::Coordinator]).bits());
}
