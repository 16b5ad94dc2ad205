//! What lost is told to whom it was, and to nobody else; and so is where a record has moved to.

use sync_protocol::records::Role;
use sync_protocol::wire::Item;

use super::*;
use crate::testing::{Log, OTHER_AREA, Phone, entries, granted_in};

fn told(phone: &Phone, why: AttentionKind) -> Vec<Attention> {
    let mut all = phone.client.attention().unwrap();
    all.retain(|item| item.why == why);
    all
}

/// Two phones that have the same home, and its log.
fn two() -> (Phone, Phone, Log, String) {
    let ours = Phone::new(1, &[Role::Coordinator]);
    let theirs = Phone::new(2, &[Role::Coordinator, Role::Reviewer]);
    let mut log = Log::default();
    let home = ours.open_home(&[("address", "A")]);
    log.take(&ours);
    read_all(&[&ours, &theirs], &log);
    (ours, theirs, log, home)
}

fn read_all(phones: &[&Phone], log: &Log) {
    for phone in phones {
        phone.apply(&log.answer(phone, 0), None).unwrap();
    }
}

fn write(phone: &Phone, home: &str, values: &[(&str, &str)]) {
    phone.client.edit(home.to_owned(), entries(values)).unwrap();
}

#[test]
fn a_value_that_lost_by_its_fields_rule_is_told_to_who_wrote_it() {
    let (ours, theirs, mut log, home) = two();
    write(&ours, &home, &[("lease_filed_on", "2026-05-02"), ("room", "501")]);
    write(&theirs, &home, &[("lease_filed_on", "2026-05-01")]);
    log.take(&ours);
    log.take(&theirs);
    read_all(&[&ours, &theirs], &log);
    let lost = told(&ours, AttentionKind::Lost);
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!((lost[0].kept[0].en.as_str(), lost[0].settled), ("2026-05-02", true));
    assert!(lost[0].words.en.contains("“2026-05-01”"), "{}", lost[0].words.en);
    assert!(told(&theirs, AttentionKind::Lost).is_empty(), "theirs stands");
    // Who writes knowing of it has lost nothing.
    write(&ours, &home, &[("lease_filed_on", "2026-05-03")]);
    log.take(&ours);
    read_all(&[&ours, &theirs], &log);
    assert!(told(&ours, AttentionKind::Lost).is_empty());
    assert!(told(&theirs, AttentionKind::Lost).is_empty(), "it was overwritten knowingly");
}

#[test]
fn a_clash_is_told_as_one_until_a_reviewer_decides_and_then_to_who_lost_it() {
    let (ours, theirs, mut log, home) = two();
    write(&ours, &home, &[("use", "shop")]);
    write(&theirs, &home, &[("use", "rented")]);
    log.take(&ours);
    log.take(&theirs);
    read_all(&[&ours, &theirs], &log);
    for phone in [&ours, &theirs] {
        assert_eq!(told(phone, AttentionKind::Clash).len(), 1);
        assert!(told(phone, AttentionKind::Lost).is_empty(), "nobody has lost yet");
    }
    write(&theirs, &home, &[("use", "rented"), ("decided.use", "现场核实")]);
    log.take(&theirs);
    read_all(&[&ours, &theirs], &log);
    let lost = told(&ours, AttentionKind::Lost);
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!(lost[0].kept[0].zh, "店铺");
    assert!(lost[0].words.zh.contains("现场核实") && lost[0].words.zh.contains("出租"));
    assert!(told(&ours, AttentionKind::Clash).is_empty());
    assert!(told(&theirs, AttentionKind::Lost).is_empty());
}

#[test]
fn a_record_that_moved_between_areas_of_ours_is_told_with_both_and_back_again_is_not() {
    let (ours, _, log, home) = two();
    let record: RecordId = home.parse().unwrap();
    let moved = Item::Moved { seq: 2, record, to: OTHER_AREA };
    let mut answer = log.page(vec![moved], true);
    answer.access = vec![granted_in(OTHER_AREA, &[Role::Coordinator])];
    ours.apply(&answer, None).unwrap();
    let told_of = told(&ours, AttentionKind::Moved);
    assert_eq!((told_of.len(), told_of[0].title.as_str()), (1, "A"));
    assert_eq!(told_of[0].record, home);
    assert!(told_of[0].settled && told_of[0].words.en.starts_with("It was in Community"));
    ours.apply(&log.snapshots(), None).unwrap();
    assert!(told(&ours, AttentionKind::Moved).is_empty());
}
