//! A division code of GB/T 2260 begins with the two digits of a province.

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::{FieldType, Label};

/// The provinces, autonomous regions, municipalities and special regions.
const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82",
];

/// A code of no province.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "division_unknown",
        status: 0,
        retry: false,
        message: Label::new(
            "区划代码的前两位不是省级代码",
            "The first two digits are those of no province",
        ),
        remedy: Label::new("请核对区划代码", "Compare the code"),
    },
    severity: Severity::Warning,
    told_at: |_, field| field.kind == FieldType::DivisionCode,
    look: flaws,
};

fn flaws(sheet: &Sheet<'_>) -> Vec<Flaw> {
    let fields = sheet.kind.fields().iter();
    let divisions = fields.filter(|field| field.kind == FieldType::DivisionCode);
    let unknown = divisions.filter(|field| {
        let province = sheet.text(field.key).map(|code| code.get(..2).unwrap_or_default());
        province.is_some_and(|province| !PROVINCES.contains(&province))
    });
    unknown.map(|field| Flaw::of(field.key)).collect()
}
