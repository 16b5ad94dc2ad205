//! Visits, call backs, and what has to be put right.

use super::*;

/// A home where everything has been done on a day.
fn in_order(day: &str) -> Town {
    let mut town = Town::of_home(&[("use", "rented")]);
    town.visit(2, day, &[("outcome", "met")]);
    town.inspect(3, day, &[("verdict", "pass")]);
    town
}

#[test]
fn a_household_is_visited_once_a_year_leap_days_counted() {
    for (visited, due_on) in [
        ("2025-06-01", "2026-06-01"),
        ("2023-06-01", "2024-05-31"),
        ("2024-02-29", "2025-02-28"),
        ("2023-03-01", "2024-02-29"),
    ] {
        let mut town = Town::of_home(&[("use", "owner_occupied")]);
        town.visit(2, visited, &[("outcome", "met")]);
        town.begins(Reason::VisitHousehold, due_on);
    }
}

#[test]
fn a_visit_counts_when_the_household_was_met_or_found_gone() {
    for (outcome, counts) in [
        ("met", true),
        ("vacant", true),
        ("moved_out", true),
        ("no_answer", false),
        ("refused", false),
    ] {
        let mut town = Town::of_home(&[]);
        town.visit(2, "2026-03-01", &[("outcome", outcome)]);
        assert_eq!(town.days(Reason::VisitHousehold, "2026-04-01").is_empty(), counts, "{outcome}");
    }
}

#[test]
fn neither_drafts_nor_reports_of_a_day_to_come_count_as_done() {
    for (state, day, counts) in [
        ("draft", "2026-03-01", false),
        ("submitted", "2026-03-01", true),
        ("returned", "2026-03-01", true),
        ("accepted", "2026-03-01", true),
        ("submitted", "2026-03-02", true),
        ("submitted", "2026-03-03", false),
    ] {
        let mut town = Town::of_home(&[("use", "rented")]);
        town.visit(2, day, &[("outcome", "met"), ("state", state)]);
        town.inspect(3, day, &[("verdict", "pass"), ("state", state)]);
        assert_eq!(town.reasons("2026-03-02").is_empty(), counts, "{state} {day}");
    }
    let mut town = Town::of_home(&[]);
    town.about(2, Kind::Visit, &[("outcome", "met")]);
    assert_eq!(town.reasons("2026-03-02").len(), 1, "a visit of no day");
}

#[test]
fn a_call_back_is_due_on_its_date_until_somebody_was_there() {
    let mut town = in_order("2026-03-01");
    town.visit(4, "2026-03-10", &[("outcome", "no_answer"), ("call_back_on", "2026-03-14")]);
    town.begins(Reason::CallBack, "2026-03-14");
    let found = town.due("2026-03-16").remove(0);
    assert_eq!(found.record, Some(RecordId([4; 16])));
    assert_eq!((found.overdue_days, found.rests_on), (2, Some(date("2026-03-10"))));

    // Somebody begins one and does not hand it in.
    town.visit(5, "2026-03-15", &[("outcome", "met"), ("state", "draft")]);
    assert_eq!(town.days(Reason::CallBack, "2026-03-16"), ["2026-03-14"]);
    town.visit(5, "2026-03-15", &[("outcome", "no_answer"), ("call_back_on", "2026-03-20")]);
    assert_eq!(town.days(Reason::CallBack, "2026-03-16"), [""; 0], "the next one has its own day");
    assert_eq!(town.days(Reason::CallBack, "2026-03-20"), ["2026-03-20"]);
    town.visit(6, "2026-03-12", &[("outcome", "met")]);
    assert_eq!(town.days(Reason::CallBack, "2026-03-20"), ["2026-03-20"], "that was before it");
    town.visit(7, "2026-03-18", &[("outcome", "met")]);
    assert_eq!(town.days(Reason::CallBack, "2026-03-20"), [""; 0]);
}

