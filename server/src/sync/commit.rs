//! Committing an area's part of a push, inside the area's lock: re-check, number, insert. Log,
//! registers, clashes and projections in one transaction.

use std::collections::HashMap;

use sync_protocol::chain::{self, Link};
use sync_protocol::document::Effective;
use sync_protocol::ids::{ChangeHash, RecordId};

use super::prepare::{Merged, Prepared};
use crate::auth::{AreaScope, PhoneScope};
use crate::store::area_log::Head;
use crate::store::changes::{NewEntry, Origin};
use crate::store::clashes::{ClashKey, Moment};
use crate::store::projections::Projected;
use crate::store::pushes::Signed;
use crate::store::records::NewState;
use crate::store::{
    Db, StoreError, area_log, changes, clashes, people, projections, pushes, quarantine, records,
};

/// How it went.
pub(super) enum Commit {
    /// It is in the log, at these places.
    Done { seqs: Vec<u64> },
    /// Somebody else was faster, or a role changed: nothing was written.
    Moved,
}

/// Commits what was prepared, if what it was prepared upon still stands.
pub(super) fn commit(
    db: &mut Db,
    phone: &PhoneScope,
    prepared: &Prepared,
    origin: Origin,
    signed: Signed<'_>,
) -> Result<Commit, StoreError> {
    let scope = &prepared.scope;
    let head = area_log::lock(db, scope)?;
    if !still_stands(db, phone, prepared)? {
        return Ok(Commit::Moved);
    }
    if !prepared.refused.is_empty() {
        quarantine::insert(db, scope.area(), origin, &prepared.refused)?;
    }
    let entries = number(head, prepared, origin);
    let Some(last) = entries.last() else {
        return Ok(Commit::Done { seqs: Vec::new() });
    };
    changes::insert(db, scope, origin, &entries)?;
    pushes::insert(db, scope, origin, signed)?;
    area_log::advance(db, scope, last.seq, &last.chain)?;
    let last_seqs: HashMap<RecordId, u64> = entries.iter().map(|e| (e.record, e.seq)).collect();
    write_records(db, scope, &prepared.merged, &last_seqs, origin)?;
    Ok(Commit::Done { seqs: entries.iter().map(|entry| entry.seq).collect() })
}

fn still_stands(db: &mut Db, phone: &PhoneScope, prepared: &Prepared) -> Result<bool, StoreError> {
    let scope = &prepared.scope;
    let ids: Vec<RecordId> = prepared.merged.iter().map(|merged| merged.record).collect();
    let now = records::last_seqs(db, scope, &ids)?;
    let unmoved = |merged: &Merged| now.get(&merged.record).copied() == merged.based_on;
    if !prepared.merged.iter().all(unmoved) {
        return Ok(false);
    }
    Ok(phone.still_holds(scope.area(), &people::areas_of(db, phone.person())?))
}

/// Gives each accepted change its place and its chain value.
fn number(head: Head, prepared: &Prepared, origin: Origin) -> Vec<NewEntry> {
    let mut chain: ChangeHash = head.chain;
    (head.seq + 1..)
        .zip(&prepared.accepted)
        .map(|(seq, accepted)| {
            let link = Link {
                seq,
                record: accepted.record,
                change: accepted.hash,
                device: origin.device,
                received_at: origin.received_at,
            };
            chain = chain::next(&chain, &link);
            NewEntry {
                seq,
                record: accepted.record,
                kind: accepted.kind,
                hash: accepted.hash,
                max_op: accepted.max_op,
                chain,
                bytes: accepted.bytes.clone(),
            }
        })
        .collect()
}

fn write_records(
    db: &mut Db,
    scope: &AreaScope,
    merged: &[Merged],
    last_seqs: &HashMap<RecordId, u64>,
    origin: Origin,
) -> Result<(), StoreError> {
    let last = |record: &RecordId| last_seqs.get(record).copied().unwrap_or_default();
    let states: Vec<NewState> = merged
        .iter()
        .map(|merged| NewState {
            record: merged.record,
            last_seq: last(&merged.record),
            registers: merged.registers.clone(),
        })
        .collect();
    records::upsert(db, scope, &states)?;
    let effective: Vec<Effective> = merged.iter().map(|m| Effective::of(&m.registers)).collect();
    let projected: Vec<Projected<'_>> = merged
        .iter()
        .zip(&effective)
        .map(|(merged, effective)| Projected {
            record: merged.record,
            kind: merged.registers.kind,
            seq: last(&merged.record),
            author: effective
                .opened_by(merged.registers.kind)
                .map_or(origin.device, |stamp| stamp.actor.device()),
            received_at: origin.received_at,
            effective,
        })
        .collect();
    projections::write(db, scope, &projected)?;
    let seq = last_seqs.values().copied().max().unwrap_or_default();
    list_clashes(db, scope, Moment { seq, at: origin.received_at }, merged, &effective)
}

fn list_clashes(
    db: &mut Db,
    scope: &AreaScope,
    moment: Moment,
    merged: &[Merged],
    effective: &[Effective],
) -> Result<(), StoreError> {
    let now: Vec<ClashKey> = merged
        .iter()
        .zip(effective)
        .flat_map(|(m, e)| e.clashes.iter().map(|clash| (m.record, clash.key.clone())))
        .collect();
    let ids: Vec<RecordId> = merged.iter().map(|merged| merged.record).collect();
    let open = clashes::open(db, scope, &ids)?;
    let new: Vec<ClashKey> = now.iter().filter(|key| !open.contains(*key)).cloned().collect();
    let gone: Vec<ClashKey> = open.into_iter().filter(|key| !now.contains(key)).collect();
    clashes::list(db, scope, moment, &new)?;
    clashes::settle(db, scope, moment, &gone)
}
