//! Stage 3: the parse, with panics contained. The bytes passed the chunk header, but their columns
//! may still say anything.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::Change;

use super::{Refusal, limits};
use crate::codes;
use crate::document::DecodedChange;
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
    if change.is_empty() || !change.extra_bytes().is_empty() || change.message().is_some() {
        return Err(unreadable());
    }
    DecodedChange::of(&change, kind).map_err(|_| unreadable())
}
