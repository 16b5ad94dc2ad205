//! Committing an area's part of a push, inside the area's lock: re-check, number, insert. Log,
//! registers, clashes and projections in one transaction.

use std::collections::HashMap;

use sync_protocol::chain::{self, Link};
use sync_protocol::document::effective;
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PersonId, RecordId};
use sync_protocol::wire::{Outcome, Verdict};

use super::prepare::{Merged, Prepared};
use crate::auth::{AreaScope, PhoneScope};
use crate::store::area_log::Head;
use crate::store::changes::{NewEntry, Origin};
use crate::store::clashes::{ClashKey, Moment};
use crate::store::projections::Projected;
use crate::store::pushes::Signed;
use crate::store::records::NewState;
use crate::store::standing::Standing;
use crate::store::{
    Db, StoreError, area_log, blind_index, changes, clashes, erasures, held, late_verdicts, moves,
    people, projections, pushes, quarantine, records, standing,
};

/// How it went.
pub(super) enum Commit {
    /// It is in the log, at these places.
    Done { seqs: Vec<u64> },
    /// Somebody else was faster, or a role changed: nothing was written.
    Moved,
    /// A record has left the area, or its home has: nothing was written.
    Elsewhere,
    /// The push's name stands for another push already: nothing was written.
    NameTaken,
}

/// Commits what was prepared of a push, if what it was prepared upon still stands.
pub(super) fn commit(
    db: &mut Db,
    phone: &PhoneScope,
    prepared: &Prepared,
    origin: Origin,
    signed: Signed<'_>,
) -> Result<Commit, StoreError> {
    let area = prepared.scope.area();
    let head = area_log::lock(db, &prepared.scope)?;
    let held_in = prepared.scope.held_in();
    let standing = standing(db, prepared, Some(phone.person()))?;
    if !has_same_roles(db, phone, held_in, (&standing, origin.received_at))?
        || !is_unmoved(prepared, &standing)
    {
        return Ok(Commit::Moved);
    }
    if moves::any(db, &prepared.scope, &prepared.unknown)? {
        return Ok(Commit::Elsewhere);
    }
    if !pushes::insert(db, area, origin, signed)? {
        return Ok(Commit::NameTaken);
    }
    if !prepared.refused.is_empty() {
        quarantine::insert(db, area, origin.received_at, &prepared.refused)?;
    }
    if !prepared.erased.is_empty() {
        erasures::insert_changes(db, area, &prepared.erased)?;
    }
    if !prepared.held.is_empty() {
        held::insert(db, &prepared.scope, origin, &prepared.held)?;
    }
    Ok(Commit::Done { seqs: append(db, head, prepared, origin.received_at)? })
}

/// How what was read stands now. The lock must be held. Where nothing has moved, the keys that opened it
/// are still its own: only an erasure or a move destroys one, and either shows.
pub(super) fn standing(
    db: &mut Db,
    prepared: &Prepared,
    changed_by: Option<PersonId>,
) -> Result<Standing, StoreError> {
    let ids: Vec<RecordId> = prepared.read.iter().map(|(record, _)| *record).collect();
    standing::under_lock(db, &prepared.scope, &ids, changed_by)
}

/// Whether the person still is in the area what they were when the request came.
fn has_same_roles(
    db: &mut Db,
    phone: &PhoneScope,
    area: AreaId,
    (standing, now_ms): (&Standing, i64),
) -> Result<bool, StoreError> {
    if phone.term().holds(standing.changes, now_ms) {
        return Ok(true);
    }
    Ok(phone.still_holds(area, &people::areas_of(db, phone.person(), now_ms)?))
}

/// Whether the records are still as they were when they were read: those that change, those of which
/// a change is refused or held for what they are, and what waits in them.
pub(super) fn is_unmoved(prepared: &Prepared, standing: &Standing) -> bool {
    let now = &standing.last_seqs;
    let mut read = prepared.read.iter();
    read.all(|(record, last_seq)| now.get(record) == last_seq.as_ref())
        && (standing.waiting, standing.erased) == (prepared.waiting, prepared.erasures)
}

