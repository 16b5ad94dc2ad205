//! Appending to the log.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary};
use sync_protocol::ids::{ChangeHash, DeviceId, PushId, RecordId};
use sync_protocol::records::Kind;

use crate::auth::AreaScope;
use crate::store::row_value::{ChangeRow, Rows};
use crate::store::rows::{area_key, device_key, push_key, record_key, seq_key};
use crate::store::statement::{bind, statement};
use crate::store::{Db, StoreError};
use crate::vault::What;

/// An accepted change, to be logged.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Its place in the area's log.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: Kind,
    /// Its name.
    pub hash: ChangeHash,
    /// Its last operation.
    pub max_op: u64,
    /// Who pushed it.
    pub device: DeviceId,
    /// In which push.
    pub push: PushId,
    /// The chain value at its place.
    pub chain: ChangeHash,
    /// The change.
    pub bytes: Vec<u8>,
}

/// Logs entries, received at a moment in milliseconds since 1970 UTC, and moves the area's head on to
/// the last of them. The lock must be held.
///
/// # Errors
/// Those of the database.
pub fn append(
    db: &mut Db,
    scope: &AreaScope,
    received_at: i64,
    entries: &[NewEntry],
) -> Result<(), StoreError> {
    let Some(last) = entries.last() else { return Ok(()) };
    let area = area_key(scope.area());
    db.ensure_keys(area, entries.iter().map(|entry| record_key(entry.record)))?;
    let bytes: usize = entries.iter().map(|entry| entry.bytes.len()).sum();
    let mut rows = Rows::with_room(bytes + entries.len() * BESIDE);
    for entry in entries {
        add(&mut rows, db, area, entry)?;
    }
    statement(
        "WITH logged AS (
             INSERT INTO changes (area_id, received_at, seq, record_id, kind, hash, max_op,
                                  device_id, push_id, chain, bytes)
             SELECT ?, ?, * FROM unnest(?))
         UPDATE area_log SET head = ?, chain = ? WHERE area_id = ?",
        (
            bind::<BigInt, _>(area),
            bind::<BigInt, _>(received_at),
            bind::<Array<ChangeRow>, _>(rows),
            bind::<BigInt, _>(seq_key(last.seq)),
            bind::<Binary, _>(last.chain.as_bytes()),
            bind::<BigInt, _>(area),
        ),
    )
    .execute(db.sql())?;
    Ok(())
}

/// Bytes of a row beside its change.
const BESIDE: usize = 320;

fn add(rows: &mut Rows<ChangeRow>, db: &Db, area: i64, entry: &NewEntry) -> Result<(), StoreError> {
    let sealed = db.seal((area, record_key(entry.record)), What::Change, &entry.bytes)?;
    rows.add(|row| {
        row.bigint(seq_key(entry.seq));
        row.uuid(record_key(entry.record));
        row.smallint(entry.kind.number());
        row.bytes(entry.hash.as_bytes());
        row.bigint(seq_key(entry.max_op));
        row.bigint(device_key(entry.device));
        row.uuid(push_key(entry.push));
        row.bytes(entry.chain.as_bytes());
        row.bytes(&sealed);
    });
    Ok(())
}
