//! The second step: the record arrives in the new area. It can be cut short anywhere and begun
//! again; the new area's log tells whether it was done.

use std::collections::HashMap;

use sync_protocol::chain::{self, Link};
use sync_protocol::entries::{self, ServerEntry};
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PushId};
use sync_protocol::wire::{Outcome, Verdict};

use super::carry;
use super::coming::{Coming, erasures_of};
use crate::auth::AreaScope;
use crate::store::area_log::Head;
use crate::store::changes::NewEntry;
use crate::store::moves::{Departure, Noted};
use crate::store::{
    Db, Store, StoreError, area_log, held, late_verdicts, move_entries, moves, quarantine, records,
};
use crate::sync::commit::write_records;
use crate::sync::prepare::Merged;

/// Brings a record that left an area into the one that it left for; nothing is done twice.
///
/// # Errors
/// Those of the database; what was done until then is not done again.
pub fn arrive(store: &Store, left: &Noted, now_ms: i64) -> Result<(), StoreError> {
    if left.arrived {
        return Ok(());
    }
    let ends = (AreaScope::left_by(left), AreaScope::left_for(left));
    let carried = carry::bring(store, left)?;
    // Whoever else writes the record meanwhile has committed: this comes to an end.
    while !store.transaction(|db| {
        let coming = Coming::join(db, ends, **left)?;
        commit(db, &coming, now_ms)
    })? {}
    carry::let_go(store, left, &carried)
}

fn has_arrived(
    db: &mut Db,
    to: &AreaScope,
    from: AreaId,
    left: &Departure,
) -> Result<bool, StoreError> {
    let moves = move_entries::of_record(db, to, left.record)?;
    Ok(moves.iter().any(|(entry, _)| match entry {
        ServerEntry::Arrived(entry) => (entry.from, entry.from_seq) == (from, left.seq),
        ServerEntry::Departed(_) | ServerEntry::Erased(_) => false,
    }))
}

/// Whether it is there now; not when somebody else was faster, or had it erased.
fn commit(db: &mut Db, coming: &Coming, now_ms: i64) -> Result<bool, StoreError> {
    let Coming { to, left, .. } = coming;
    let record = left.record;
    let head = area_log::lock(db, to)?;
    if has_arrived(db, to, coming.from.area(), left)? {
        return Ok(true);
    }
    let ends = (coming.from.area(), to.area());
    if records::last_seqs(db, to, &[record])?.remove(&record) != coming.based_on
        || erasures_of(db, ends, record)? != coming.erasures
    {
        return Ok(false);
    }
    moves::remove(db, to, record)?;
    let rows = number(head, coming, now_ms);
    move_entries::insert(db, to, &rows)?;
    let Some((last, _)) = rows.last() else { return Ok(true) };
    area_log::advance(db, to, last.seq, &last.chain)?;
    if !coming.refused.is_empty() {
        quarantine::insert(db, to.area(), now_ms, &coming.refused)?;
    }
    tell(db, coming, &rows, now_ms)?;
    let Some(registers) = &coming.registers else { return Ok(true) };
    let merged = Merged { record, registers: registers.clone(), contested: true, renamed: true };
    let last_seqs = HashMap::from([(record, last.seq)]);
    // When its last change came, not when it moved: a queue that is sorted by it stays as it is.
    let received_at = move_entries::last_received(db, to, record)?.unwrap_or(now_ms);
    write_records(db, to, &[merged], &last_seqs, received_at)?;
    Ok(true)
}

/// Who wrote an entry, as it stands in the log.
struct Line {
    hash: ChangeHash,
    max_op: u64,
    device: DeviceId,
    push: PushId,
    received_at: i64,
    bytes: Vec<u8>,
}

/// The arrival and what comes with it, each with its place and chain value. Copies keep their device,
/// push and time; what had waited was let in now.
fn number(head: Head, coming: &Coming, now_ms: i64) -> Vec<(NewEntry, i64)> {
    let arrival = coming.entry(head.seq + 1);
    let first = Line {
        hash: arrival.name(),
        max_op: 0,
        device: entries::DEVICE,
        push: entries::PUSH,
        received_at: now_ms,
        bytes: arrival.to_bytes(),
    };
    let copies = coming.copies.iter().map(|logged| Line {
        hash: logged.hash,
        max_op: logged.max_op,
        device: logged.device,
        push: logged.push,
        received_at: logged.received_at,
        bytes: logged.bytes.clone(),
    });
    let released = coming.released.iter().map(|(held, max_op)| Line {
        hash: held.change.hash,
        max_op: *max_op,
        device: held.device,
        push: held.push,
        received_at: now_ms,
        bytes: held.change.bytes.clone(),
    });
    let mut chain = head.chain;
    let record = coming.left.record;
    (head.seq + 1..)
        .zip(std::iter::once(first).chain(copies).chain(released))
        .map(|(seq, line)| {
            let Line { hash, max_op, device, push, received_at, bytes } = line;
            chain = chain::next(&chain, &Link { seq, record, change: hash, device, received_at });
            let kind = coming.kind;
            let entry = NewEntry { seq, record, kind, hash, max_op, device, push, chain, bytes };
            (entry, received_at)
        })
        .collect()
}

/// Tells the devices whose changes had waited: let in now, come with the record, or refused.
fn tell(
    db: &mut Db,
    coming: &Coming,
    rows: &[(NewEntry, i64)],
    now_ms: i64,
) -> Result<(), StoreError> {
    let (area, record) = (coming.to.area(), coming.left.record);
    let released = rows.iter().skip(1 + coming.copies.len()).map(|(entry, _)| {
        let outcome = Outcome::Accepted { seq: entry.seq };
        (entry.device, Verdict { record, hash: entry.hash, outcome })
    });
    let come = coming.come.iter().filter_map(|held| {
        let (entry, _) = rows.iter().find(|(entry, _)| entry.hash == held.change.hash)?;
        let outcome = Outcome::Accepted { seq: entry.seq };
        Some((held.device, Verdict { record, hash: entry.hash, outcome }))
    });
    for (device, verdict) in released.chain(come).chain(coming.given_up.iter().cloned()) {
        held::delete(db, area, record, verdict.hash)?;
        late_verdicts::insert(db, area, device, &verdict, now_ms)?;
    }
    Ok(())
}
