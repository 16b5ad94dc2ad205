//! The number of a resident identity card checks itself (GB 11643-1999).

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::document_number::{CitizenNumberError, parse_citizen};
use crate::records::{Field, Kind, Label};

const REMEDY: Label = Label::new("请核对证件", "Compare it with the document");

/// It is not of the form.
pub(super) static FORM: Rule = Rule {
    code: Code {
        code: "document_number_form",
        status: 0,
        retry: false,
        message: Label::new(
            "身份证号码应为18位",
            "The number has 18 characters: 17 digits and a digit or X",
        ),
        remedy: REMEDY,
    },
    severity: Severity::Error,
    told_at: is_number,
    look: |sheet| flaws(sheet, CitizenNumberError::Form),
};

/// Its birth date is none.
pub(super) static BIRTH: Rule = Rule {
    code: Code {
        code: "document_number_birth",
        status: 0,
        retry: false,
        message: Label::new(
            "身份证号码中的出生日期不存在",
            "The number's birth date is no day of the calendar",
        ),
        remedy: REMEDY,
    },
    severity: Severity::Error,
    told_at: is_number,
    look: |sheet| flaws(sheet, CitizenNumberError::Birth),
};

/// Its last character does not fit the others.
pub(super) static CHECK: Rule = Rule {
    code: Code {
        code: "document_number_check",
        status: 0,
        retry: false,
        message: Label::new(
            "身份证号码校验位不符,有数字输错",
            "The number's last character does not fit: one was mistyped",
        ),
        remedy: REMEDY,
    },
    severity: Severity::Error,
    told_at: is_number,
    look: |sheet| flaws(sheet, CitizenNumberError::Check),
};

fn is_number(kind: Kind, field: &Field) -> bool {
    kind == Kind::Residency && field.key == "document_number"
}

fn flaws(sheet: &Sheet<'_>, wrong: CitizenNumberError) -> Vec<Flaw> {
    let error = sheet.resident_number().and_then(|number| parse_citizen(number).err());
    let flaw = || Flaw::new("document_number", &["document_number", "document_type"]);
    (error == Some(wrong)).then(flaw).into_iter().collect()
}
