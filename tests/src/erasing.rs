//! Erasing a record as an operator does.

use doorstep::sync::{Engine, erasure};
use doorstep::trail::{Act, Actor, Entry};
use sync_protocol::entries::{Cause, Terms};
use sync_protocol::ids::AreaId;

use crate::world::operator;

/// Erases a record that somebody asked to be erased; answers the areas that had something of it.
pub fn erase(engine: &Engine, record: &str, at: i64) -> Vec<AreaId> {
    erase_for(engine, record, Cause::Request, at)
}

/// Erases a record for a cause.
pub fn erase_for(engine: &Engine, record: &str, cause: Cause, at: i64) -> Vec<AreaId> {
    let may = operator().may_erase(record.parse().expect("a record's id"));
    let note = Entry::new(Act::RecordErased, Actor::Operator("operator".to_owned()), at);
    erasure::erase(engine, may, Terms { at, cause }, (&note, at)).expect("an erasure")
}
