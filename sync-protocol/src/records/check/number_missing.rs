//! A registration is of a person with a document: its record's id comes from the number.

use super::{Flaw, Rule, Severity};
use crate::codes::Code;
use crate::records::{Kind, Label};

/// A residency without a document's number.
pub static RULE: Rule = Rule {
    code: Code {
        code: "document_number_missing",
        status: 0,
        retry: false,
        message: Label::new("登记居住须有证件号码", "A registration needs the document's number"),
        remedy: Label::new("请填写证件号码", "Enter the document's number"),
    },
    severity: Severity::Error,
    told_at: |kind, field| kind == Kind::Residency && field.key == "document_number",
    look: |sheet| {
        let lacks = sheet.kind == Kind::Residency && sheet.text("document_number").is_none();
        lacks.then(|| Flaw::of("document_number")).into_iter().collect()
    },
};
