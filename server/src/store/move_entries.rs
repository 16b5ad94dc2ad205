//! Table `changes` as moves need it: a record's changes with where they came from, and the entries
//! that a move itself leaves in a log.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use sync_protocol::entries::{self, ServerEntry};
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PushId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::changes::NewEntry;
use super::record_keys::owner;
use super::rows::{area_key, device, device_key, hash, kind, push_key, record_key, seq, seq_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::changes;
use crate::vault::What;

/// Rows inserted at once.
const CHUNK: usize = 1_000;

/// A change of the log, and how it came there.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Its name.
    pub hash: ChangeHash,
    /// The record's kind.
    pub kind: Kind,
    /// Its last operation.
    pub max_op: u64,
    /// Who pushed it.
    pub device: DeviceId,
    /// In which push.
    pub push: PushId,
    /// When the server received it, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// The change.
    pub bytes: Vec<u8>,
}

type Row = (Vec<u8>, i16, i64, i64, Uuid, i64, Vec<u8>);

/// Every change of a record that the area's log has, in order.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn history(db: &mut Db, scope: &AreaScope, of: RecordId) -> Result<Vec<Logged>, StoreError> {
    let rows: Vec<Row> = changes::table
        .filter(changes::area_id.eq(area_key(scope.area())))
        .filter(changes::record_id.eq(record_key(of)))
        .filter(changes::device_id.ne(device_key(entries::DEVICE)))
        // Of those that were erased the name alone is left.
        .filter(changes::bytes.ne(Vec::new()))
        .order(changes::seq)
        .select((
            changes::hash,
            changes::kind,
            changes::max_op,
            changes::device_id,
            changes::push_id,
            changes::received_at,
            changes::bytes,
        ))
        .load(db.sql())?;
    let owner = owner(scope.area(), of);
    db.fetch_keys([owner])?;
    let opened = |mut row: Row| {
        row.6 = db.open(owner, What::Change, &row.6)?;
        logged(row)
    };
    rows.into_iter().map(opened).collect()
}

fn logged((name, number, max_op, whose, push, at, bytes): Row) -> Result<Logged, StoreError> {
    Ok(Logged {
        hash: hash(&name)?,
        kind: kind(number)?,
        max_op: seq(max_op),
        device: device(whose),
        push: PushId(push.into_bytes()),
        received_at: at,
        bytes,
    })
}

/// When the record's last change in this log was received, in milliseconds since 1970 UTC.
///
/// # Errors
/// Those of the database.
pub fn last_received(
    db: &mut Db,
    scope: &AreaScope,
    of: RecordId,
) -> Result<Option<i64>, StoreError> {
    let at = changes::table
        .filter(changes::area_id.eq(area_key(scope.area())))
        .filter(changes::record_id.eq(record_key(of)))
        .filter(changes::device_id.ne(device_key(entries::DEVICE)))
        .order(changes::seq.desc())
        .select(changes::received_at)
        .first(db.sql())
        .optional()?;
    Ok(at)
}

/// The server's own entries on a record in this area's log, in order, each with when it was written.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn of_record(
    db: &mut Db,
    scope: &AreaScope,
    of: RecordId,
) -> Result<Vec<(ServerEntry, i64)>, StoreError> {
    let rows: Vec<(Vec<u8>, i64)> = changes::table
        .filter(changes::area_id.eq(area_key(scope.area())))
        .filter(changes::record_id.eq(record_key(of)))
        .filter(changes::device_id.eq(device_key(entries::DEVICE)))
        .order(changes::seq)
        .select((changes::bytes, changes::received_at))
        .load(db.sql())?;
    rows.into_iter().map(|(bytes, at)| Ok((entry(&bytes)?, at))).collect()
}

/// Where a record of an area came from, as the area's log says. Only this file makes it, from the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    from: AreaId,
    at: i64,
}

impl Origin {
    /// The area.
    pub fn from(&self) -> AreaId {
        self.from
    }

    /// When it came from there, in milliseconds since 1970 UTC.
    pub fn at(&self) -> i64 {
        self.at
    }
}

/// Where a record of this area came from, each time.
///
/// # Errors
/// As [`of_record`].
pub fn origins(db: &mut Db, scope: &AreaScope, of: RecordId) -> Result<Vec<Origin>, StoreError> {
    let origin = |(entry, at)| match entry {
        ServerEntry::Arrived(entry) => Some(Origin { from: entry.from, at }),
        ServerEntry::Departed(_) | ServerEntry::Erased(_) => None,
    };
    Ok(of_record(db, scope, of)?.into_iter().filter_map(origin).collect())
}

#[derive(QueryableByName)]
struct BytesRow {
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

/// The last move at a place or before it.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn last_up_to(
    db: &mut Db,
    scope: &AreaScope,
    place: u64,
) -> Result<Option<ServerEntry>, StoreError> {
    // The 0 is written out: the index of moves is for rows of that device alone.
    let row: Option<BytesRow> = statement(
        "SELECT bytes FROM changes WHERE area_id = ? AND seq <= ? AND device_id = 0
          ORDER BY seq DESC LIMIT 1",
        (bind::<BigInt, _>(area_key(scope.area())), bind::<BigInt, _>(seq_key(place))),
    )
    .get_result(db.sql())
    .optional()?;
    row.map(|row| entry(&row.bytes)).transpose()
}

fn entry(bytes: &[u8]) -> Result<ServerEntry, StoreError> {
    ServerEntry::from_bytes(bytes).ok_or(StoreError::Corrupt("an entry of a move"))
}

/// Logs entries that were received at different times, in milliseconds since 1970 UTC.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    scope: &AreaScope,
    entries: &[(NewEntry, i64)],
) -> Result<(), StoreError> {
    let area = area_key(scope.area());
    let changes = entries.iter().filter(|(entry, _)| entry.device != entries::DEVICE);
    db.ensure_keys(area, changes.map(|(entry, _)| record_key(entry.record)))?;
    for chunk in entries.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .map(|(entry, received_at)| {
                let bytes = match entry.device {
                    entries::DEVICE => entry.bytes.clone(),
                    _ => db.seal((area, record_key(entry.record)), What::Change, &entry.bytes)?,
                };
                Ok((
                    changes::area_id.eq(area),
                    changes::seq.eq(seq_key(entry.seq)),
                    changes::record_id.eq(record_key(entry.record)),
                    changes::kind.eq(entry.kind.number()),
                    changes::hash.eq(entry.hash.as_bytes()),
                    changes::max_op.eq(seq_key(entry.max_op)),
                    changes::device_id.eq(device_key(entry.device)),
                    changes::push_id.eq(push_key(entry.push)),
                    changes::received_at.eq(*received_at),
                    changes::chain.eq(entry.chain.as_bytes()),
                    changes::bytes.eq(bytes),
                ))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        diesel::insert_into(changes::table).values(rows).execute(db.sql())?;
    }
    Ok(())
}
