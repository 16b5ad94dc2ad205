//! Judging and merging an area's part of a push, before the area's lock is taken; and, once a record
//! has got something new, the changes that had been waiting for it.

use std::collections::HashSet;

use sync_protocol::codes::{self, Code};
use sync_protocol::document::{DecodedChange, Registers};
use sync_protocol::entries::Cause;
use sync_protocol::ids::{ChangeHash, DeviceId, PushId, RecordId};
use sync_protocol::judge::{self, Author, Refusal};
use sync_protocol::records::Kind;
use sync_protocol::wire::{Outcome, RecordPush, Verdict};

use super::SyncError;
use super::bench::{Bench, Hearing};
use super::erased::{Earlier, code_of};
use super::facts::{Facts, Pushed, RecordPart, gather, take_apart, unknown};
use crate::auth::AreaScope;
use crate::store::Db;
use crate::store::changes::{Known, Origin};
use crate::store::erasures::Erasure;
use crate::store::held::{Held, NewHeld};
use crate::store::quarantine::Refused;

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
    pub(super) device: DeviceId,
    pub(super) push: PushId,
    /// Whether it had been waiting, and its device is to be told.
    pub(super) waited: bool,
}

/// A record as it will be.
pub(super) struct Merged {
    pub(super) record: RecordId,
    pub(super) registers: Registers,
    /// Whether values stood beside each other in it before.
    pub(super) contested: bool,
    /// Whether a name or number by which it is found was written.
    pub(super) renamed: bool,
}

/// An area's part of a push, ready to be committed.
pub(super) struct Prepared {
    pub(super) scope: AreaScope,
    /// Every change in the order of the push.
    pub(super) planned: Vec<((RecordId, Kind, ChangeHash), Planned)>,
    /// Those to be logged: the push's in its order, each record's followed by what waited for them.
    pub(super) accepted: Vec<Accepted>,
    /// The records that were read, each with its last change then; none if it was not there. What was
    /// refused or held was so upon that.
    pub(super) read: Vec<(RecordId, Option<u64>)>,
    /// The records they change.
    pub(super) merged: Vec<Merged>,
    /// How many changes waited in the records of the push.
    pub(super) waiting: usize,
    /// How many erasures of them there were.
    pub(super) erasures: usize,
    /// Those to be kept in quarantine.
    pub(super) refused: Vec<Refused>,
    /// Those to be kept until what they build upon arrives.
    pub(super) held: Vec<NewHeld>,
    /// Those of erased records: their names alone are kept.
    pub(super) erased: Vec<(RecordId, ChangeHash)>,
    /// Those that had been waiting and are refused after all.
    pub(super) given_up: Vec<(DeviceId, Verdict)>,
    /// Records that the area does not have, and the homes that they name: it may be because these
    /// have left.
    pub(super) unknown: Vec<RecordId>,
}

