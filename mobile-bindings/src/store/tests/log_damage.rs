//! Stores whose write-ahead log was damaged: what was committed behind the damage comes over too.

use std::fs;

use super::*;
use crate::client::AttentionKind;
use crate::testing::{Log, entries};

/// Homes, each a commit that lies in the log.
const HOMES: usize = 6;

/// A phone that was killed with its log full, and the changes that it was told are saved.
fn killed() -> (Phone, Vec<String>) {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.client.store.settle().unwrap();
    let home = |number: usize| {
        let values = entries(&[("address", "A")]);
        let code = format!("210102001003{number:04}-0101");
        phone.client.open_premises(None, code, values).unwrap().change.unwrap()
    };
    let changes = (0..HOMES).map(home).collect();
    (phone, changes)
}

/// Another phone with the same files and this log.
fn with_log(phone: &Phone, log: &[u8]) -> Phone {
    let folder = tempfile::tempdir().unwrap();
    for name in ["store", "store-proof"] {
        fs::copy(phone.folder.path().join(name), folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("store-wal"), log).unwrap();
    Phone::found(folder, 1)
}

fn sent(phone: &Phone) -> Vec<String> {
    let mut log = Log::default();
    log.take(phone);
    let name = |bytes: &[u8]| sync_protocol::keys::change_name(bytes).to_string();
    log.entries.iter().map(|entry| name(&entry.2)).collect()
}

fn is_told(phone: &Phone) -> bool {
    let all = phone.client.attention().unwrap();
    all.iter().any(|item| item.why == AttentionKind::Damaged)
}

#[test]
fn what_was_committed_behind_a_damaged_frame_of_the_log_comes_over() {
    let (ours, changes) = killed();
    let log = fs::read(ours.folder.path().join("store-wal")).unwrap();
    let frame = 4096 + 24;
    let starts: Vec<usize> = (32..log.len()).step_by(frame).collect();
    let commits = starts.iter().filter(|at| log[**at + 4..**at + 8] != [0; 4]);
    let last_but_one = *commits.rev().nth(1).unwrap();
    let (mut damaged, mut all_came) = (0, 0);
    for at in starts {
        let mut log = log.clone();
        log[at + 1000] ^= 1;
        let phone = with_log(&ours, &log);
        if at > last_but_one {
            // As if a crash had cut the last commit short: nobody can tell.
            assert!(!is_told(&phone));
            assert_eq!(sent(&phone), changes[..HOMES - 1]);
            continue;
        }
        damaged += 1;
        assert!(is_told(&phone), "byte {at}");
        let aside = fs::read(phone.folder.path().join("store-damaged-1-wal")).unwrap();
        assert!(aside == log, "it was changed");
        let sent = sent(&phone);
        assert!(sent.iter().all(|change| changes.contains(change)));
        all_came += usize::from(sent.len() == HOMES);
    }
    // A page that was written again later is whole all the same.
    assert!(damaged > 10 && all_came > damaged / 2, "{all_came} of {damaged}");
}

#[test]
fn a_log_whose_header_is_damaged_loses_nothing() {
    let (ours, changes) = killed();
    let mut log = fs::read(ours.folder.path().join("store-wal")).unwrap();
    assert!(!is_told(&with_log(&ours, &log)), "the log as it was is whole");
    log[..32].fill(0xff);
    let phone = with_log(&ours, &log);
    assert!(is_told(&phone));
    assert_eq!(sent(&phone), changes);
}
