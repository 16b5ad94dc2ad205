//! Stage 5: every operation against the field table: a known key, a value of its type and size, and
//! only real operations of the same key replaced.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{Refusal, Standing, limits};
use crate::codes;
use crate::document::DecodedChange;
use crate::document::change::{Action, OpId, Operation};
use crate::records::{Field, Kind, Merge, Value};

/// Checks the operations one by one.
pub(super) fn check(change: &DecodedChange, standing: &Standing<'_>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    let mut fresh = 0;
    for operation in &change.operations {
        match &operation.action {
            Action::Put(key, value) => {
                check_put(standing.registers.kind, key, value)?;
                check_replaced(key, operation, standing)?;
                // Twice in one change would leave two live values by one hand.
                if !seen.insert(key) || seen.len() > limits::ROOT_OPERATIONS {
                    return Err(Refusal::on(&codes::TOO_MANY_OPERATIONS, key));
                }
                fresh += usize::from(!standing.registers.keys.contains_key(key));
            }
            Action::EditText(_) => {}
            Action::Delete(_) | Action::Unknown(_) => {
                return Err(Refusal::of(&codes::UNKNOWN_OPERATION));
            }
        }
    }
    let registers = standing.registers;
    let too_large =
        registers.keys.len() + fresh > limits::KEYS || registers.actors.len() >= limits::ACTORS;
    if too_large { Err(Refusal::of(&codes::RECORD_TOO_LARGE)) } else { Ok(()) }
}

/// The operations that a change's writes to the root replace, with their keys.
pub(super) fn replaced(change: &DecodedChange) -> impl Iterator<Item = (&str, &OpId)> {
    change.operations.iter().flat_map(|operation| {
        let key = match &operation.action {
            Action::Put(key, _) => Some(key.as_str()),
            _ => None,
        };
        key.into_iter().flat_map(|key| operation.replaces.iter().map(move |id| (key, id)))
    })
}

fn check_put(kind: Kind, key: &str, value: &Value) -> Result<(), Refusal> {
    if key.len() > limits::KEY_BYTES {
        return Err(Refusal::on(&codes::UNKNOWN_FIELD, key));
    }
    let (field, segment) =
        kind.field(key).ok_or_else(|| Refusal::on(&codes::UNKNOWN_FIELD, key))?;
    if field.merge == Merge::Text {
        return Err(Refusal::on(&codes::WRONG_VALUE, key));
    }
    if field.key.starts_with("decided.") && !is_decidable(kind, segment) {
        return Err(Refusal::on(&codes::UNKNOWN_FIELD, key));
    }
    field.check(value).map_err(|_| Refusal::on(&codes::WRONG_VALUE, key))
}

fn is_decidable(kind: Kind, key: &str) -> bool {
    kind.field(key).is_some_and(|(field, _): (&Field, _)| field.merge == Merge::Review)
}

fn check_replaced(
    key: &str,
    operation: &Operation,
    standing: &Standing<'_>,
) -> Result<(), Refusal> {
    let real = |id: &OpId| {
        let before = id.counter < operation.id.counter;
        let live = standing.registers.is_live(key, id);
        before && (live || standing.past.contains(&(SmolStr::new(key), *id)))
    };
    if operation.replaces.iter().all(real) {
        Ok(())
    } else {
        Err(Refusal::on(&codes::WRONG_PREDECESSOR, key))
    }
}
