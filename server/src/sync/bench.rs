//! One record on the bench: its state as changes are judged and merged into it one by one.

use sync_protocol::codes;
use sync_protocol::document::change::Action;
use sync_protocol::document::{DecodedChange, Document, Registers};
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::judge::{self, Author, Known, Past, Refusal, Standing};
use sync_protocol::records::{Kind, Value};

use super::facts::Facts;
use crate::store::blind_index::is_found_by;

/// How a change comes to the bench.
#[derive(Clone, Copy)]
pub(super) enum Hearing {
    /// A device pushed it: all is judged.
    Pushed,
    /// Staff adopt it: its author's permission is not asked for any more.
    Adopted,
}

/// The record.
pub(super) struct Bench {
    pub(super) registers: Registers,
    /// Whether anything was merged into it.
    pub(super) touched: bool,
    /// Whether values stood beside each other in it before.
    pub(super) contested: bool,
    /// Whether a name or number by which it is found was written.
    pub(super) renamed: bool,
    known: Known,
    past: Past,
    pub(super) document: Option<Document>,
    /// Accepted changes that the document does not have yet.
    unapplied: Vec<Vec<u8>>,
}

impl Bench {
    /// A record as it stands.
    pub(super) fn new(
        facts: &Facts,
        record: RecordId,
        registers: Registers,
        document: Option<Document>,
    ) -> Self {
        // What went with an erasure is nothing to build upon.
        let is_there = |id: RecordId, hash: ChangeHash| id == record && !facts.erased.has(id, hash);
        let looked_up = facts.known.iter().filter(|((id, hash), _)| is_there(*id, *hash));
        let looked_up = looked_up.map(|((_, hash), known)| (*hash, known.max_op));
        let last = registers.actors.values().map(|state| (state.hash, state.max_op));
        Self {
            touched: false,
            contested: registers.is_contested(),
            renamed: false,
            known: looked_up.chain(last).collect(),
            registers,
            past: facts.past.get(&record).cloned().unwrap_or_default(),
            document,
            unapplied: Vec::new(),
        }
    }

    /// Judges a change and merges it; answers its last operation.
    pub(super) fn merge(
        &mut self,
        kind: Kind,
        author: Author,
        change: &DecodedChange,
        bytes: &[u8],
        hearing: Hearing,
    ) -> Result<u64, Refusal> {
        if self.registers.kind != kind {
            return Err(Refusal::of(&codes::WRONG_KIND));
        }
        let standing =
            Standing { registers: &self.registers, known: &self.known, past: &self.past };
        match hearing {
            Hearing::Pushed => judge::admit(change, author, &standing)?,
            Hearing::Adopted => judge::admit_adopted(change, author.device, &standing)?,
        }
        self.try_text(change, bytes)?;
        self.remember(change);
        self.registers.apply(change);
        if let Some(document) = self.document.as_ref().filter(|_| change.edits_text()) {
            document.fill_texts(&mut self.registers);
        }
        self.touched = true;
        self.renamed |= renames(kind, change);
        Ok(change.max_op)
    }

    /// Only a document can say whether a text's operations hold, and what comes of them: they are
    /// tried on a copy.
    fn try_text(&mut self, change: &DecodedChange, bytes: &[u8]) -> Result<(), Refusal> {
        let Some(document) = &self.document else { return Ok(()) };
        self.unapplied.push(bytes.to_vec());
        if !change.edits_text() {
            return Ok(());
        }
        let mut trial = document.clone();
        let applied = trial.apply(self.unapplied.iter().map(Vec::as_slice));
        let refused = match applied {
            Ok(()) => unfit_text(self.registers.kind, &trial),
            Err(_) => Some(Refusal::of(&codes::WRONG_PREDECESSOR)),
        };
        if let Some(refusal) = refused {
            self.unapplied.pop();
            return Err(refusal);
        }
        self.unapplied.clear();
        self.document = Some(trial);
        Ok(())
    }

    fn remember(&mut self, change: &DecodedChange) {
        self.known.insert(change.hash, change.max_op);
        // What a later change may replace, live or not.
        self.past.extend(change.written());
    }
}

/// Whether a change writes what its record is found by.
fn renames(kind: Kind, change: &DecodedChange) -> bool {
    change.operations.iter().any(|operation| match &operation.action {
        Action::Put(key, _) => is_found_by(kind, key),
        _ => false,
    })
}

/// A text that is too long now, or holds what no text may.
fn unfit_text(kind: Kind, document: &Document) -> Option<Refusal> {
    let unfit = |key: &&str| {
        let text = Value::from(document.text(key).unwrap_or_default());
        kind.field(key).is_some_and(|(field, _)| field.check(&text).is_err())
    };
    let key = kind.text_keys().find(unfit)?;
    Some(Refusal::on(&codes::WRONG_VALUE, key))
}