#[test]
fn a_draft_puts_down_a_call_back_and_a_date_beside_another_outcome_is_none() {
    let mut town = in_order("2026-03-01");
    let draft = ("state", "draft");
    town.visit(4, "2026-03-10", &[("outcome", "no_answer"), ("call_back_on", "2026-03-14"), draft]);
    town.begins(Reason::CallBack, "2026-03-14");
    town.visit(4, "2026-03-10", &[("outcome", "met"), ("call_back_on", "2026-03-14")]);
    assert_eq!(town.days(Reason::CallBack, "2026-03-14"), [""; 0]);
    town.visit(4, "2026-03-10", &[("outcome", "no_answer"), ("call_back_on", "2026-02-30")]);
    assert_eq!(town.days(Reason::CallBack, "2026-03-14"), [""; 0], "no day of the calendar");
}

#[test]
fn an_amendment_stands_in_place_of_what_it_amends() {
    let mut town = in_order("2026-03-01");
    town.visit(4, "2026-03-10", &[("outcome", "no_answer"), ("call_back_on", "2026-03-14")]);
    let first = RecordId([4; 16]).to_string();
    town.visit(5, "2026-03-10", &[("outcome", "met"), ("amends", &first)]);
    assert_eq!(town.days(Reason::CallBack, "2026-03-14"), [""; 0]);

    town.inspect(6, "2026-03-10", &[("verdict", "rectify"), ("rectify_by", "2026-03-12")]);
    let first = RecordId([6; 16]).to_string();
    let amended = [("verdict", "rectify"), ("rectify_by", "2026-03-20"), ("amends", &first)];
    town.inspect(7, "2026-03-10", &amended);
    assert_eq!(town.days(Reason::CheckRectification, "2026-03-19"), [""; 0]);
    assert_eq!(town.days(Reason::CheckRectification, "2026-03-20"), ["2026-03-20"]);
}

#[test]
fn what_was_to_be_put_right_is_looked_at_on_its_date_until_that_was_done() {
    let mut hazard = in_order("2026-03-01");
    hazard.inspect(4, "2026-03-10", &[("verdict", "rectify"), ("rectify_by", "2026-03-24")]);
    hazard.begins(Reason::CheckRectification, "2026-03-24");
    // Until then the home is key: it has an open hazard.
    hazard.begins(Reason::InspectKey, "2026-03-17");

    let open = |edit: &dyn Fn(&mut Town)| {
        let mut town = in_order("2026-03-01");
        town.inspect(4, "2026-03-10", &[("verdict", "unsafe"), ("rectify_by", "2026-03-24")]);
        edit(&mut town);
        let key = town.days(Reason::InspectKey, "2026-06-01").len();
        let check = town.days(Reason::CheckRectification, "2026-06-01").len();
        assert_eq!(key, check, "an open hazard makes a home key");
        check == 1
    };
    let first = RecordId([4; 16]).to_string();
    let pass = ("verdict", "pass");
    assert!(open(&|_| {}));
    assert!(open(&|town| town.inspect(5, "2026-03-23", &[pass])), "before its date");
    assert!(!open(&|town| town.inspect(5, "2026-03-24", &[pass])), "on its date");
    assert!(!open(&|town| town.inspect(5, "2026-03-12", &[pass, ("follows", &first)])));
    assert!(open(&|town| town.inspect(5, "2026-03-24", &[pass, ("state", "draft")])));
    assert!(open(&|town| town.inspect(5, "2026-03-24", &[pass, ("voided", "误填")])));
    assert!(
        open(&|town| {
            town.inspect(5, "2026-03-24", &[("verdict", "rectify"), ("rectify_by", "2026-04-01")]);
        }),
        "the next one takes its place"
    );
    let verified = RecordId([5; 16]).to_string();
    assert!(!open(&|town| {
        let values = [("verdict", "unsafe"), ("verified_by", verified.as_str())];
        town.inspect(4, "2026-03-10", &values);
    }));
    // The landlord says that it is done: it is still looked at.
    assert!(open(&|town| {
        let values = [("verdict", "unsafe"), ("rectified_on", "2026-03-20")];
        town.inspect(4, "2026-03-10", &values);
    }));
}

#[test]
fn without_a_date_it_is_looked_at_since_it_was_found() {
    let mut town = in_order("2026-03-01");
    town.inspect(4, "2026-03-10", &[("verdict", "rectify")]);
    town.begins(Reason::CheckRectification, "2026-03-10");
}
