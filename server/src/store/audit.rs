//! The log and its end as they are stored, unjudged: what [`crate::integrity`] walks.
//! Columns that others would refuse to read come as they are, so that a bad row can be named.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable};
use sync_protocol::entries;
use sync_protocol::ids::{DeviceId, PushId, RecordId};
use uuid::Uuid;

use super::rows::{area_key, device, record, record_key, seq, seq_key};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::changes;
use crate::vault::What;

/// A row of the log.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// Its place.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// Number of the record's kind.
    pub kind: i16,
    /// The name that the row gives the change.
    pub hash: Vec<u8>,
    /// The change's last operation.
    pub max_op: u64,
    /// Who pushed it.
    pub device: DeviceId,
    /// In which push.
    pub push: PushId,
    /// When, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// The chain value.
    pub chain: Vec<u8>,
    /// The change, empty if its record was erased; nothing if it cannot be opened.
    pub bytes: Option<Vec<u8>>,
}

impl LogRow {
    /// Whether the change is gone with its record.
    pub fn is_gone(&self) -> bool {
        self.device != entries::DEVICE && self.bytes.as_ref().is_some_and(Vec::is_empty)
    }
}

/// Where a log ends, by its head and by its rows.
#[derive(Debug, Clone)]
pub struct End {
    /// The head's place.
    pub head: u64,
    /// The head's chain value.
    pub chain: Vec<u8>,
    /// The last row's place; 0 when there is none.
    pub last: u64,
}

#[derive(QueryableByName)]
struct EndRow {
    #[diesel(sql_type = BigInt)]
    head: i64,
    #[diesel(sql_type = Binary)]
    chain: Vec<u8>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last: Option<i64>,
}

/// Where the area's log ends: one statement, so that head and rows are of one moment.
///
/// # Errors
/// Those of the database.
pub fn end(db: &mut Db, scope: &AreaScope) -> Result<Option<End>, StoreError> {
    let row: Option<EndRow> = diesel::sql_query(
        "SELECT l.head, l.chain,
                (SELECT max(c.seq) FROM changes c WHERE c.area_id = l.area_id) AS last
         FROM area_log l WHERE l.area_id = $1",
    )
    .bind::<BigInt, _>(area_key(scope.area()))
    .get_result(db.sql())
    .optional()?;
    Ok(row.map(|EndRow { head, chain, last }| End {
        head: seq(head),
        chain,
        last: seq(last.unwrap_or_default()),
    }))
}

const ROW: (
    changes::seq,
    changes::record_id,
    changes::kind,
    changes::hash,
    changes::max_op,
    changes::device_id,
    changes::push_id,
    changes::received_at,
    changes::chain,
    changes::bytes,
) = (
    changes::seq,
    changes::record_id,
    changes::kind,
    changes::hash,
    changes::max_op,
    changes::device_id,
    changes::push_id,
    changes::received_at,
    changes::chain,
    changes::bytes,
);

type Row = (i64, Uuid, i16, Vec<u8>, i64, i64, Uuid, i64, Vec<u8>, Vec<u8>);

/// The log's rows after a place, up to another, in order.
///
/// # Errors
/// Those of the database.
pub fn rows(
    db: &mut Db,
    scope: &AreaScope,
    after: u64,
    up_to: u64,
    most: i64,
) -> Result<Vec<LogRow>, StoreError> {
    let rows: Vec<Row> = changes::table
        .filter(changes::area_id.eq(area_key(scope.area())))
        .filter(changes::seq.gt(seq_key(after)))
        .filter(changes::seq.le(seq_key(up_to)))
        .order(changes::seq)
        .limit(most)
        .select(ROW)
        .load(db.sql())?;
    opened(db, scope, rows)
}

/// A record's rows up to a place, in order.
///
/// # Errors
/// Those of the database.
pub fn rows_of(
    db: &mut Db,
    scope: &AreaScope,
    id: RecordId,
    up_to: u64,
) -> Result<Vec<LogRow>, StoreError> {
    let rows: Vec<Row> = changes::table
        .filter(changes::area_id.eq(area_key(scope.area())))
        .filter(changes::record_id.eq(record_key(id)))
        .filter(changes::seq.le(seq_key(up_to)))
        .order(changes::seq)
        .select(ROW)
        .load(db.sql())?;
    opened(db, scope, rows)
}

fn opened(db: &mut Db, scope: &AreaScope, rows: Vec<Row>) -> Result<Vec<LogRow>, StoreError> {
    let area = area_key(scope.area());
    db.fetch_keys(rows.iter().map(|row| (area, row.1)))?;
    Ok(rows.into_iter().map(|row| from_row(db, area, row)).collect())
}

fn from_row(db: &Db, area: i64, row: Row) -> LogRow {
    let (at, id, kind, hash, max_op, whose, push, received_at, chain, bytes) = row;
    let bytes = match device(whose) {
        entries::DEVICE => Some(bytes),
        // Its record was erased.
        _ if bytes.is_empty() => Some(bytes),
        _ => db.open((area, id), What::Change, &bytes).ok(),
    };
    LogRow {
        seq: seq(at),
        record: record(id),
        kind,
        hash,
        max_op: seq(max_op),
        device: device(whose),
        push: PushId(push.into_bytes()),
        received_at,
        chain,
        bytes,
    }
}
