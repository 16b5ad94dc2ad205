//! The rules on values that are right, wrong and generated.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::records::document_number::check_character;
use crate::records::{Condition, Part, Value};

/// 2026-11-22 in China.
const NOW: i64 = 1_795_276_800_000;

/// What is found of values: the code and the field of each.
fn found(kind: Kind, values: &[(&str, Value)]) -> Vec<(&'static str, String)> {
    let values = values.iter().map(|(key, value)| (*key, value));
    let findings = findings(&Sheet::new(kind, NOW, values));
    findings.into_iter().map(|finding| (finding.rule.code.code, finding.field)).collect()
}

/// Whether a code is among what is found.
fn finds(kind: Kind, values: &[(&str, Value)], code: &str) -> bool {
    found(kind, values).iter().any(|(found, _)| *found == code)
}

fn person(number: &str) -> Vec<(&'static str, Value)> {
    vec![("document_type", "resident_id".into()), ("document_number", number.into())]
}

/// A number that holds: a division, a birth date, a sequence, its check character.
fn number() -> impl Strategy<Value = String> {
    let day = (1900..2030_u32, 1..=12_u32, 1..=28_u32);
    (110_000..660_000_u32, day, 0..1000_u32).prop_map(|(division, (y, m, d), sequence)| {
        let digits = format!("{division:06}{y:04}{m:02}{d:02}{sequence:03}");
        let check = check_character(&digits).unwrap();
        format!("{digits}{check}")
    })
}

const OF_THE_NUMBER: [&str; 3] =
    ["document_number_form", "document_number_birth", "document_number_check"];

fn number_is_wrong(number: &str) -> bool {
    OF_THE_NUMBER.iter().any(|code| finds(Kind::Residency, &person(number), code))
}

proptest! {
    #[test]
    fn a_number_made_by_the_standard_passes_and_agrees_with_its_own_birth_date_and_sex(
        number in number(),
    ) {
        prop_assert!(!number_is_wrong(&number));
        let (year, month, day) = (&number[6..10], &number[10..12], &number[12..14]);
        let odd = number.as_bytes()[16] % 2 == 1;
        let (sex, other) = if odd { ("male", "female") } else { ("female", "male") };
        let mut values = person(&number);
        values.push(("birth_date", format!("{year}-{month}-{day}").into()));
        values.push(("sex", sex.into()));
        prop_assert!(!finds(Kind::Residency, &values, "birth_date_differs"));
        prop_assert!(!finds(Kind::Residency, &values, "sex_differs"));
        values.pop();
        values.push(("sex", other.into()));
        prop_assert!(finds(Kind::Residency, &values, "sex_differs"));
        let mut born = person(&number);
        born.push(("birth_date", "1899-12-31".into()));
        prop_assert!(finds(Kind::Residency, &born, "birth_date_differs"));
    }

    #[test]
    fn one_digit_changed_is_always_noticed(
        number in number(),
        place in 0..17_usize,
        by in 1..10_u8,
    ) {
        let mut typed = number.into_bytes();
        typed[place] = b'0' + (typed[place] - b'0' + by) % 10;
        prop_assert!(number_is_wrong(&String::from_utf8(typed).unwrap()));
    }

    #[test]
    fn two_neighbours_swapped_are_always_noticed(number in number(), place in 0..16_usize) {
        let mut typed = number.clone().into_bytes();
        typed.swap(place, place + 1);
        let typed = String::from_utf8(typed).unwrap();
        prop_assert_eq!(number_is_wrong(&typed), typed != number);
    }

    #[test]
    fn whatever_is_written_a_finding_stands_at_a_field_that_says_so(
        kind in prop::sample::select(&Kind::ALL[..]),
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize), 0..12),
    ) {
        let values: BTreeMap<String, Value> = picks
            .iter()
            .map(|(field, word)| (some_key(kind, *field), some_value(*word)))
            .collect();
        let sheet = Sheet::new(kind, NOW, values.iter().map(|(key, value)| (key.as_str(), value)));
        for finding in findings(&sheet) {
            let (field, _) = kind.field(&finding.field).unwrap();
            prop_assert!(rules_at(kind, field).any(|rule| rule.code == finding.rule.code));
            prop_assert!(finding.about.contains(&finding.field));
            let written = finding.about.iter().map(String::as_str).collect::<Vec<_>>();
            let warns = finding.rule.severity == Severity::Warning;
            prop_assert!(!(warns && finding.blocks(&sheet, Some(&written))));
            prop_assert!(!finding.blocks(&sheet, Some(&["x.other"])));
        }
    }
}

fn some_key(kind: Kind, field: prop::sample::Index) -> String {
    let field = field.get(kind.fields());
    let code = Part::of_key(field.key).and_then(|part| part.choices().first());
    crate::records::condition::with_segment(field.key, code.map_or("a", |choice| choice.code))
}

fn some_value(word: usize) -> Value {
    let words = ["110105194912310021", "2027-02-03", "1950-02-03", "fail", "pass", "resident_id"];
    Value::from(words[word])
}

