//! Staff look at refused changes: one is adopted and enters the log as its author's, or dismissed
//! with a reason. Either way its phone is told. The quarantine itself is never changed.

use std::collections::BTreeSet;

use sync_protocol::codes::{self, Code};
use sync_protocol::document::DecodedChange;
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::judge::{self, Author};
use sync_protocol::records::Roles;
use sync_protocol::wire::{Bytes, Outcome, RecordPush, Verdict};

use super::bench::{Bench, Hearing};
use super::commit::{append, is_unmoved, standing};
use super::erased::{Earlier, code_of};
use super::facts::{gather, take_apart};
use super::prepare::{Accepted, Merged, Prepared};
use super::{Engine, SyncError};
use crate::auth::actions::SettleRefused;
use crate::auth::{AreaScope, StaffMay};
use crate::store::quarantine::{Decision, Kept};
use crate::store::{Db, StoreError, area_log, late_verdicts, moves, quarantine};
use crate::trail::{Act, Actor, Entry, Origin, note};

/// How often an adoption is tried again when somebody else was faster.
const ATTEMPTS: u32 = 8;

/// Longest reason, in characters.
const REASON_LENGTH: usize = 500;

/// Which refused change.
#[derive(Debug, Clone, Copy)]
pub struct Which {
    /// Its area.
    pub scope: AreaScope,
    /// The record that the phone named.
    pub record: RecordId,
    /// The change.
    pub change: ChangeHash,
}

