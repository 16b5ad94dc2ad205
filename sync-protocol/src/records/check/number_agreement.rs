//! Birth date and sex are those that the number of a resident identity card tells.

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::document_number::CitizenNumber;
use crate::records::{Kind, Label};

const REMEDY: Label = Label::new("请核对证件", "Compare both with the document");

/// Another birth date.
pub(super) static BIRTH: Rule = Rule {
    code: Code {
        code: "birth_date_differs",
        status: 0,
        retry: false,
        message: Label::new(
            "出生日期与身份证号码不一致",
            "The birth date is not the one in the document number",
        ),
        remedy: REMEDY,
    },
    severity: Severity::Error,
    told_at: |kind, field| kind == Kind::Residency && field.key == "birth_date",
    look: |sheet| flaws(sheet, "birth_date", |number| number.born.to_string()),
};

/// The other sex.
pub(super) static SEX: Rule = Rule {
    code: Code {
        code: "sex_differs",
        status: 0,
        retry: false,
        message: Label::new(
            "性别与身份证号码不一致",
            "The sex is not the one in the document number",
        ),
        remedy: REMEDY,
    },
    severity: Severity::Error,
    told_at: |kind, field| kind == Kind::Residency && field.key == "sex",
    look: |sheet| {
        flaws(sheet, "sex", |number| if number.male { "male" } else { "female" }.to_owned())
    },
};

fn flaws(sheet: &Sheet<'_>, key: &str, told: impl Fn(CitizenNumber) -> String) -> Vec<Flaw> {
    let told = sheet.citizen().map(told);
    let differs = told.zip(sheet.text(key)).is_some_and(|(told, written)| told != written);
    let flaw = || Flaw::new(key, &[key, "document_number", "document_type"]);
    differs.then(flaw).into_iter().collect()
}
