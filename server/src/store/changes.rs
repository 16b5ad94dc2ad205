//! Table `changes`: the log, the truth.

mod append;

pub use append::{NewEntry, append};

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, SmallInt, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PushId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::rows::{area_key, device, device_key, hash, kind, record, record_key, seq, seq_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::changes;
use crate::vault::What;

/// The device of entries that are no changes: those of moves.
const NOBODY: i64 = 0;

/// Who brought entries, when.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// The device.
    pub device: DeviceId,
    /// The push.
    pub push: PushId,
    /// When the server received it, in milliseconds since 1970 UTC.
    pub received_at: i64,
}

/// A change of the log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the area's log.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: Kind,
    /// Its name.
    pub hash: ChangeHash,
    /// Who pushed it.
    pub device: DeviceId,
    /// When, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// The chain value at its place.
    pub chain: ChangeHash,
    /// The change.
    pub bytes: Vec<u8>,
    /// Whether it could be opened: without it there are no bytes.
    pub opens: bool,
}

/// What is known of a change that is in the log.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its place.
    pub seq: u64,
    /// Its last operation.
    pub max_op: u64,
    /// Who pushed it.
    pub device: DeviceId,
    /// In which push.
    pub push: PushId,
}

#[derive(QueryableByName)]
struct KnownRow {
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = BigInt)]
    max_op: i64,
    #[diesel(sql_type = BigInt)]
    device_id: i64,
    #[diesel(sql_type = SqlUuid)]
    push_id: Uuid,
}

/// Which of these changes, each of its record, are in the log.
///
/// # Errors
/// Those of the database.
pub fn known(
    db: &mut Db,
    scope: &AreaScope,
    sought: &[(RecordId, ChangeHash)],
) -> Result<HashMap<(RecordId, ChangeHash), Known>, StoreError> {
    known_in(db, scope.area(), sought)
}

/// Which of these changes, each of its record, are in the log and came from this device. It takes a
/// bare area: whoever may not see it any more is still told what became of what they sent.
///
/// # Errors
/// Those of the database.
pub fn known_from(
    db: &mut Db,
    area: AreaId,
    from: DeviceId,
    sought: &[(RecordId, ChangeHash)],
) -> Result<HashMap<(RecordId, ChangeHash), Known>, StoreError> {
    let mut known = known_in(db, area, sought)?;
    known.retain(|_, known| known.device == from);
    Ok(known)
}

fn known_in(
    db: &mut Db,
    area: AreaId,
    sought: &[(RecordId, ChangeHash)],
) -> Result<HashMap<(RecordId, ChangeHash), Known>, StoreError> {
    if sought.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = sought.iter().map(|(id, _)| record_key(*id)).collect();
    let names: Vec<&[u8]> = sought.iter().map(|(_, hash)| hash.as_bytes()).collect();
    let rows: Vec<KnownRow> = statement(
        "SELECT c.record_id, c.hash, c.seq, c.max_op, c.device_id, c.push_id
         FROM unnest(?, ?) AS n (record_id, hash)
         JOIN changes c ON c.area_id = ? AND c.record_id = n.record_id AND c.hash = n.hash
         WHERE c.device_id <> ?",
        (
            bind::<Array<SqlUuid>, _>(ids),
            bind::<Array<Binary>, _>(names),
            bind::<BigInt, _>(area_key(area)),
            bind::<BigInt, _>(NOBODY),
        ),
    )
    .load(db.sql())?;
    rows.into_iter()
        .map(|row| {
            let known = Known {
                seq: seq(row.seq),
                max_op: seq(row.max_op),
                device: device(row.device_id),
                push: PushId(row.push_id.into_bytes()),
            };
            Ok(((record(row.record_id), hash(&row.hash)?), known))
        })
        .collect()
}

#[derive(QueryableByName)]
struct PageRow {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = SmallInt)]
    kind: i16,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    device_id: i64,
    #[diesel(sql_type = BigInt)]
    received_at: i64,
    #[diesel(sql_type = Binary)]
    chain: Vec<u8>,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
    #[diesel(sql_type = Nullable<Binary>)]
    wrapped: Option<Vec<u8>>,
}

