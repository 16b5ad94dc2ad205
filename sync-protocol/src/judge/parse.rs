//! Stage 3: the parse, with panics contained. The bytes passed the chunk header, but their columns
//! may still say anything.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::Change;

use super::{Refusal, limits};
use crate::codes;
use crate::document::DecodedChange;
use crate::document::change::{Action, Operation};
use crate::records::Kind;

/// Takes the change apart.
pub(super) fn parse(bytes: &[u8], kind: Kind) -> Result<DecodedChange, Refusal> {
    let parsed = catch_unwind(AssertUnwindSafe(|| take_apart(bytes, kind)));
    parsed.unwrap_or_else(|_| Err(Refusal::of(&codes::NOT_A_CHANGE)))
}

fn take_apart(bytes: &[u8], kind: Kind) -> Result<DecodedChange, Refusal> {
    let unreadable = || Refusal::of(&codes::NOT_A_CHANGE);
    let change = Change::from_bytes(bytes.to_vec()).map_err(|_| unreadable())?;
    if change.len() > limits::OPERATIONS {
        return Err(Refusal::of(&codes::TOO_MANY_OPERATIONS));
    }
    if change.timestamp().unsigned_abs() > limits::LATEST.unsigned_abs() {
        return Err(unreadable());
    }
    if change.is_empty() || !change.extra_bytes().is_empty() || change.message().is_some() {
        return Err(unreadable());
    }
    let change = DecodedChange::of(&change, kind).map_err(|_| unreadable())?;
    if replaced_on_root(&change) > limits::REPLACED {
        return Err(Refusal::of(&codes::TOO_MANY_OPERATIONS));
    }
    Ok(change)
}

/// A predecessor is a byte or less of a change and twenty-four of memory.
fn replaced_on_root(change: &DecodedChange) -> usize {
    let on_root = |operation: &&Operation| !matches!(operation.action, Action::EditText(_));
    change.operations.iter().filter(on_root).map(|operation| operation.replaces.len()).sum()
}