impl Prepared {
    /// Nothing yet.
    pub(super) fn new(scope: AreaScope) -> Self {
        Self {
            scope,
            planned: Vec::new(),
            accepted: Vec::new(),
            read: Vec::new(),
            merged: Vec::new(),
            waiting: 0,
            erasures: 0,
            refused: Vec::new(),
            held: Vec::new(),
            erased: Vec::new(),
            given_up: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// The kind of a record that it changes.
    fn kind_of(&self, record: RecordId) -> Option<Kind> {
        let merged = self.merged.iter().find(|merged| merged.record == record)?;
        Some(merged.registers.kind)
    }

    /// Whether there is nothing to commit: all were known already.
    pub(super) fn is_settled(&self) -> bool {
        self.accepted.is_empty()
            && self.refused.is_empty()
            && self.held.is_empty()
            && self.erased.is_empty()
    }
}

/// Judges and merges.
///
/// # Errors
/// As [`gather`].
pub(super) fn prepare(
    db: &mut Db,
    scope: AreaScope,
    origin: Origin,
    pushes: &[&RecordPush],
) -> Result<Prepared, SyncError> {
    let parts = take_apart(pushes);
    let mut facts = gather(db, scope, &parts)?;
    let mut prepared = Prepared::new(scope);
    (prepared.waiting, prepared.erasures) = (facts.waiting, facts.erasures);
    let mut earlier = Earlier::default();
    for part in &parts {
        let document = facts.documents.remove(&part.push.record);
        let registers = match prepared.kind_of(part.push.record) {
            // The push has it under another kind already: of this one nothing fits.
            Some(kind) => Registers::genesis(kind),
            None => facts.take_registers(part.push.record, part.push.kind),
        };
        let bench = Bench::new(&facts, part.push.record, registers, document);
        let earlier = &mut earlier;
        let sitting = Sitting { bench, facts: &facts, origin, prepared: &mut prepared, earlier };
        if let Some(untouched) = sitting.hear(part) {
            facts.put_back(part.push.record, untouched);
        }
    }
    prepared.unknown = unknown(&facts, &parts, &prepared.erased);
    Ok(prepared)
}

/// The outcome of a change that is in the log: the same push gets the same answer.
pub(super) fn of_known(known: Known, origin: Origin) -> Outcome {
    let seq = known.seq;
    let same = (known.device, known.push) == (origin.device, origin.push);
    if same { Outcome::Accepted { seq } } else { Outcome::Duplicate { seq } }
}

/// One record's part of the push, being judged.
struct Sitting<'s> {
    bench: Bench,
    facts: &'s Facts,
    origin: Origin,
    prepared: &'s mut Prepared,
    earlier: &'s mut Earlier,
}

impl Sitting<'_> {
    /// Judges the part's changes; gives the bench back if nothing of the record was changed.
    fn hear(mut self, part: &RecordPart<'_>) -> Option<Bench> {
        let push = part.push;
        for change in &part.changes {
            let planned = match self.known_outcome(push.record, change) {
                Some(outcome) => Planned::Settled(outcome),
                None => self.judge(push, change),
            };
            self.prepared.planned.push(((push.record, push.kind, change.hash), planned));
        }
        let based_on = self.facts.registers.get(&push.record).map(|stored| stored.last_seq);
        self.prepared.read.push((push.record, based_on));
        if !self.bench.touched {
            return Some(self.bench);
        }
        self.release(push.record);
        let Bench { registers, contested, renamed, .. } = self.bench;
        let merged = Merged { record: push.record, registers, contested, renamed };
        self.prepared.merged.push(merged);
        None
    }

    /// What was answered to the same change before. The same push gets the same answer.
    fn known_outcome(&self, record: RecordId, change: &Pushed<'_>) -> Option<Outcome> {
        let key = (record, change.hash);
        if let Some(known) = self.facts.known.get(&key) {
            return Some(of_known(*known, self.origin));
        }
        let (code, field) = self.facts.refused.get(&key)?;
        let code = codes::find(code).filter(|code| !code.retry)?;
        Some(Outcome::rejected(code, field.clone()))
    }

    fn judge(&mut self, push: &RecordPush, pushed: &Pushed<'_>) -> Planned {
        if let Ok(change) = &pushed.read
            && let Some(erasure) = self.erasure_of(push.record, change)
        {
            let code = self.note_erased((push.record, pushed.hash), erasure);
            return match erasure.cause {
                Cause::Request => Planned::Settled(Outcome::rejected(code, None)),
                Cause::Retention => self.refuse(push, pushed, Refusal::of(code)),
            };
        }
        let roles = self.prepared.scope.roles();
        let author = Author { device: self.origin.device, roles };
        let merged = pushed.read.as_ref().map_err(Clone::clone).and_then(|change| {
            self.bench.merge(push.kind, author, change, pushed.bytes, Hearing::Pushed)
        });
        match merged {
            Ok(max_op) => {
                self.prepared.accepted.push(Accepted {
                    record: push.record,
                    kind: push.kind,
                    hash: pushed.hash,
                    max_op,
                    bytes: pushed.bytes.to_vec(),
                    device: self.origin.device,
                    push: self.origin.push,
                    waited: false,
                });
                Planned::Accept
            }
            Err(refusal) if self.may_wait(push.record, &refusal) => {
                self.hold(push, pushed, refusal)
            }
            Err(refusal) => self.refuse(push, pushed, refusal),
        }
    }