#[test]
fn days_and_moments_stand_in_their_order() {
    let days = |first: &'static str, one: &str, second: &'static str, two: &str| {
        let values = [(first, one.into()), (second, two.into())];
        found(Kind::Residency, &values)
            .into_iter()
            .filter(|(code, _)| *code == "dates_out_of_order")
            .map(|(_, field)| field)
            .collect::<Vec<_>>()
    };
    assert_eq!(days("arrived_on", "2026-03-02", "departed_on", "2026-03-01"), ["departed_on"]);
    assert!(days("arrived_on", "2026-03-02", "departed_on", "2026-03-02").is_empty());
    assert_eq!(days("arrived_on", "2026-03-02", "expected_until", "2025-03-02").len(), 1);
    assert_eq!(days("birth_date", "2026-03-02", "arrived_on", "2025-03-02"), ["arrived_on"]);
    assert_eq!(days("birth_date", "2026-03-02", "permit_issued_on", "2025-03-02").len(), 1);
    for kind in [Kind::Visit, Kind::Inspection] {
        let at = |ended: i64| [("started_at", NOW.into()), ("ended_at", ended.into())];
        assert!(finds(kind, &at(NOW - 1), "dates_out_of_order"));
        assert!(!finds(kind, &at(NOW), "dates_out_of_order"));
    }
}

#[test]
fn what_depends_on_the_clock_only_warns() {
    for (kind, key, day, code) in [
        (Kind::Residency, "arrived_on", "2026-11-23", "day_in_future"),
        (Kind::Premises, "letter_signed_on", "2026-12-01", "day_in_future"),
        (Kind::Visit, "call_back_on", "2026-11-21", "day_before_report"),
        (Kind::Inspection, "rectify_by", "2026-11-21", "day_before_report"),
    ] {
        let values = |day: &str| [("started_at", Value::from(NOW)), (key, day.into())];
        assert!(finds(kind, &values(day), code), "{key}");
        assert!(!finds(kind, &values("2026-11-22"), code), "{key}");
        let rule = RULES.iter().find(|rule| rule.code.code == code).unwrap();
        assert_eq!(rule.severity, Severity::Warning);
    }
}

#[test]
fn what_must_be_filled_in_follows_from_the_outcome_and_from_each_item() {
    let lacks = |kind, values: &[(&str, Value)]| {
        let filled = values.iter().map(|(key, value)| (*key, value));
        let mut lacks = missing(&Sheet::new(kind, NOW, filled));
        lacks.retain(|key| !["premises", "state", "started_at", "verdict"].contains(&key.as_str()));
        lacks
    };
    let outcome = |code: &str| [("outcome", Value::from(code))];
    assert_eq!(lacks(Kind::Visit, &outcome("met")), ["card_shown"]);
    assert_eq!(lacks(Kind::Visit, &outcome("no_answer")), ["note_left", "call_back_on"]);
    assert_eq!(lacks(Kind::Visit, &outcome("vacant")), [""; 0]);
    assert_eq!(lacks(Kind::Visit, &[("outcome", Value::Null)]), ["outcome"]);
    let items = [("item.gas.result", "fail".into()), ("item.wiring.result", "pass".into())];
    assert_eq!(lacks(Kind::Inspection, &items), ["item.gas.note"]);
    let noted = [("item.gas.result", "fail".into()), ("item.gas.note", "Old hose".into())];
    assert_eq!(lacks(Kind::Inspection, &noted), [""; 0]);
}

#[test]
fn a_number_that_is_missing_or_only_looks_like_a_resident_identity_cards() {
    let none = [("name", Value::from("张三"))];
    let at_the_number: Vec<_> = found(Kind::Residency, &none)
        .into_iter()
        .filter(|(_, field)| field == "document_number")
        .collect();
    assert_eq!(at_the_number, [("document_number_missing", "document_number".to_owned())]);
    let passport = [("document_type", "passport".into()), ("document_number", "E12345678".into())];
    assert!(OF_THE_NUMBER.iter().all(|code| !finds(Kind::Residency, &passport, code)));
    for (number, unusual) in
        [("110105194912310021", true), ("11010519491231002X", false), ("E12345678", false)]
    {
        let values = [("owner_document", number.into())];
        assert_eq!(finds(Kind::Premises, &values, "document_number_unusual"), unusual, "{number}");
    }
}

#[test]
fn what_is_unusual_is_told() {
    let premises = |key, value: &str, code| finds(Kind::Premises, &[(key, value.into())], code);
    assert!(premises("owner_phone", "1380000000", "phone_unusual"));
    assert!(!premises("owner_phone", "13800000000", "phone_unusual"));
    let division = |code: &str| {
        finds(Kind::Residency, &[("registered_division", code.into())], "division_unknown")
    };
    assert!(division("990102") && !division("210102"));
    let verdict = |result: &str| {
        let values = [("verdict", "pass".into()), ("item.gas.result", result.into())];
        finds(Kind::Inspection, &values, "verdict_despite_failure")
    };
    assert!(verdict("fail") && !verdict("not_applicable"));
    let child =
        |born: &str| finds(Kind::Residency, &[("birth_date", born.into())], "schooling_not_asked");
    assert!(child("2020-11-22") && !child("2020-11-23"));
    assert!(child("2011-11-23") && !child("2011-11-22"));
}

#[test]
fn every_rule_has_a_code_of_its_own_and_a_place_to_be_told() {
    let mut codes = std::collections::BTreeSet::new();
    for rule in RULES {
        assert!(codes.insert(rule.code.code), "{rule:?} twice");
        let told = |kind: &Kind| kind.fields().iter().any(|field| (rule.told_at)(*kind, field));
        assert!(Kind::ALL.iter().any(told), "{rule:?}");
    }
}

#[test]
fn what_must_be_filled_in_is_shown_then() {
    for field in Kind::ALL.iter().flat_map(|kind| kind.fields()) {
        let shown = match (field.required, field.shown) {
            (Condition::Never, _) | (_, Condition::Always) => true,
            (Condition::When(key, due), Condition::When(other, shown)) => {
                key == other && due.iter().all(|code| shown.contains(code))
            }
            _ => false,
        };
        assert!(shown, "{}", field.key);
    }
}
