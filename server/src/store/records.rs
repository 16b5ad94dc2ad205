//! Table `records`: each record's registers as of its last change.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt};
use sync_protocol::document::Registers;
use sync_protocol::ids::{AreaId, RecordId};
use uuid::Uuid;

use super::record_keys::Owner;
use super::row_value::{RecordRow, Rows};
use super::rows::{area_key, record, record_key, seq, seq_key};
use super::statement::{bind, statement};
use super::{Db, Readable, StoreError};
use crate::auth::{AreaScope, PhoneScope};
use crate::schema::records;
use crate::vault::What;

/// A record's registers as of its last change.
#[derive(Debug, Clone)]
pub struct StoredRegisters {
    /// Its last change in the area's log.
    pub last_seq: u64,
    /// Its registers, with every change up to that one.
    pub registers: Registers,
}

/// A record's state after a push.
#[derive(Debug, Clone, Copy)]
pub struct NewState<'r> {
    /// The record.
    pub record: RecordId,
    /// Its last change in the area's log.
    pub last_seq: u64,
    /// Its registers.
    pub registers: &'r Registers,
}

/// The registers of these records; those that do not exist are missing from the answer.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn load(
    db: &mut Db,
    scope: &AreaScope,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, StoredRegisters>, StoreError> {
    let rows = rows(db, scope, ids)?;
    opened(db, scope, rows)
}

/// The registers of these records, as far as they can be read.
///
/// # Errors
/// Those of the database.
pub fn readable(
    db: &mut Db,
    scope: &AreaScope,
    ids: &[RecordId],
) -> Result<Readable<StoredRegisters>, StoreError> {
    let mut readable = Readable::default();
    let rows = rows(db, scope, ids)?;
    for (id, read) in read(db, scope, rows)? {
        readable.add((scope.area(), id), read)?;
    }
    Ok(readable)
}

fn rows(db: &mut Db, scope: &AreaScope, ids: &[RecordId]) -> Result<Vec<Row>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = records::table
        .filter(records::area_id.eq(area_key(scope.area())))
        .filter(records::record_id.eq_any(keys(ids)))
        .select((records::record_id, records::last_seq, records::registers));
    Ok(rows.load(db.sql())?)
}

type Row = (Uuid, i64, Vec<u8>);

fn opened<C: FromIterator<(RecordId, StoredRegisters)>>(
    db: &mut Db,
    scope: &AreaScope,
    rows: Vec<Row>,
) -> Result<C, StoreError> {
    read(db, scope, rows)?.into_iter().map(|(id, read)| Ok((id, read?))).collect()
}

/// What each row holds.
fn read(db: &mut Db, scope: &AreaScope, rows: Vec<Row>) -> Result<Vec<Read>, StoreError> {
    let area = area_key(scope.area());
    db.fetch_keys(rows.iter().map(|(id, ..)| (area, *id)))?;
    let stored = |(id, last, sealed): Row| (record(id), stored(db, (area, id), last, &sealed));
    Ok(rows.into_iter().map(stored).collect())
}

type Read = (RecordId, Result<StoredRegisters, StoreError>);

/// A row's registers. The record's key must have been read.
pub(super) fn stored(
    db: &Db,
    owner: Owner,
    last_seq: i64,
    sealed: &[u8],
) -> Result<StoredRegisters, StoreError> {
    let bytes = db.open(owner, What::Registers, sealed)?;
    let registers =
        Registers::from_bytes(&bytes).map_err(|_| StoreError::Corrupt("a record's registers"))?;
    Ok(StoredRegisters { last_seq: seq(last_seq), registers })
}

/// The last changes of these records.
///
/// # Errors
/// Those of the database.
pub fn last_seqs(
    db: &mut Db,
    scope: &AreaScope,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, u64>, StoreError> {
    let rows: Vec<(Uuid, i64)> = records::table
        .filter(records::area_id.eq(area_key(scope.area())))
        .filter(records::record_id.eq_any(keys(ids)))
        .select((records::record_id, records::last_seq))
        .load(db.sql())?;
    Ok(rows.into_iter().map(|(id, last)| (record(id), seq(last))).collect())
}

/// Whether an area has a record, as whoever has a phone may know of any: it reads nothing else there.
///
/// # Errors
/// Those of the database.
pub fn is_in(
    db: &mut Db,
    _by: &PhoneScope,
    there: AreaId,
    id: RecordId,
) -> Result<bool, StoreError> {
    let row = records::table.find((area_key(there), record_key(id)));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(db.sql())?)
}

/// Every record of the area with its registers, in order of id.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn all(db: &mut Db, scope: &AreaScope) -> Result<Vec<(RecordId, StoredRegisters)>, StoreError> {
    let rows: Vec<Row> = records::table
        .filter(records::area_id.eq(area_key(scope.area())))
        .order(records::record_id)
        .select((records::record_id, records::last_seq, records::registers))
        .load(db.sql())?;
    opened(db, scope, rows)
}

/// Every record of the area that can be read.
///
/// # Errors
/// Those of the database.
pub fn all_readable(
    db: &mut Db,
    scope: &AreaScope,
) -> Result<Readable<StoredRegisters>, StoreError> {
    let ids: Vec<Uuid> = records::table
        .filter(records::area_id.eq(area_key(scope.area())))
        .select(records::record_id)
        .load(db.sql())?;
    let ids: Vec<RecordId> = ids.into_iter().map(record).collect();
    readable(db, scope, &ids)
}

/// Writes the records' new state.
///
/// # Errors
/// Those of the database.
pub fn upsert(db: &mut Db, scope: &AreaScope, states: &[NewState<'_>]) -> Result<(), StoreError> {
    let area = area_key(scope.area());
    db.ensure_keys(area, states.iter().map(|state| record_key(state.record)))?;
    let mut rows = Rows::with_room(states.len() * ROOM);
    for state in states {
        add(&mut rows, db, area, state)?;
    }
    statement(
        "INSERT INTO records (area_id, record_id, kind, last_seq, registers)
         SELECT ?, * FROM unnest(?)
         ON CONFLICT (area_id, record_id)
         DO UPDATE SET last_seq = excluded.last_seq, registers = excluded.registers",
        (bind::<BigInt, _>(area), bind::<Array<RecordRow>, _>(rows)),
    )
    .execute(db.sql())?;
    Ok(())
}

/// Room for most rows.
const ROOM: usize = 1024;

fn add(
    rows: &mut Rows<RecordRow>,
    db: &Db,
    area: i64,
    state: &NewState<'_>,
) -> Result<(), StoreError> {
    let owner = (area, record_key(state.record));
    let registers = db.seal(owner, What::Registers, &state.registers.to_bytes())?;
    rows.add(|row| {
        row.uuid(record_key(state.record));
        row.smallint(state.registers.kind.number());
        row.bigint(seq_key(state.last_seq));
        row.bytes(&registers);
    });
    Ok(())
}

/// Takes every record of the area out, before they are written anew from the log.
///
/// # Errors
/// Those of the database.
pub fn clear(db: &mut Db, scope: &AreaScope) -> Result<(), StoreError> {
    let of_area = records::table.filter(records::area_id.eq(area_key(scope.area())));
    diesel::delete(of_area).execute(db.sql())?;
    Ok(())
}

/// Takes a record out: it has left the area.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &mut Db, scope: &AreaScope, id: RecordId) -> Result<(), StoreError> {
    diesel::delete(records::table.find((area_key(scope.area()), record_key(id))))
        .execute(db.sql())?;
    Ok(())
}

fn keys(ids: &[RecordId]) -> Vec<Uuid> {
    ids.iter().copied().map(record_key).collect()
}
