//! Judging and merging an area's part of a push, before the area's lock is taken.

use std::collections::{HashMap, HashSet};

use sync_protocol::codes::{self, Code};
use sync_protocol::document::change::{Action, OpId};
use sync_protocol::document::{DecodedChange, Document, Registers};
use sync_protocol::ids::{ChangeHash, DeviceId, RecordId};
use sync_protocol::judge::{self, Author, Refusal, Standing};
use sync_protocol::records::{Kind, Value};
use sync_protocol::wire::{Outcome, RecordPush};

use super::facts::{Facts, Pushed, RecordPart, gather, take_apart};
use crate::auth::AreaScope;
use crate::store::quarantine::Refused;
use crate::store::{Db, StoreError};

/// What will become of a change.
pub(super) enum Planned {
    /// It gets the next place in the log.
    Accept,
    /// Its outcome is known.
    Settled(Outcome),
}

/// A change that will be logged.
pub(super) struct Accepted {
    pub(super) record: RecordId,
    pub(super) kind: Kind,
    pub(super) hash: ChangeHash,
    pub(super) max_op: u64,
    pub(super) bytes: Vec<u8>,
}

/// A record as it will be.
pub(super) struct Merged {
    pub(super) record: RecordId,
    /// Its last change when it was read; none if it is new.
    pub(super) based_on: Option<u64>,
    pub(super) registers: Registers,
}

/// An area's part of a push, ready to be committed.
pub(super) struct Prepared {
    pub(super) scope: AreaScope,
    /// Every change in the order of the push.
    pub(super) planned: Vec<(RecordId, ChangeHash, Planned)>,
    /// Those to be logged, in the same order.
    pub(super) accepted: Vec<Accepted>,
    /// The records they change.
    pub(super) merged: Vec<Merged>,
    /// Those to be kept in quarantine.
    pub(super) refused: Vec<Refused>,
}

impl Prepared {
    /// Whether there is nothing to commit: all were known already.
    pub(super) fn is_settled(&self) -> bool {
        self.accepted.is_empty() && self.refused.is_empty()
    }
}

/// Judges and merges.
pub(super) fn prepare(
    db: &mut Db,
    scope: AreaScope,
    device: DeviceId,
    pushes: &[&RecordPush],
) -> Result<Prepared, StoreError> {
    let parts = take_apart(pushes);
    let mut facts = gather(db, scope, &parts)?;
    let author = Author { device, roles: scope.roles() };
    let mut prepared = Prepared {
        scope,
        planned: Vec::new(),
        accepted: Vec::new(),
        merged: Vec::new(),
        refused: Vec::new(),
    };
    for part in &parts {
        let document = facts.documents.remove(&part.push.record);
        let bench = Bench::new(part, author, &facts, document);
        bench.judge_all(part, &facts, &mut prepared);
    }
    Ok(prepared)
}

/// One record on the bench: its state as the changes of the push are merged into it one by one.
struct Bench {
    author: Author,
    registers: Registers,
    known: HashMap<ChangeHash, u64>,
    past: HashSet<(String, OpId)>,
    document: Option<Document>,
    /// Accepted changes that the document does not have yet.
    unapplied: Vec<Vec<u8>>,
    touched: bool,
}

impl Bench {
    fn new(
        part: &RecordPart<'_>,
        author: Author,
        facts: &Facts,
        document: Option<Document>,
    ) -> Self {
        let record = part.push.record;
        let known = facts.known.iter().filter(|((id, _), _)| *id == record);
        Self {
            author,
            registers: facts.registers_of(part.push),
            known: known.map(|((_, hash), known)| (*hash, known.max_op)).collect(),
            past: facts.past.get(&record).cloned().unwrap_or_default(),
            document,
            unapplied: Vec::new(),
            touched: false,
        }
    }

    fn judge_all(mut self, part: &RecordPart<'_>, facts: &Facts, prepared: &mut Prepared) {
        let push = part.push;
        for change in &part.changes {
            let planned = match known_outcome(push, change, facts) {
                Some(outcome) => Planned::Settled(outcome),
                None => self.judge(push, change, prepared),
            };
            prepared.planned.push((push.record, change.hash, planned));
        }
        if self.touched {
            let based_on = facts.registers.get(&push.record).map(|stored| stored.last_seq);
            prepared.merged.push(Merged {
                record: push.record,
                based_on,
                registers: self.registers,
            });
        }
    }

    fn judge(
        &mut self,
        push: &RecordPush,
        pushed: &Pushed<'_>,
        prepared: &mut Prepared,
    ) -> Planned {
        match self.merge(push, pushed) {
            Ok(max_op) => {
                prepared.accepted.push(Accepted {
                    record: push.record,
                    kind: push.kind,
                    hash: pushed.hash,
                    max_op,
                    bytes: pushed.bytes.to_vec(),
                });
                Planned::Accept
            }
            Err(refusal) => {
                prepared.refused.push(Refused {
                    record: push.record,
                    kind: push.kind,
                    hash: pushed.hash,
                    code: refusal.code.code,
                    field: refusal.field.clone(),
                    bytes: pushed.bytes.to_vec(),
                });
                Planned::Settled(Outcome::rejected(refusal.code, refusal.field))
            }
        }
    }

    /// Judges one change and merges it; answers its last operation.
    fn merge(&mut self, push: &RecordPush, pushed: &Pushed<'_>) -> Result<u64, Refusal> {
        if self.registers.kind != push.kind {
            return Err(refusal(&codes::WRONG_KIND));
        }
        let change = pushed.read.as_ref().map_err(Clone::clone)?;
        let standing =
            Standing { registers: &self.registers, known: &self.known, past: &self.past };
        judge::admit(change, self.author, &standing)?;
        self.try_text(change, pushed.bytes)?;
        self.remember(change);
        self.registers.apply(change);
        if let Some(document) = self.document.as_ref().filter(|_| change.edits_text()) {
            document.fill_texts(&mut self.registers);
        }
        self.touched = true;
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
            Err(_) => Some(refusal(&codes::WRONG_PREDECESSOR)),
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
        // What a later change of this push may replace, live or not.
        self.past.extend(change.operations.iter().filter_map(
            |operation| match &operation.action {
                Action::Put(key, _) => Some((key.clone(), operation.id)),
                _ => None,
            },
        ));
    }
}

fn known_outcome(push: &RecordPush, change: &Pushed<'_>, facts: &Facts) -> Option<Outcome> {
    let key = (push.record, change.hash);
    if let Some(known) = facts.known.get(&key) {
        return Some(Outcome::Duplicate { seq: known.seq });
    }
    let (code, field) = facts.refused.get(&key)?;
    let code = codes::find(code).filter(|code| !code.retry)?;
    Some(Outcome::rejected(code, field.clone()))
}

/// A text that is too long now, or holds what no text may.
fn unfit_text(kind: Kind, document: &Document) -> Option<Refusal> {
    let unfit = |key: &&str| {
        let text = Value::Text(document.text(key).unwrap_or_default());
        kind.field(key).is_some_and(|(field, _)| field.check(&text).is_err())
    };
    let key = kind.text_keys().find(unfit)?;
    Some(Refusal { code: &codes::WRONG_VALUE, field: Some(key.to_owned()) })
}

fn refusal(code: &'static Code) -> Refusal {
    Refusal { code, field: None }
}
