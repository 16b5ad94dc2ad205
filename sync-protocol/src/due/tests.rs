//! What is due, and what is not, at the edges of each cadence.

use proptest::prelude::*;

use super::*;
use crate::records::check::Sheet;
use crate::records::{Kind, Value};

mod laws;
mod reports;
mod stays;

const HOME: RecordId = RecordId([1; 16]);
const OPENED: &str = "2026-01-01";

/// Records as people wrote them.
#[derive(Default)]
struct Town(Vec<(RecordId, Fact)>);

impl Town {
    /// A town of one home.
    fn of_home(values: &[(&str, &str)]) -> Self {
        let mut town = Self::default();
        town.put(HOME, Kind::Premises, values);
        town
    }

    fn put(&mut self, record: RecordId, kind: Kind, values: &[(&str, &str)]) {
        let values: Vec<(&str, Value)> =
            values.iter().map(|(key, text)| (*key, value(key, text))).collect();
        let sheet = Sheet::new(kind, 0, values.iter().map(|(key, value)| (*key, value)));
        let fact = Fact::of(&sheet, Some(noon(OPENED)));
        let bytes = crate::wire::encode(&fact);
        assert_eq!(crate::wire::decode::<Fact>(&bytes).unwrap(), fact, "it is kept as it was");
        self.0.retain(|(other, _)| *other != record);
        self.0.push((record, fact));
    }

    /// Something about the home, under a number of its own.
    fn about(&mut self, number: u8, kind: Kind, values: &[(&str, &str)]) {
        let home = HOME.to_string();
        let mut all = vec![("premises", home.as_str()), ("state", "submitted")];
        all.extend(values);
        let last: std::collections::BTreeMap<_, _> = all.into_iter().collect();
        self.put(RecordId([number; 16]), kind, &last.into_iter().collect::<Vec<_>>());
    }

    fn visit(&mut self, number: u8, day: &str, values: &[(&str, &str)]) {
        self.about(number, Kind::Visit, &[&[("started_at", day)], values].concat());
    }

    fn inspect(&mut self, number: u8, day: &str, values: &[(&str, &str)]) {
        self.about(number, Kind::Inspection, &[&[("started_at", day)], values].concat());
    }

    fn stay(&mut self, number: u8, values: &[(&str, &str)]) {
        let registered = [
            ("name", "李春梅"),
            ("document_type", "passport"),
            ("document_number", "E1234567"),
            ("category", "migrant"),
            ("arrived_on", OPENED),
        ];
        self.about(number, Kind::Residency, &[&registered, values].concat());
    }

    /// What is due on a day.
    fn due(&self, on: &str) -> Vec<Due> {
        let facts = self.0.iter().map(|(record, fact)| (*record, fact));
        due(facts, &Cadences::default(), date(on), date(on))
    }

    /// The reasons of that, with the days.
    fn reasons(&self, on: &str) -> Vec<(Reason, String)> {
        self.due(on).into_iter().map(|due| (due.reason, due.due_on.to_string())).collect()
    }

    /// The days of one reason.
    fn days(&self, reason: Reason, on: &str) -> Vec<String> {
        let all = self.reasons(on).into_iter();
        all.filter(|(found, _)| *found == reason).map(|(_, day)| day).collect()
    }

    /// Whether something is not due on the day before and is on the day itself.
    fn begins(&self, reason: Reason, on: &str) {
        let before = date(on).pred_opt().unwrap().to_string();
        assert_eq!(self.days(reason, &before), [""; 0], "{reason:?} before {on}");
        assert_eq!(self.days(reason, on), [on], "{reason:?} on {on}");
    }
}

