//! What a report puts down for later is not before the report. The report's own day is by the phone's
//! clock, which may be wrong by years, so this only warns.

use super::{Flaw, Rule, Severity, Sheet, report};
use crate::codes::Code;
use crate::records::{Kind, Label};

const LATER: &[(Kind, &str)] = &[
    (Kind::Visit, "call_back_on"),
    (Kind::Inspection, "rectify_by"),
    (Kind::Inspection, "rectified_on"),
];

/// A day before the report's.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "day_before_report",
        status: 0,
        retry: false,
        message: Label::new("早于本次走访或检查", "It is before the day of the report"),
        remedy: Label::new("请核对日期和手机时间", "Check the date and the phone's clock"),
    },
    severity: Severity::Warning,
    told_at: |kind, field| LATER.contains(&(kind, field.key)),
    look: flaws,
};

fn flaws(sheet: &Sheet<'_>) -> Vec<Flaw> {
    let Some(started) = sheet.day(report::STARTED.key) else {
        return Vec::new();
    };
    let before = |(kind, key): &&(Kind, &str)| {
        *kind == sheet.kind && sheet.day(key).is_some_and(|day| day < started)
    };
    let found = LATER.iter().filter(before);
    found.map(|(_, key)| Flaw::new(key, &[key, report::STARTED.key])).collect()
}
