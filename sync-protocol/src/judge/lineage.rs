//! Stage 4: the change's place in the record's history. The actor is the device's, its sequence
//! follows, its dependencies are accepted, and its first operation counts on from theirs exactly:
//! one too high makes every later edit panic, one too low makes the document unreadable.

use std::collections::BTreeSet;

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
    let highest = highest_dependency(change, standing)?;
    check_sequence(change, standing)?;
    if change.start_op == highest + 1 { Ok(()) } else { Err(Refusal::of(&codes::WRONG_START)) }
}

fn check_sequence(change: &DecodedChange, standing: &Standing<'_>) -> Result<(), Refusal> {
    let last = standing.registers.actors.get(&change.actor);
    let expected = last.map_or(1, |state| state.seq + 1);
    if change.seq < expected {
        return Err(Refusal::of(&codes::FORKED_ACTOR));
    }
    if change.seq > expected {
        return Err(Refusal::of(&codes::WRONG_SEQUENCE));
    }
    // An actor's operations are never numbered twice, whatever the change claims to build upon.
    if last.is_some_and(|state| change.start_op <= state.max_op) {
        return Err(Refusal::of(&codes::WRONG_START));
    }
    Ok(())
}

/// The highest operation of what the change builds upon.
fn highest_dependency(change: &DecodedChange, standing: &Standing<'_>) -> Result<u64, Refusal> {
    let distinct: BTreeSet<&ChangeHash> = change.deps.iter().collect();
    if change.deps.is_empty() || distinct.len() != change.deps.len() {
        return Err(Refusal::of(&codes::WRONG_START));
    }
    let kind = standing.registers.kind;
    let (mut highest, mut missing) = (0, Vec::new());
    for dep in &change.deps {
        match standing.known.get(dep) {
            Some(max_op) => highest = highest.max(*max_op),
            None if *dep == genesis::hash(kind) => highest = highest.max(genesis::max_op(kind)),
            None => missing.push(*dep),
        }
    }
    if missing.is_empty() { Ok(highest) } else { Err(Refusal::waits_for(missing)) }
}