fn value(key: &str, text: &str) -> Value {
    match key {
        "started_at" => Value::from(noon(text)),
        "occupants_found" | "permit_years" => Value::from(text.parse::<i64>().unwrap()),
        _ => Value::from(text),
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Noon in China.
fn noon(day: &str) -> i64 {
    date(day).and_hms_opt(4, 0, 0).unwrap().and_utc().timestamp_millis()
}

const NOTHING: [(Reason, String); 0] = [];

#[test]
fn a_rented_home_is_inspected_every_30_days_and_a_key_one_every_7() {
    for (values, reason, first) in [
        (&[("use", "rented")][..], Reason::InspectOrdinary, "2026-07-01"),
        (&[("use", "rented"), ("tier", "ordinary")], Reason::InspectOrdinary, "2026-07-01"),
        (&[("use", "rented"), ("tier", "key")], Reason::InspectKey, "2026-06-08"),
        (&[("use", "rented"), ("letting_mode", "by_bed")], Reason::InspectKey, "2026-06-08"),
    ] {
        let mut town = Town::of_home(values);
        town.visit(2, "2026-06-01", &[("outcome", "met")]);
        town.inspect(3, "2026-05-01", &[("verdict", "pass")]);
        town.inspect(4, "2026-06-01", &[("verdict", "pass")]);
        town.begins(reason, first);
        let later = &town.due("2026-07-02")[0];
        assert_eq!(later.rests_on, Some(date("2026-06-01")));
        assert_eq!((later.premises, later.record), (HOME, None));
        assert_eq!(later.overdue_days, (date("2026-07-02") - date(first)).num_days());
    }
}

#[test]
fn a_home_that_nobody_has_been_to_is_due_since_it_was_opened() {
    let rented = Town::of_home(&[("use", "rented")]);
    let all = rented.due("2026-01-11");
    assert_eq!(
        all.iter().map(|due| due.reason).collect::<Vec<_>>(),
        [Reason::InspectOrdinary, Reason::VisitHousehold,]
    );
    assert!(all.iter().all(|due| due.overdue_days == 10 && due.rests_on.is_none()));
    // The phone that opened it was ahead of time.
    assert!(rented.due("2025-12-30").iter().all(|due| due.overdue_days == 0));
}

#[test]
fn only_homes_are_visited_and_only_rented_ones_inspected() {
    let visited = [(Reason::VisitHousehold, OPENED.to_owned())];
    for usage in ["owner_occupied", "dormitory"] {
        assert_eq!(Town::of_home(&[("use", usage)]).reasons("2026-02-01"), visited, "{usage}");
    }
    assert_eq!(Town::of_home(&[]).reasons("2026-02-01"), visited, "nobody has said what it is");
    for usage in ["vacant", "shop", "worksite", "hotel", "institution"] {
        let mut town = Town::of_home(&[("use", usage), ("tier", "key")]);
        assert_eq!(town.reasons("2026-02-01"), NOTHING, "{usage}");
        town.stay(2, &[]);
        assert_eq!(town.reasons("2026-02-01"), visited, "somebody lives at the {usage}");
        town.stay(2, &[("departed_on", "2026-02-01")]);
        assert_eq!(town.reasons("2026-02-01"), NOTHING, "and has left it");
    }
}

#[test]
fn of_a_void_home_nothing_is_due_and_what_is_void_does_not_count() {
    let mut town = Town::of_home(&[("use", "rented"), ("voided", "重复")]);
    town.stay(2, &[("category", "")]);
    town.inspect(3, "2026-06-01", &[("verdict", "unsafe"), ("rectify_by", "2026-06-05")]);
    town.visit(4, "2026-06-01", &[("outcome", "no_answer"), ("call_back_on", "2026-06-02")]);
    assert_eq!(town.reasons("2026-07-01"), NOTHING);

    let mut town = Town::of_home(&[("use", "rented")]);
    let void = ("voided", "误填");
    town.stay(2, &[("category", ""), void]);
    town.inspect(3, "2026-06-01", &[("verdict", "unsafe"), ("rectify_by", "2026-06-05"), void]);
    town.visit(4, "2026-06-01", &[("outcome", "met"), void]);
    let unvisited =
        [Reason::InspectOrdinary, Reason::VisitHousehold].map(|r| (r, OPENED.to_owned()));
    assert_eq!(town.reasons("2026-07-01"), unvisited);
}

#[test]
fn what_is_about_a_home_that_is_not_known_counts_all_the_same() {
    let mut town = Town::default();
    town.inspect(3, "2026-06-01", &[("verdict", "rectify"), ("rectify_by", "2026-06-05")]);
    town.begins(Reason::CheckRectification, "2026-06-05");
}

#[test]
fn cadences_are_the_districts() {
    let mut town = Town::of_home(&[("use", "rented")]);
    town.inspect(3, "2026-06-01", &[("verdict", "pass")]);
    town.visit(4, "2026-06-01", &[("outcome", "met")]);
    let cadences = Cadences { inspect_ordinary_days: 90, visit_days: 180, ..Cadences::default() };
    let facts = || town.0.iter().map(|(record, fact)| (*record, fact));
    let found = |on: &str| due(facts(), &cadences, date(on), date(on)).len();
    assert_eq!([found("2026-08-29"), found("2026-08-30"), found("2026-11-28")], [0, 1, 2]);
    let ahead = due(facts(), &cadences, date("2026-08-20"), date("2026-08-30"));
    assert_eq!(ahead.iter().map(|due| due.overdue_days).collect::<Vec<_>>(), [-10]);
}

#[test]
fn every_reason_has_its_code_and_its_words() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_code(reason.code()), Some(reason));
        assert!(reason.done_by().has(crate::records::Role::Inspector));
        for label in [reason.label(), reason.rests_on(), reason.never()] {
            assert!(!label.zh.is_ascii() && label.en.is_ascii());
        }
    }
    assert_eq!(Reason::from_code("grading"), None);
}