/// The area's entries after a place, in order; those of moves are among them. Those of the device that
/// asks come without their bytes: it has them. One that does not open is among them, and says so.
///
/// # Errors
/// Those of the database.
pub fn after(
    db: &mut Db,
    scope: &AreaScope,
    place: u64,
    most: usize,
    asked_by: Option<DeviceId>,
) -> Result<Vec<Entry>, StoreError> {
    let area = area_key(scope.area());
    let own = asked_by.map(device_key);
    let rows: Vec<PageRow> = statement(
        "SELECT c.seq, c.record_id, c.kind, c.hash, c.device_id, c.received_at, c.chain,
                CASE WHEN c.device_id = ? THEN '' ELSE c.bytes END AS bytes,
                CASE WHEN c.device_id <> 0 AND c.device_id IS DISTINCT FROM ?
                     THEN (SELECT k.wrapped FROM record_keys k
                           WHERE k.area_id = c.area_id AND k.record_id = c.record_id)
                END AS wrapped
         FROM changes c WHERE c.area_id = ? AND c.seq > ? ORDER BY c.seq LIMIT ?",
        (
            bind::<Nullable<BigInt>, _>(own),
            bind::<Nullable<BigInt>, _>(own),
            bind::<BigInt, _>(area),
            bind::<BigInt, _>(seq_key(place)),
            bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX)),
        ),
    )
    .load(db.sql())?;
    for PageRow { record_id, wrapped, .. } in &rows {
        if let Some(wrapped) = wrapped {
            db.learn((area, *record_id), wrapped)?;
        }
    }
    let entry = |r: PageRow| {
        (r.seq, r.record_id, r.kind, r.hash, r.device_id, r.received_at, r.chain, r.bytes)
    };
    opened(db, scope, rows.into_iter().map(entry).collect())
}

/// Every change of these records, in order.
///
/// # Errors
/// Those of the database, or [`StoreError::Sealed`] if one does not open.
pub fn of_records(
    db: &mut Db,
    scope: &AreaScope,
    records: &[RecordId],
) -> Result<Vec<Entry>, StoreError> {
    let entries = tail(db, scope, records, 0)?;
    if entries.iter().any(|entry| !entry.opens) {
        return Err(StoreError::Sealed("a change of the log"));
    }
    Ok(entries)
}

/// The changes of these records after a place, in order. One that does not open is among them, and says
/// so.
///
/// # Errors
/// Those of the database.
pub fn tail(
    db: &mut Db,
    scope: &AreaScope,
    records: &[RecordId],
    place: u64,
) -> Result<Vec<Entry>, StoreError> {
    let ids: Vec<Uuid> = records.iter().copied().map(record_key).collect();
    let rows: Vec<Row> = changes::table
        .filter(changes::area_id.eq(area_key(scope.area())))
        .filter(changes::record_id.eq_any(ids))
        .filter(changes::seq.gt(seq_key(place)))
        .filter(changes::device_id.ne(NOBODY))
        // Of those that were erased the name alone is left.
        .filter(changes::bytes.ne(Vec::new()))
        .order(changes::seq)
        .select(ENTRY)
        .load(db.sql())?;
    opened(db, scope, rows)
}

/// The chain value at a place; nothing where the log has no such place.
///
/// # Errors
/// Those of the database.
pub fn chain_at(
    db: &mut Db,
    scope: &AreaScope,
    place: u64,
) -> Result<Option<ChangeHash>, StoreError> {
    let chain: Option<Vec<u8>> = changes::table
        .find((area_key(scope.area()), seq_key(place)))
        .select(changes::chain)
        .first(db.sql())
        .optional()?;
    chain.map(|bytes| hash(&bytes)).transpose()
}

type Row = (i64, Uuid, i16, Vec<u8>, i64, i64, Vec<u8>, Vec<u8>);

const ENTRY: (
    changes::seq,
    changes::record_id,
    changes::kind,
    changes::hash,
    changes::device_id,
    changes::received_at,
    changes::chain,
    changes::bytes,
) = (
    changes::seq,
    changes::record_id,
    changes::kind,
    changes::hash,
    changes::device_id,
    changes::received_at,
    changes::chain,
    changes::bytes,
);

/// The entries of rows, their changes opened. Moves are not sealed, and own changes come without bytes.
fn opened(db: &mut Db, scope: &AreaScope, rows: Vec<Row>) -> Result<Vec<Entry>, StoreError> {
    let area = area_key(scope.area());
    let is_sealed = |(_, _, _, _, whose, _, _, bytes): &Row| *whose != NOBODY && !bytes.is_empty();
    db.fetch_keys(rows.iter().filter(|row| is_sealed(row)).map(|row| (area, row.1)))?;
    let entry = |mut row: Row| {
        let change = match is_sealed(&row) {
            true => db.open((area, row.1), What::Change, &row.7).ok(),
            false => Some(std::mem::take(&mut row.7)),
        };
        from_row(row, change)
    };
    rows.into_iter().map(entry).collect()
}

fn from_row(
    (at, id, number, name, whose, received_at, chain, _): Row,
    change: Option<Vec<u8>>,
) -> Result<Entry, StoreError> {
    Ok(Entry {
        seq: seq(at),
        record: record(id),
        kind: kind(number)?,
        hash: hash(&name)?,
        device: device(whose),
        received_at,
        chain: hash(&chain)?,
        opens: change.is_some(),
        bytes: change.unwrap_or_default(),
    })
}
