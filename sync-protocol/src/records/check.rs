//! What a record's values say of each other: the one list of rules that a screen, an edit and the
//! handing in of a report are held to. Each rule is a pure function with a file of its own.
//!
//! Whether *one* value is of its type is [`super::Field::check`]; a server asks nothing else, so what
//! stands here never keeps a phone's change out of a log.
//!
//! ```
//! use sync_protocol::records::check::{Sheet, findings};
//! use sync_protocol::records::{Kind, Value};
//! let (came, left) = (Value::from("2026-03-02"), Value::from("2026-03-01"));
//! let values = [("arrived_on", &came), ("departed_on", &left)];
//! let found = findings(&Sheet::new(Kind::Residency, 1_795_000_000_000, values));
//! assert!(found.iter().any(|f| f.rule.code.code == "dates_out_of_order"));
//! ```

mod citizen_number;
mod division;
mod extra;
mod future;
mod number_agreement;
mod number_missing;
mod order;
mod other_numbers;
mod report_days;
mod required;
mod school_age;
mod sheet;
mod telephone;
mod verdict;

use super::{Field, Kind, report};
use crate::codes::Code;

pub use extra::rules_of as extra_rules;
pub use number_missing::RULE as NUMBER_MISSING;
pub use required::missing;
pub use sheet::Sheet;

/// What a finding does to an edit that has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot be so: the edit is refused.
    Error,
    /// Something must still be filled in: a draft is kept, a report is not handed in.
    Incomplete,
    /// It is unusual: the edit goes through.
    Warning,
}

impl Severity {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Incomplete => "incomplete",
            Self::Warning => "warning",
        }
    }
}

/// A rule.
pub struct Rule {
    /// Its name and words. The status is 0: a finding never travels.
    pub code: Code,
    /// How grave a finding of it is.
    pub severity: Severity,
    /// Whether a finding of it can stand at a field.
    told_at: fn(Kind, &Field) -> bool,
    /// Looks.
    look: fn(&Sheet<'_>) -> Vec<Flaw>,
}

/// Prints the code.
impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.code)
    }
}

/// Where a rule does not hold.
struct Flaw {
    field: String,
    about: Vec<String>,
}

impl Flaw {
    /// A flaw that is told at a field and has to do with these, the field among them.
    fn new(field: &str, about: &[&str]) -> Self {
        let about = about.iter().map(|key| (*key).to_owned()).collect();
        Self { field: field.to_owned(), about }
    }

    /// A flaw of one field alone.
    fn of(field: &str) -> Self {
        Self::new(field, &[field])
    }
}

/// A rule that does not hold.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The key of the field that it is told at.
    pub field: String,
    /// The keys of all fields that have to do with it.
    pub about: Vec<String>,
}

impl Finding {
    /// Whether an edit that wrote these keys, or the first one of a record (no keys), is refused for
    /// it. An old mistake elsewhere keeps nobody from writing down that a person has left.
    pub fn blocks(&self, sheet: &Sheet<'_>, written: Option<&[&str]>) -> bool {
        let touched = written
            .is_none_or(|written| self.about.iter().any(|key| written.contains(&key.as_str())));
        let grave = match self.rule.severity {
            Severity::Error => true,
            Severity::Incomplete => is_handed_in(sheet),
            Severity::Warning => false,
        };
        touched && grave
    }
}

/// Every rule, the gravest first.
pub static RULES: &[&Rule] = &[
    &number_missing::RULE,
    &citizen_number::FORM,
    &citizen_number::BIRTH,
    &citizen_number::CHECK,
    &number_agreement::BIRTH,
    &number_agreement::SEX,
    &order::RULE,
    &extra::TEXT,
    &extra::NUMBER,
    &extra::YES_NO,
    &extra::CHOICE,
    &extra::DAY,
    &required::RULE,
    &other_numbers::RULE,
    &telephone::RULE,
    &division::RULE,
    &future::RULE,
    &report_days::RULE,
    &verdict::RULE,
    &school_age::RULE,
];

/// What does not hold of a record's values, the gravest first. A field at which an error stands is
/// not told to be empty as well.
pub fn findings(sheet: &Sheet<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for rule in RULES {
        for flaw in (rule.look)(sheet) {
            let told = |f: &Finding| f.rule.severity == Severity::Error && f.field == flaw.field;
            if rule.severity == Severity::Incomplete && found.iter().any(told) {
                continue;
            }
            found.push(Finding { rule, field: flaw.field, about: flaw.about });
        }
    }
    found
}

/// The rules whose findings can stand at a field.
pub fn rules_at(kind: Kind, field: &Field) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(move |rule| (rule.told_at)(kind, field))
}

/// A rule as the forms tell it.
pub(crate) fn rule_json(rule: &'static Rule) -> super::form::FormCheck {
    rule.into()
}

/// Whether it is a report in the hands of the reviewers.
fn is_handed_in(sheet: &Sheet<'_>) -> bool {
    let state = sheet.text(report::STATE.key);
    sheet.kind.is_report() && matches!(state, Some("submitted" | "resubmitted"))
}

#[cfg(test)]
mod tests;