    fn erasure_of(&mut self, record: RecordId, change: &DecodedChange) -> Option<Erasure> {
        self.facts.erased.takes(record, change, self.earlier)
    }

    /// Of a record that was erased nothing of before is taken: nor is it kept anywhere, if somebody asked
    /// for the erasure; if the record was only kept long enough, it is kept as what is refused is. Notes
    /// the name; answers the code.
    fn note_erased(&mut self, name: (RecordId, ChangeHash), erasure: Erasure) -> &'static Code {
        if !self.facts.erased.has(name.0, name.1) {
            self.prepared.erased.push(name);
        }
        code_of(erasure)
    }

    /// What builds upon a refused change is refused with it: waiting would be in vain.
    fn may_wait(&self, record: RecordId, refusal: &Refusal) -> bool {
        let refused_now = |hash: &ChangeHash| {
            self.prepared.refused.iter().any(|r| r.record == record && r.hash == *hash)
        };
        let refused = |hash| self.facts.refused.contains_key(&(record, hash)) || refused_now(&hash);
        !refusal.missing.is_empty() && !refusal.missing.iter().copied().any(refused)
    }

    fn hold(&mut self, push: &RecordPush, pushed: &Pushed<'_>, refusal: Refusal) -> Planned {
        self.prepared.held.push(NewHeld {
            record: push.record,
            kind: push.kind,
            hash: pushed.hash,
            missing: refusal.missing.clone(),
            bytes: pushed.bytes.to_vec(),
        });
        Planned::Settled(Outcome::Held { missing: refusal.missing })
    }

    fn refuse(&mut self, push: &RecordPush, pushed: &Pushed<'_>, refusal: Refusal) -> Planned {
        self.prepared.refused.push(Refused {
            record: push.record,
            kind: push.kind,
            hash: pushed.hash,
            code: refusal.code.code,
            field: refusal.field.clone(),
            bytes: pushed.bytes.to_vec(),
            device: self.origin.device,
            push: self.origin.push,
        });
        Planned::Settled(Outcome::rejected(refusal.code, refusal.field))
    }

    /// Hears what waited in the record, again and again as long as one lets the next one in.
    fn release(&mut self, record: RecordId) {
        let mut waiting: Vec<&Held> =
            self.facts.held.iter().filter(|held| held.change.record == record).collect();
        let mut done = HashSet::new();
        loop {
            let before = done.len();
            for held in &waiting {
                if self.hear_held(held) {
                    done.insert(held.change.hash);
                }
            }
            if done.len() == before {
                return;
            }
            waiting.retain(|held| !done.contains(&held.change.hash));
        }
    }

    /// Whether a change that waited is settled now.
    fn hear_held(&mut self, held: &Held) -> bool {
        let change = &held.change;
        let whose = (held.device, change.record);
        let roles = self.facts.held_roles.get(&whose).copied().unwrap_or_default();
        let author = Author { device: held.device, roles };
        let merged = judge::read(&change.bytes, change.kind).and_then(|decoded| {
            if let Some(erasure) = self.erasure_of(change.record, &decoded) {
                return Err(Refusal::of(self.note_erased((change.record, change.hash), erasure)));
            }
            self.bench.merge(change.kind, author, &decoded, &change.bytes, Hearing::Pushed)
        });
        match merged {
            Ok(max_op) => self.prepared.accepted.push(Accepted {
                record: change.record,
                kind: change.kind,
                hash: change.hash,
                max_op,
                bytes: change.bytes.clone(),
                device: held.device,
                push: held.push,
                waited: true,
            }),
            Err(refusal) if !refusal.missing.is_empty() => return false,
            Err(refusal) => {
                let outcome = Outcome::rejected(refusal.code, refusal.field.clone());
                let verdict = Verdict { record: change.record, hash: change.hash, outcome };
                self.prepared.given_up.push((held.device, verdict));
                if refusal.code.code == codes::RECORD_ERASED.code {
                    return true;
                }
                self.prepared.refused.push(Refused {
                    record: change.record,
                    kind: change.kind,
                    hash: change.hash,
                    code: refusal.code.code,
                    field: refusal.field,
                    bytes: change.bytes.clone(),
                    device: held.device,
                    push: held.push,
                });
            }
        }
        true
    }
}