/// Why, from where and when somebody decides.
#[derive(Debug, Clone)]
pub struct Settling {
    /// Why, in their words.
    pub reason: String,
    /// Where the request came from.
    pub origin: Origin,
    /// When, in milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// Adopts a refused change: it must fit the record, but nobody asks any more whether its author was
/// allowed to write it.
///
/// # Errors
/// [`SyncError::Refused`]: [`codes::NOT_FOUND`], [`codes::WRONG_INPUT`], or why it does not fit;
/// [`SyncError::Unreadable`] when its record cannot be read.
pub fn adopt(
    engine: &Engine,
    staff: &StaffMay<SettleRefused>,
    which: Which,
    settling: &Settling,
) -> Result<(), SyncError> {
    let decision = decision(staff, true, settling)?;
    let noted = noted(which, &decision, settling);
    let kept = find(engine, which)?;
    if !kept.opens {
        return Err(SyncError::Unreadable(BTreeSet::from([which.record])));
    }
    // What was refused goes along with a record that moves; this came when it had gone.
    if engine.store.read(|db| moves::any(db, &which.scope, &[which.record]))? {
        return Err(SyncError::Refused(&codes::NOT_FOUND));
    }
    for _ in 0..ATTEMPTS {
        let prepared = engine.store.read(|db| Ok(prepare(db, which.scope, &kept)))??;
        if engine.store.transaction(|db| commit(db, &prepared, &kept, (&decision, &noted)))? {
            engine.keeper.refresh(which.scope);
            engine.wake.up();
            return Ok(());
        }
    }
    Err(SyncError::Refused(&codes::BUSY))
}

/// Dismisses a refused change.
///
/// # Errors
/// [`SyncError::Refused`]: [`codes::NOT_FOUND`] or [`codes::WRONG_INPUT`].
pub fn dismiss(
    engine: &Engine,
    staff: &StaffMay<SettleRefused>,
    which: Which,
    settling: &Settling,
) -> Result<(), SyncError> {
    let decision = decision(staff, false, settling)?;
    let noted = noted(which, &decision, settling);
    let kept = find(engine, which)?;
    engine.store.transaction(|db| {
        area_log::lock(db, &which.scope)?;
        if !quarantine::decide(db, &kept, &decision)? {
            return Ok(());
        }
        let outcome = Outcome::Dismissed { reason: decision.reason.clone() };
        tell(db, &kept, outcome, settling.now_ms)?;
        note(db, &noted).map(|_| ())
    })?;
    Ok(())
}

fn decision(
    staff: &StaffMay<SettleRefused>,
    adopted: bool,
    settling: &Settling,
) -> Result<Decision, SyncError> {
    let refused = |code: &'static Code| Err(SyncError::Refused(code));
    let reason = settling.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_LENGTH {
        return refused(&codes::WRONG_INPUT);
    }
    let at = settling.now_ms;
    Ok(Decision { person: staff.person(), at, adopted, reason: reason.to_owned() })
}

/// What the audit trail says of a decision.
fn noted(which: Which, decision: &Decision, settling: &Settling) -> Entry {
    let act = if decision.adopted { Act::QuarantineAdopted } else { Act::QuarantineDismissed };
    Entry::new(act, Actor::Staff(decision.person), decision.at)
        .area(which.scope.area())
        .record(which.record)
        .detail(which.change.to_string())
        .reason(&decision.reason)
        .from(settling.origin)
}

fn find(engine: &Engine, which: Which) -> Result<Kept, SyncError> {
    let Which { scope, record, change } = which;
    let kept = engine.store.read(|db| quarantine::find(db, &scope, record, change))?;
    kept.ok_or(SyncError::Refused(&codes::NOT_FOUND))
}

fn prepare(db: &mut Db, scope: AreaScope, kept: &Kept) -> Result<Prepared, SyncError> {
    let push = RecordPush {
        area: kept.area,
        record: kept.record,
        kind: kept.kind,
        changes: vec![Bytes::from(kept.bytes.clone())],
    };
    let parts = take_apart(&[&push]);
    let mut facts = gather(db, scope, &parts)?;
    let mut prepared = Prepared::new(scope);
    if facts.known.contains_key(&(kept.record, kept.hash)) {
        return Ok(prepared);
    }
    (prepared.waiting, prepared.erasures) = (facts.waiting, facts.erasures);
    let change: DecodedChange =
        judge::read(&kept.bytes, kept.kind).map_err(|refusal| SyncError::Refused(refusal.code))?;
    if let Some(erasure) = facts.erased.takes(kept.record, &change, &mut Earlier::default()) {
        return Err(SyncError::Refused(code_of(erasure)));
    }
    let document = facts.documents.remove(&kept.record);
    let registers = facts.take_registers(kept.record, kept.kind);
    let mut bench = Bench::new(&facts, kept.record, registers, document);
    let author = Author { device: kept.device, roles: Roles::default() };
    let max_op = bench
        .merge(kept.kind, author, &change, &kept.bytes, Hearing::Adopted)
        .map_err(|refusal| SyncError::Refused(refusal.code))?;
    prepared.accepted.push(Accepted {
        record: kept.record,
        kind: kept.kind,
        hash: kept.hash,
        max_op,
        bytes: kept.bytes.clone(),
        device: kept.device,
        push: kept.push,
        waited: false,
    });
    let based_on = facts.registers.get(&kept.record).map(|stored| stored.last_seq);
    prepared.read.push((kept.record, based_on));
    let Bench { registers, contested, renamed, .. } = bench;
    prepared.merged.push(Merged { record: kept.record, registers, contested, renamed });
    Ok(prepared)
}

/// Whether it was committed; not when somebody else was faster.
fn commit(
    db: &mut Db,
    prepared: &Prepared,
    kept: &Kept,
    (decision, noted): (&Decision, &Entry),
) -> Result<bool, StoreError> {
    let head = area_log::lock(db, &prepared.scope)?;
    let standing = standing(db, prepared, None)?;
    if !is_unmoved(prepared, &standing) || moves::any(db, &prepared.scope, &[kept.record])? {
        return Ok(false);
    }
    if !quarantine::decide(db, kept, decision)? {
        return Ok(true);
    }
    if let Some(seq) = append(db, head, prepared, decision.at)?.first() {
        tell(db, kept, Outcome::Accepted { seq: *seq }, decision.at)?;
    }
    note(db, noted)?;
    Ok(true)
}

fn tell(db: &mut Db, kept: &Kept, outcome: Outcome, at: i64) -> Result<(), StoreError> {
    let verdict = Verdict { record: kept.record, hash: kept.hash, outcome };
    late_verdicts::insert(db, kept.area, kept.device, &verdict, at)
}
