//! Days and moments that somebody gives stand in their order.

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::{Kind, Label, Value};

/// The earlier and the later one; the same day is in order.
const ORDER: &[(Kind, &str, &str)] = &[
    (Kind::Residency, "birth_date", "arrived_on"),
    (Kind::Residency, "birth_date", "permit_issued_on"),
    (Kind::Residency, "arrived_on", "expected_until"),
    (Kind::Residency, "arrived_on", "departed_on"),
    (Kind::Visit, "started_at", "ended_at"),
    (Kind::Inspection, "started_at", "ended_at"),
];

/// The later one is before the earlier one.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "dates_out_of_order",
        status: 0,
        retry: false,
        message: Label::new(
            "日期先后颠倒",
            "It is before what it must follow: a birth, an arrival, a beginning",
        ),
        remedy: Label::new("请核对两个日期", "Compare both dates"),
    },
    severity: Severity::Error,
    told_at: |kind, field| ORDER.iter().any(|(of, _, later)| *of == kind && *later == field.key),
    look: flaws,
};

fn flaws(sheet: &Sheet<'_>) -> Vec<Flaw> {
    let reversed = |(kind, earlier, later): &&(Kind, &str, &str)| {
        *kind == sheet.kind && is_reversed(sheet.value(earlier), sheet.value(later))
    };
    let pairs = ORDER.iter().filter(reversed);
    pairs.map(|(_, earlier, later)| Flaw::new(later, &[earlier, later])).collect()
}

/// Whether the second is before the first. A day's text stands in the order of the calendar.
fn is_reversed(earlier: Option<&Value>, later: Option<&Value>) -> bool {
    match (earlier, later) {
        (Some(Value::Int(earlier)), Some(Value::Int(later))) => later < earlier,
        (Some(Value::Text(earlier)), Some(Value::Text(later))) => later < earlier,
        _ => false,
    }
}
