//! A home that passes has no item that fails.

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::part::Pattern;
use crate::records::{Kind, Label};

const VERDICT: &str = "verdict";
const RESULT: &str = "item.{item}.result";

/// It passes although something fails. A small fault may have been mended on the spot.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "verdict_despite_failure",
        status: 0,
        retry: false,
        message: Label::new("有不合格项,结论却为合格", "It passes although an item fails"),
        remedy: Label::new("请核对检查结论", "Check the verdict"),
    },
    severity: Severity::Warning,
    told_at: |kind, field| kind == Kind::Inspection && field.key == VERDICT,
    look: flaws,
};

fn flaws(sheet: &Sheet<'_>) -> Vec<Flaw> {
    if sheet.kind != Kind::Inspection || sheet.text(VERDICT) != Some("pass") {
        return Vec::new();
    }
    let is_result = |key: &str| Pattern::of(RESULT).is_some_and(|p| p.segment(key).is_some());
    let fails = |key: &&str| is_result(key) && sheet.text(key) == Some("fail");
    let mut about: Vec<&str> = sheet.keys().filter(fails).collect();
    if about.is_empty() {
        return Vec::new();
    }
    about.push(VERDICT);
    vec![Flaw::new(VERDICT, &about)]
}
