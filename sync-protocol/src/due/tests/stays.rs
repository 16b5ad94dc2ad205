//! Stays and residence permits.

use super::*;

/// A shop, where nothing else is due once somebody has visited.
fn quiet() -> Town {
    let mut town = Town::of_home(&[("use", "owner_occupied")]);
    town.visit(2, "2026-02-01", &[("outcome", "met")]);
    town
}

#[test]
fn a_stay_is_registered_within_7_days_of_arrival() {
    let mut town = quiet();
    town.stay(3, &[("arrived_on", "2026-02-25"), ("category", "")]);
    town.begins(Reason::RegisterStay, "2026-03-04");
    let found = town.due("2026-03-04").remove(0);
    assert_eq!(found.record, Some(RecordId([3; 16])));
    assert_eq!(found.rests_on, Some(date("2026-02-25")));
    town.stay(3, &[("arrived_on", "2026-02-25")]);
    assert_eq!(town.reasons("2026-03-04"), NOTHING, "it is registered");
    town.stay(3, &[("category", ""), ("departed_on", "2026-03-03")]);
    assert_eq!(town.reasons("2026-03-04"), NOTHING, "they have left");
}

#[test]
fn without_a_day_of_arrival_it_counts_from_when_the_registration_was_begun() {
    let mut town = quiet();
    town.stay(3, &[("arrived_on", "")]);
    town.begins(Reason::RegisterStay, "2026-01-08");
    assert_eq!(town.due("2026-02-10")[0].rests_on, None);
    town.stay(3, &[("arrived_on", "2026-02-30")]);
    assert_eq!(town.reasons("2026-02-10"), NOTHING, "whatever was filled in is filled in");
}

#[test]
fn people_found_beyond_those_registered_are_due_7_days_after() {
    let mut town = quiet();
    town.stay(3, &[]);
    town.inspect(4, "2026-03-01", &[("verdict", "pass"), ("occupants_found", "2")]);
    town.begins(Reason::RegisterOccupants, "2026-03-08");
    assert_eq!(town.due("2026-03-08")[0].record, Some(RecordId([4; 16])));
    let mut registered = quiet();
    registered.0.clone_from(&town.0);
    registered.stay(5, &[("arrived_on", "2026-02-27")]);
    assert_eq!(registered.reasons("2026-03-08"), NOTHING);
    registered.stay(5, &[("arrived_on", "2026-03-09")]);
    assert_eq!(registered.reasons("2026-03-08").len(), 1, "that one comes later");
    town.inspect(6, "2026-03-05", &[("verdict", "pass"), ("occupants_found", "1")]);
    assert_eq!(town.reasons("2026-03-08"), NOTHING, "the last inspection counts");
}

#[test]
fn a_permits_renewal_is_due_30_days_before_it_ends() {
    for (issued, years, ends, due_on) in [
        ("2025-06-30", "1", "2026-06-30", "2026-05-31"),
        ("2024-02-29", "1", "2025-02-28", "2025-01-29"),
        ("2021-02-28", "3", "2024-02-28", "2024-01-29"),
        ("2020-02-29", "3", "2023-02-28", "2023-01-29"),
        ("2022-03-30", "2", "2024-03-30", "2024-02-29"),
    ] {
        let mut town = quiet();
        let permit = [("permit", "issued"), ("permit_issued_on", issued), ("permit_years", years)];
        town.stay(3, &[&[("arrived_on", "2020-01-01")], &permit[..]].concat());
        town.begins(Reason::RenewPermit, due_on);
        let found = town.due(due_on);
        let renew = found.iter().find(|due| due.reason == Reason::RenewPermit).unwrap();
        assert_eq!(renew.rests_on, Some(date(ends)));
        assert_eq!(renew.record, Some(RecordId([3; 16])));
    }
}

#[test]
fn a_permit_that_is_not_issued_or_says_no_years_is_not_renewed() {
    let issued = ("permit_issued_on", "2020-01-01");
    for permit in [
        [("permit", "lost"), issued, ("permit_years", "1")],
        [("permit", "issued"), issued, ("permit_years", "-1")],
        [("permit", "issued"), ("permit_issued_on", ""), ("permit_years", "1")],
        [("permit", "issued"), ("permit_issued_on", "2021-02-29"), ("permit_years", "1")],
    ] {
        let mut town = quiet();
        town.stay(3, &permit);
        assert_eq!(town.reasons("2026-03-04"), NOTHING, "{permit:?}");
    }
}