/// Appends the accepted changes to the log and brings everything else up to it; answers the places
/// of those that had not been waiting. The lock must be held.
pub(super) fn append(
    db: &mut Db,
    head: Head,
    prepared: &Prepared,
    received_at: i64,
) -> Result<Vec<u64>, StoreError> {
    let scope = &prepared.scope;
    let entries = number(head, prepared, received_at);
    tell_late(db, scope, prepared, &entries, received_at)?;
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    changes::append(db, scope, received_at, &entries)?;
    let last_seqs: HashMap<RecordId, u64> = entries.iter().map(|e| (e.record, e.seq)).collect();
    write_records(db, scope, &prepared.merged, &last_seqs, received_at)?;
    let of_push = entries.iter().zip(&prepared.accepted).filter(|(_, accepted)| !accepted.waited);
    Ok(of_push.map(|(entry, _)| entry.seq).collect())
}

/// Takes out what had been waiting and is settled now, and notes it for its devices.
fn tell_late(
    db: &mut Db,
    scope: &AreaScope,
    prepared: &Prepared,
    entries: &[NewEntry],
    at: i64,
) -> Result<(), StoreError> {
    let released = entries.iter().zip(&prepared.accepted).filter(|(_, change)| change.waited);
    let released = released.map(|(entry, change)| {
        let outcome = Outcome::Accepted { seq: entry.seq };
        (change.device, Verdict { record: entry.record, hash: entry.hash, outcome })
    });
    for (device, verdict) in released.chain(prepared.given_up.iter().cloned()) {
        held::delete(db, scope.area(), verdict.record, verdict.hash)?;
        late_verdicts::insert(db, scope.area(), device, &verdict, at)?;
    }
    Ok(())
}

/// Gives each accepted change its place and its chain value.
fn number(head: Head, prepared: &Prepared, received_at: i64) -> Vec<NewEntry> {
    let mut chain: ChangeHash = head.chain;
    (head.seq + 1..)
        .zip(&prepared.accepted)
        .map(|(seq, accepted)| {
            let link = Link {
                seq,
                record: accepted.record,
                change: accepted.hash,
                device: accepted.device,
                received_at,
            };
            chain = chain::next(&chain, &link);
            NewEntry {
                seq,
                record: accepted.record,
                kind: accepted.kind,
                hash: accepted.hash,
                max_op: accepted.max_op,
                device: accepted.device,
                push: accepted.push,
                chain,
                bytes: accepted.bytes.clone(),
            }
        })
        .collect()
}

/// Writes what the records say now, and lists their clashes. The lock must be held.
pub(super) fn write_records(
    db: &mut Db,
    scope: &AreaScope,
    merged: &[Merged],
    last_seqs: &HashMap<RecordId, u64>,
    received_at: i64,
) -> Result<(), StoreError> {
    let last = |record: &RecordId| last_seqs.get(record).copied().unwrap_or_default();
    let states: Vec<NewState<'_>> = merged
        .iter()
        .map(|merged| NewState {
            record: merged.record,
            last_seq: last(&merged.record),
            registers: &merged.registers,
        })
        .collect();
    records::upsert(db, scope, &states)?;
    let projected: Vec<Projected<'_>> = merged
        .iter()
        .map(|merged| Projected {
            record: merged.record,
            seq: last(&merged.record),
            author: effective::opened_by(&merged.registers)
                .map_or(DeviceId(0), |stamp| stamp.actor.device()),
            received_at,
            registers: &merged.registers,
        })
        .collect();
    projections::write(db, scope, &projected)?;
    let renamed = merged.iter().filter(|merged| merged.renamed);
    let renamed: Vec<_> = renamed.map(|merged| (merged.record, &merged.registers)).collect();
    blind_index::write(db, scope, &renamed)?;
    let seq = last_seqs.values().copied().max().unwrap_or_default();
    list_clashes(db, scope, Moment { seq, at: received_at }, merged)
}

fn list_clashes(
    db: &mut Db,
    scope: &AreaScope,
    moment: Moment,
    merged: &[Merged],
) -> Result<(), StoreError> {
    let of_record = |merged: &Merged| {
        let keys = effective::clashing(&merged.registers).into_iter();
        keys.map(|key| (merged.record, key)).collect::<Vec<ClashKey>>()
    };
    let now: Vec<ClashKey> = merged.iter().flat_map(of_record).collect();
    let contested = merged.iter().filter(|merged| merged.contested);
    let ids: Vec<RecordId> = contested.map(|merged| merged.record).collect();
    let open = clashes::open(db, scope, &ids)?;
    let new: Vec<ClashKey> = now.iter().filter(|key| !open.contains(*key)).cloned().collect();
    let gone: Vec<ClashKey> = open.into_iter().filter(|key| !now.contains(key)).collect();
    clashes::list(db, scope, moment, &new)?;
    clashes::settle(db, scope, moment, &gone)
}
