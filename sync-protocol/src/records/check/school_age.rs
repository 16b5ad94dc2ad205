//! Of a child of school age it is asked where it learns. The age is that of the Compulsory Education
//! Law (art. 2 and 11: nine years from the sixth birthday on), on the phone's day.

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::{Kind, Label};

const AGES: std::ops::Range<u32> = 6..15;
const SCHOOLING: &str = "schooling";

/// A child of school age, and nothing about a school.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "schooling_not_asked",
        status: 0,
        retry: false,
        message: Label::new(
            "适龄儿童未填就学情况",
            "A child of school age, and nothing about school",
        ),
        remedy: Label::new("请询问并填写", "Ask, and fill it in"),
    },
    severity: Severity::Warning,
    told_at: |kind, field| kind == Kind::Residency && field.key == SCHOOLING,
    look: flaws,
};

fn flaws(sheet: &Sheet<'_>) -> Vec<Flaw> {
    if sheet.kind != Kind::Residency || sheet.value(SCHOOLING).is_some() {
        return Vec::new();
    }
    let told = || sheet.citizen().map(|number| number.born);
    let born = sheet.day("birth_date").or_else(told);
    let age = born.zip(sheet.today()).and_then(|(born, today)| today.years_since(born));
    let due = age.is_some_and(|age| AGES.contains(&age));
    let about = [SCHOOLING, "birth_date", "document_number", "document_type"];
    due.then(|| Flaw::new(SCHOOLING, &about)).into_iter().collect()
}
