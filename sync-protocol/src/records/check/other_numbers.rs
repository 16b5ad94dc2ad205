//! A landlord's or an agent's document may be of any kind; a number that looks like that of a
//! resident identity card and does not check was probably mistyped.

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::document_number::parse_citizen;
use crate::records::{Kind, Label};

const KEYS: [&str; 2] = ["owner_document", "agent_document"];

/// A number that looks mistyped.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "document_number_unusual",
        status: 0,
        retry: false,
        message: Label::new(
            "像身份证号码,但校验不符",
            "It looks like an identity card's number and does not check",
        ),
        remedy: Label::new("请核对证件", "Compare it with the document"),
    },
    severity: Severity::Warning,
    told_at: |kind, field| kind == Kind::Premises && KEYS.contains(&field.key),
    look: flaws,
};

fn flaws(sheet: &Sheet<'_>) -> Vec<Flaw> {
    if sheet.kind != Kind::Premises {
        return Vec::new();
    }
    let mistyped = |key: &&str| {
        let number = sheet.text(key);
        number.is_some_and(|number| looks_like_one(number) && parse_citizen(number).is_err())
    };
    KEYS.into_iter().filter(mistyped).map(Flaw::of).collect()
}

/// Eighteen characters, all but the last of them digits.
fn looks_like_one(number: &str) -> bool {
    let (digits, last) = number.split_at_checked(17).unwrap_or_default();
    last.len() == 1 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
