//! A change taken apart: its place in the record's history and its operations, each on the root or
//! on one of the genesis texts. About 4 µs a change; no document is loaded.

use automerge::legacy::{Key, ObjectId, OpId as AutomergeOpId, OpType};
use automerge::{Change, ScalarValue};
use smol_str::SmolStr;

use super::genesis;
use crate::ids::{Actor, ChangeHash};
use crate::records::{Kind, Value};

/// An operation's name: its counter and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// Lamport counter within the record.
    pub counter: u64,
    /// Who made it.
    pub actor: Actor,
}

/// A change, decoded.
#[derive(Debug, Clone)]
pub struct DecodedChange {
    /// Its name.
    pub hash: ChangeHash,
    /// Who made it.
    pub actor: Actor,
    /// The how-manieth change of that actor to this record, from 1.
    pub seq: u64,
    /// Counter of its first operation.
    pub start_op: u64,
    /// Counter of its last operation.
    pub max_op: u64,
    /// When it was made by the phone's clock, in seconds since 1970 UTC.
    pub time: i64,
    /// The changes it was made upon.
    pub deps: Vec<ChangeHash>,
    /// What it does.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name.
    pub id: OpId,
    /// Where and what.
    pub action: Action,
    /// The operations of the same key that it replaces.
    pub replaces: Vec<OpId>,
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Sets a key of the root. One whose old values were deleted first, in the same change, is one
    /// operation that replaces them.
    Put(SmolStr, Value),
    /// Takes a key's old values away and writes none. Automerge can; a record clears a field with
    /// [`Value::Null`], so that clearing can clash like any other value.
    Delete(SmolStr),
    /// Edits a genesis text by character.
    EditText(&'static str),
    /// Anything else: other containers, deleted keys, counters, marks, types a record has not.
    Unknown(&'static str),
}

/// The change could not be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the change cannot be read: {0}")]
pub struct DecodeError(pub &'static str);

impl DecodedChange {
    /// Whether the change edits a free text: only the document then knows the outcome.
    pub fn edits_text(&self) -> bool {
        self.operations.iter().any(|operation| matches!(operation.action, Action::EditText(_)))
    }

    /// The keys of the root that it writes, each with the operation that does.
    pub fn written(&self) -> impl Iterator<Item = (SmolStr, OpId)> {
        self.operations.iter().filter_map(|operation| match &operation.action {
            Action::Put(key, _) => Some((key.clone(), operation.id)),
            _ => None,
        })
    }

    /// The same with one operation, the last, for all the characters of a text: what judging and
    /// registers ask for. A push of many texts has a million of them.
    #[must_use]
    pub fn condensed(mut self) -> Self {
        let mut kept: Vec<Operation> = Vec::new();
        for mut operation in self.operations {
            if let Action::EditText(_) = operation.action {
                kept.retain(|earlier| earlier.action != operation.action);
                operation.replaces = Vec::new();
            }
            kept.push(operation);
        }
        kept.shrink_to_fit();
        self.operations = kept;
        self
    }

    /// Takes apart a change of a record of this kind.
    ///
    /// # Errors
    /// [`DecodeError`] when an actor is not 12 bytes long.
    pub fn of(change: &Change, kind: Kind) -> Result<Self, DecodeError> {
        let expanded = change.decode();
        let actor = actor_of(&expanded.actor_id)?;
        let start_op = expanded.start_op.get();
        let count = expanded.operations.len() as u64;
        let operations = (start_op..)
            .zip(&expanded.operations)
            .map(|(counter, op)| operation(kind, OpId { counter, actor }, op))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            hash: ChangeHash(change.hash().0),
            actor,
            seq: expanded.seq,
            start_op,
            max_op: (start_op + count).saturating_sub(1),
            time: expanded.time,
            deps: expanded.deps.iter().map(|hash| ChangeHash(hash.0)).collect(),
            operations: fold_deletes(operations),
        })
    }
}

/// Makes one operation of a key that is deleted and then put within the change.
fn fold_deletes(operations: Vec<Operation>) -> Vec<Operation> {
    let mut folded: Vec<Operation> = Vec::with_capacity(operations.len());
    for mut operation in operations {
        if let Action::Put(key, _) = &operation.action {
            let deleted = |earlier: &Operation| earlier.action == Action::Delete(key.clone());
            if let Some(place) = folded.iter().position(deleted) {
                operation.replaces.extend(folded.remove(place).replaces);
            }
        }
        folded.push(operation);
    }
    folded
}

fn operation(kind: Kind, id: OpId, op: &automerge::legacy::Op) -> Result<Operation, DecodeError> {
    let replaces = op.pred.iter().map(op_id).collect::<Result<Vec<_>, _>>()?;
    let action = match &op.obj {
        ObjectId::Root => root_action(op),
        ObjectId::Id(text) => text_action(kind, &op_id(text)?, op),
    };
    Ok(Operation { id, action, replaces })
}

fn root_action(op: &automerge::legacy::Op) -> Action {
    let Key::Map(key) = &op.key else {
        return Action::Unknown("a list position in the root");
    };
    match &op.action {
        OpType::Put(scalar) => match value(scalar) {
            Some(value) => Action::Put(key.clone(), value),
            None => Action::Unknown("a scalar that records do not have"),
        },
        OpType::Make(_) => Action::Unknown("a container outside the genesis change"),
        OpType::Delete => Action::Delete(key.clone()),
        _ => Action::Unknown("a counter or a mark"),
    }
}

fn text_action(kind: Kind, text: &OpId, op: &automerge::legacy::Op) -> Action {
    if text.actor != genesis::ACTOR {
        return Action::Unknown("a container outside the genesis change");
    }
    let Some(key) = genesis::text_of(kind, text.counter) else {
        return Action::Unknown("a container that the genesis change did not make");
    };
    match (&op.action, &op.key) {
        (OpType::Put(ScalarValue::Str(_)), Key::Seq(_)) if op.insert => Action::EditText(key),
        (OpType::Delete, Key::Seq(_)) => Action::EditText(key),
        _ => Action::Unknown("something other than characters in a text"),
    }
}

/// A scalar that records have.
pub(super) fn value(scalar: &ScalarValue) -> Option<Value> {
    match scalar {
        ScalarValue::Null => Some(Value::Null),
        ScalarValue::Boolean(yes) => Some(Value::Bool(*yes)),
        ScalarValue::Int(number) => Some(Value::Int(*number)),
        ScalarValue::Str(text) => Some(Value::Text(text.clone())),
        _ => None,
    }
}

fn op_id(id: &AutomergeOpId) -> Result<OpId, DecodeError> {
    Ok(OpId { counter: id.0, actor: actor_of(&id.1)? })
}

/// An actor that is ours.
pub(super) fn actor_of(actor: &automerge::ActorId) -> Result<Actor, DecodeError> {
    Actor::try_from(actor.to_bytes()).map_err(|_| DecodeError("an actor that is not 12 bytes long"))
}
