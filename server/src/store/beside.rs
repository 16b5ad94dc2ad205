//! What stands beside an area's log, as it is stored, unjudged: what [`crate::integrity`] holds against
//! the log. What cannot be opened comes as nothing, so that it can be named.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Uuid as SqlUuid};
use sync_protocol::document::Registers;
use sync_protocol::ids::RecordId;
use uuid::Uuid;

use super::rows::{area_key, record as id_of, record_key, seq};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::vault::What;

/// A record as it is stored.
#[derive(Debug)]
pub struct StoredRecord {
    /// The record.
    pub record: RecordId,
    /// Number of its kind.
    pub kind: i16,
    /// Its last change, as its row has it.
    pub last_seq: u64,
    /// Its registers; nothing if they cannot be read.
    pub registers: Option<Registers>,
    /// Its document and the last change in it, if one is stored; no bytes if it cannot be opened.
    pub document: Option<(u64, Option<Vec<u8>>)>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = SmallInt)]
    kind: i16,
    #[diesel(sql_type = BigInt)]
    last_seq: i64,
    #[diesel(sql_type = Binary)]
    registers: Vec<u8>,
    #[diesel(sql_type = Nullable<BigInt>)]
    document_seq: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    document: Option<Vec<u8>>,
}

const RECORDS: &str =
    "SELECT r.record_id, r.kind, r.last_seq, r.registers, d.seq AS document_seq, d.document
     FROM records r LEFT JOIN documents d USING (area_id, record_id) WHERE r.area_id = $1";

/// The area's records after one, in order.
///
/// # Errors
/// Those of the database.
pub fn records(
    db: &mut Db,
    scope: &AreaScope,
    after: Option<RecordId>,
    most: i64,
) -> Result<Vec<StoredRecord>, StoreError> {
    let page = " AND ($2 IS NULL OR r.record_id > $2) ORDER BY r.record_id LIMIT $3";
    let rows: Vec<Row> = diesel::sql_query(format!("{RECORDS}{page}"))
        .bind::<BigInt, _>(area_key(scope.area()))
        .bind::<Nullable<SqlUuid>, _>(after.map(record_key))
        .bind::<BigInt, _>(most)
        .load(db.sql())?;
    opened(db, scope, rows)
}

/// One of them.
///
/// # Errors
/// Those of the database.
pub fn record(
    db: &mut Db,
    scope: &AreaScope,
    id: RecordId,
) -> Result<Option<StoredRecord>, StoreError> {
    let rows: Vec<Row> = diesel::sql_query(format!("{RECORDS} AND r.record_id = $2"))
        .bind::<BigInt, _>(area_key(scope.area()))
        .bind::<SqlUuid, _>(record_key(id))
        .load(db.sql())?;
    Ok(opened(db, scope, rows)?.pop())
}

fn opened(db: &mut Db, scope: &AreaScope, rows: Vec<Row>) -> Result<Vec<StoredRecord>, StoreError> {
    let area = area_key(scope.area());
    db.fetch_keys(rows.iter().map(|row| (area, row.record_id)))?;
    let stored = |row: Row| {
        let owner = (area, row.record_id);
        let registers = db.open(owner, What::Registers, &row.registers).ok();
        let document = row.document.map(|bytes| db.open(owner, What::Document, &bytes).ok());
        StoredRecord {
            record: id_of(row.record_id),
            kind: row.kind,
            last_seq: seq(row.last_seq),
            registers: registers.and_then(|bytes| Registers::from_bytes(&bytes).ok()),
            document: row.document_seq.map(seq).zip(document),
        }
    };
    Ok(rows.into_iter().map(stored).collect())
}

/// Where changes lie that are not in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// Those that wait for others.
    Held,
    /// Those that were refused.
    Quarantine,
}

/// A change that is not in the log.
#[derive(Debug)]
pub struct SetAside {
    /// The record.
    pub record: RecordId,
    /// The name that its row gives it.
    pub hash: Vec<u8>,
    /// The change; nothing if it cannot be opened.
    pub bytes: Option<Vec<u8>>,
}

#[derive(QueryableByName)]
struct AsideRow {
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

/// The area's waiting or refused changes after one, in order of record and name.
///
/// # Errors
/// Those of the database.
pub fn set_aside(
    db: &mut Db,
    scope: &AreaScope,
    aside: Aside,
    after: Option<&(RecordId, Vec<u8>)>,
    most: i64,
) -> Result<Vec<SetAside>, StoreError> {
    let (table, what) = match aside {
        Aside::Held => ("held", What::Held),
        Aside::Quarantine => ("quarantine", What::Refused),
    };
    let rows: Vec<AsideRow> = diesel::sql_query(format!(
        "SELECT record_id, hash, bytes FROM {table}
         WHERE area_id = $1 AND ($2 IS NULL OR (record_id, hash) > ($2, $3))
         ORDER BY record_id, hash LIMIT $4"
    ))
    .bind::<BigInt, _>(area_key(scope.area()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|(id, _)| record_key(*id)))
    .bind::<Nullable<Binary>, _>(after.map(|(_, hash)| hash.as_slice()))
    .bind::<BigInt, _>(most)
    .load(db.sql())?;
    let area = area_key(scope.area());
    db.fetch_keys(rows.iter().map(|row| (area, row.record_id)))?;
    let change = |row: AsideRow| SetAside {
        record: id_of(row.record_id),
        bytes: db.open((area, row.record_id), what, &row.bytes).ok(),
        hash: row.hash,
    };
    Ok(rows.into_iter().map(change).collect())
}
