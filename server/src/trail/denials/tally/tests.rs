//! What is noted, what is counted, and that no flood makes more entries than the rule allows.

use sync_protocol::codes;
use sync_protocol::ids::PersonId;

use super::*;

const NOW: i64 = 1_795_000_000_000 / MINUTE_MS * MINUTE_MS;

fn denial(actor: Actor, address: &str, record: u8) -> Denial {
    let origin = Origin { address: Some(address.parse().unwrap()), request: None };
    Denial {
        act: Act::ReportRead,
        actor,
        code: &codes::NOT_FOUND,
        route: Some("GET /v1/reports/{area}/{report}".to_owned()),
        about: None,
        area: Some(AreaId(210_102_001_001)),
        record: Some(RecordId([record; 16])),
        origin,
    }
}

fn staff(number: u8) -> Actor {
    Actor::Staff(PersonId([number; 16]))
}

/// How many requests the entries stand for.
fn stand_for(entries: &[Entry]) -> u64 {
    entries.iter().map(|entry| entry.kept(1).times).sum()
}

#[test]
fn the_first_is_noted_and_its_like_are_counted_until_the_minute_is_over() {
    let mut tally = Tally::default();
    assert_eq!(tally.take(denial(staff(1), "10.0.0.1", 1), NOW).len(), 1);
    for later in 1..=41 {
        assert!(tally.take(denial(staff(1), "10.0.0.1", 1), NOW + later).is_empty());
    }
    assert_eq!(tally.take(denial(staff(1), "10.0.0.1", 2), NOW + 50).len(), 1);
    assert_eq!(tally.take(denial(staff(1), "10.0.0.2", 1), NOW + 51).len(), 1);
    assert_eq!(tally.take(denial(staff(2), "10.0.0.1", 1), NOW + 52).len(), 1);
    assert!(tally.close_before(NOW + MINUTE_MS - 1).is_empty());
    let closed = tally.close_before(NOW + MINUTE_MS);
    let kept: Vec<_> = closed.iter().map(|entry| entry.kept(1)).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].times, kept[0].at), (41, NOW + 41));
    assert_eq!(kept[0].record, Some(RecordId([1; 16])));
    assert!(tally.close().is_empty());
}

#[test]
fn whoever_tries_record_after_record_gets_twenty_entries_and_one_for_the_rest() {
    let mut tally = Tally::default();
    let mut entries = Vec::new();
    for record in 0..200 {
        entries.extend(tally.take(denial(staff(1), "10.0.0.1", record), NOW));
    }
    entries.extend(tally.close());
    assert_eq!(entries.len(), 22);
    assert_eq!(stand_for(&entries), 200);
    let rest = entries.last().unwrap().kept(1);
    assert_eq!((rest.record, rest.detail, rest.times), (None, None, 179));
    assert_eq!(rest.actor, staff(1).to_string());
}

#[test]
fn a_flood_from_everywhere_is_counted_by_code_and_hides_nobody_who_proved_who_they_are() {
    let mut tally = Tally::default();
    let mut entries = Vec::new();
    for machine in 0..5_000_u32 {
        let address = format!("10.1.{}.{}", machine / 250, machine % 250);
        entries.extend(tally.take(denial(Actor::Nobody, &address, 1), NOW));
    }
    let own = tally.take(denial(staff(7), "10.0.0.9", 1), NOW);
    assert_eq!(own.first().map(|entry| entry.kept(1).actor), Some(staff(7).to_string()));
    entries.extend(tally.close());
    assert_eq!(entries.len(), usize::try_from(ALL).unwrap() + 2);
    assert_eq!(stand_for(&entries), 5_000);
    let rest = entries.last().unwrap().kept(1);
    assert_eq!((rest.actor.as_str(), rest.address), ("nobody", None));
}

#[test]
fn one_machine_with_a_network_of_addresses_is_one() {
    let mut tally = Tally::default();
    let mut entries = tally.take(denial(Actor::Nobody, "2001:db8::1", 1), NOW);
    for last in 2..100 {
        let address = format!("2001:db8::{last:x}");
        entries.extend(tally.take(denial(Actor::Nobody, &address, 1), NOW));
    }
    assert_eq!(entries.len(), 1);
    assert_eq!(tally.take(denial(Actor::Nobody, "2001:db8:0:1::1", 1), NOW).len(), 1);
    assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1".parse::<IpAddr>().unwrap());
}
