//! Stage 6: the field's writers against the author's roles in the area, and the record's state: the
//! evidence of an accepted report is closed, an amendment is a new report.

use super::Refusal;
use crate::codes;
use crate::document::change::Action;
use crate::document::{DecodedChange, Effective, Registers};
use crate::records::{Kind, Roles, Value, report};

/// Checks who writes what, and when.
pub(super) fn check(
    change: &DecodedChange,
    roles: Roles,
    registers: &Registers,
) -> Result<(), Refusal> {
    let closed = is_closed(registers);
    for operation in &change.operations {
        let (key, value) = match &operation.action {
            Action::Put(key, value) => (key.as_str(), Some(value)),
            Action::EditText(key) => (*key, None),
            Action::Delete(_) | Action::Unknown(_) => continue,
        };
        if !may_write(registers.kind, key, value, roles) {
            return Err(Refusal::on(&codes::FIELD_FORBIDDEN, key));
        }
        if closed && !report::belongs_to_review(key) {
            return Err(Refusal::on(&codes::RECORD_CLOSED, key));
        }
    }
    Ok(())
}

fn may_write(kind: Kind, key: &str, value: Option<&Value>, roles: Roles) -> bool {
    let Some((field, _)) = kind.field(key) else {
        return false;
    };
    let state = kind.is_report() && key == report::STATE.key;
    let writers = match value.and_then(Value::as_text) {
        Some(to) if state => report::state_writers(to),
        _ if state => Roles::default(),
        _ => field.writers,
    };
    writers.meets(roles)
}

fn is_closed(registers: &Registers) -> bool {
    registers.kind.is_report()
        && Effective::of_key(registers, report::STATE.key)
            .is_some_and(|state| state.value.as_text() == Some(report::ACCEPTED))
}
