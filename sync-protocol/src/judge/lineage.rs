//! Stage 4: the change's place in the record's history. The actor is the device's, its sequence
//! follows, its dependencies are accepted, and its first operation counts on from theirs exactly:
//! one too high makes every later edit panic, one too low makes the document unreadable.

use std::collections::HashSet;

use super::{Refusal, Standing};
use crate::codes;
use crate::document::{DecodedChange, genesis};
use crate::ids::{ChangeHash, DeviceId};

/// Checks actor, sequence, dependencies and `start_op`.
pub(super) fn check(
    change: &DecodedChange,
    device: DeviceId,
    standing: &Standing<'_>,
) -> Result<(), Refusal> {
    if change.actor.device() != device || change.actor == genesis::ACTOR {
        return Err(Refusal::of(&codes::FOREIGN_ACTOR));
    }
    check_sequence(change, standing)?;
    check_start(change, standing)
}

fn check_sequence(change: &DecodedChange, standing: &Standing<'_>) -> Result<(), Refusal> {
    let last = standing.registers.actors.get(&change.actor);
    let expected = last.map_or(1, |state| state.seq + 1);
    if change.seq < expected {
        return Err(Refusal::of(&codes::FORKED_ACTOR));
    }
    if change.seq > expected {
        return Err(Refusal::of(&codes::MISSING_DEPENDENCY));
    }
    // An actor's operations are never numbered twice, whatever the change claims to build upon.
    if last.is_some_and(|state| change.start_op <= state.max_op) {
        return Err(Refusal::of(&codes::WRONG_START));
    }
    Ok(())
}

fn check_start(change: &DecodedChange, standing: &Standing<'_>) -> Result<(), Refusal> {
    let distinct: HashSet<&ChangeHash> = change.deps.iter().collect();
    if change.deps.is_empty() || distinct.len() != change.deps.len() {
        return Err(Refusal::of(&codes::MISSING_DEPENDENCY));
    }
    let kind = standing.registers.kind;
    let mut highest = 0;
    for dep in &change.deps {
        let max_op = match standing.known.get(dep) {
            Some(max_op) => *max_op,
            None if *dep == genesis::hash(kind) => genesis::max_op(kind),
            None => return Err(Refusal::of(&codes::MISSING_DEPENDENCY)),
        };
        highest = highest.max(max_op);
    }
    if change.start_op == highest + 1 { Ok(()) } else { Err(Refusal::of(&codes::WRONG_START)) }
}
