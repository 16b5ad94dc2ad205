//! What has happened is not in the future. The present is by the phone's clock, which may be wrong,
//! so this only warns.

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::{Kind, Label};

const PAST: &[(Kind, &str)] = &[
    (Kind::Premises, "lease_filed_on"),
    (Kind::Premises, "letter_signed_on"),
    (Kind::Residency, "birth_date"),
    (Kind::Residency, "arrived_on"),
    (Kind::Residency, "permit_issued_on"),
    (Kind::Inspection, "rectified_on"),
];

/// A day that has not come yet.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "day_in_future",
        status: 0,
        retry: false,
        message: Label::new("日期尚未到来", "The day has not come yet"),
        remedy: Label::new("请核对日期和手机时间", "Check the date and the phone's clock"),
    },
    severity: Severity::Warning,
    told_at: |kind, field| PAST.contains(&(kind, field.key)),
    look: flaws,
};

fn flaws(sheet: &Sheet<'_>) -> Vec<Flaw> {
    let Some(today) = sheet.today() else {
        return Vec::new();
    };
    let ahead = |(kind, key): &&(Kind, &str)| {
        *kind == sheet.kind && sheet.day(key).is_some_and(|day| day > today)
    };
    PAST.iter().filter(ahead).map(|(_, key)| Flaw::of(key)).collect()
}
