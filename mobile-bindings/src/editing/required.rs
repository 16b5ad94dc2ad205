//! What a record still lacks, by the field table.

use sync_protocol::document::Effective;
use sync_protocol::records::{Field, Kind, Required, Value, report};

use crate::codes;
use crate::error::CoreError;

/// The fields that must be filled in and are not.
pub(crate) fn missing(kind: Kind, effective: &Effective) -> Vec<&'static Field> {
    let lacks = |field: &&Field| {
        let wanted = match field.required {
            Required::Never => false,
            Required::Always => true,
            Required::When(key, values) => {
                effective.value(key).is_some_and(|value| values.contains(&word(value).as_str()))
            }
        };
        wanted && effective.value(field.key).is_none()
    };
    kind.fields().iter().filter(lacks).collect()
}

/// A value as [`Required::When`] names it.
fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => yes.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    }
}

/// A report that a worker hands in is complete.
pub(super) fn check_submitted(kind: Kind, effective: &Effective) -> Result<(), CoreError> {
    let handed_in = matches!(effective.text(report::STATE.key), Some("submitted" | "resubmitted"));
    if !handed_in {
        return Ok(());
    }
    let missing: Vec<&str> = missing(kind, effective).iter().map(|field| field.key).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(CoreError::on(&codes::REPORT_INCOMPLETE, &missing.join(", ")))
    }
}
