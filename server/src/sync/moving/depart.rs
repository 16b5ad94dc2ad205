//! The first step: a record leaves an area. All of it is one transaction under the area's lock.

use sync_protocol::chain::{self, Link};
use sync_protocol::entries::{self, Departed, ServerEntry};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;
use sync_protocol::wire::RecordPush;

use crate::auth::AreaScope;
use crate::store::changes::NewEntry;
use crate::store::moves::{Departure, Noted};
use crate::store::{
    Db, StoreError, area_log, blind_index, clashes, documents, move_entries, moves, projections,
    records,
};
use crate::sync::erased::ErasedRecords;

/// What became of a departure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departing {
    /// It has left, now or before.
    Left(Noted),
    /// The area does not have the record.
    NotHere,
}

/// Takes a record out of an area, for another. One that left before stays where it went.
///
/// # Errors
/// Those of the database.
pub fn depart(
    db: &mut Db,
    scope: &AreaScope,
    record: RecordId,
    to: AreaId,
    now_ms: i64,
) -> Result<Departing, StoreError> {
    let head = area_log::lock(db, scope)?;
    if let Some(left) = moves::find(db, scope, &[record])?.remove(&record) {
        return Ok(Departing::Left(left));
    }
    let Some(stored) = records::load(db, scope, &[record])?.remove(&record) else {
        return Ok(Departing::NotHere);
    };
    let kind = stored.registers.kind;
    records::remove(db, scope, record)?;
    documents::remove(db, scope, record)?;
    projections::remove(db, scope, kind, record)?;
    blind_index::remove(db, scope, &[record])?;
    clashes::remove(db, scope, record)?;
    Ok(Departing::Left(log(db, scope, head, (record, kind), to, now_ms)?))
}

/// Says of a record that the area never had that it is in another one, because its home is. Nothing
/// when the area has it after all, or what is pushed is of a record that was erased in it.
///
/// # Errors
/// Those of the database.
pub(super) fn send_on(
    db: &mut Db,
    scope: &AreaScope,
    push: &RecordPush,
    to: AreaId,
    now_ms: i64,
) -> Result<Option<Noted>, StoreError> {
    let RecordPush { record, kind, .. } = *push;
    let head = area_log::lock(db, scope)?;
    if let Some(left) = moves::find(db, scope, &[record])?.remove(&record) {
        return Ok(Some(left));
    }
    let erased = ErasedRecords::find(db, scope.area(), &[record])?;
    if !erased.sift(&[push]).is_empty() {
        return Ok(None);
    }
    if !records::last_seqs(db, scope, &[record])?.is_empty() {
        return Ok(None);
    }
    log(db, scope, head, (record, kind), to, now_ms).map(Some)
}

/// Logs and notes the departure. The lock must be held.
fn log(
    db: &mut Db,
    scope: &AreaScope,
    head: area_log::Head,
    (record, kind): (RecordId, Kind),
    to: AreaId,
    now_ms: i64,
) -> Result<Noted, StoreError> {
    let seq = head.seq + 1;
    let entry = ServerEntry::Departed(Departed { area: scope.area(), seq, record, to });
    let hash = entry.name();
    let link = Link { seq, record, change: hash, device: entries::DEVICE, received_at: now_ms };
    let chain = chain::next(&head.chain, &link);
    let row = NewEntry {
        seq,
        record,
        kind,
        hash,
        max_op: 0,
        device: entries::DEVICE,
        push: entries::PUSH,
        chain,
        bytes: entry.to_bytes(),
    };
    move_entries::insert(db, scope, &[(row, now_ms)])?;
    area_log::advance(db, scope, seq, &chain)?;
    let left = Departure { record, seq, to, at: now_ms, arrived: false };
    moves::insert(db, scope, &left)
}
