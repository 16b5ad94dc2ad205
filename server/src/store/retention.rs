//! What has been kept for longer than the district keeps it: in `residencies`, the view `reports` and
//! `requests`.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::rows::{area, kind, moment, record};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::Operator;

/// A record that has been kept long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// Its area.
    pub area: AreaId,
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Since when, in milliseconds since 1970 UTC: the departure, or the last change.
    pub since: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    area_id: i64,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = SmallInt)]
    kind: i16,
    #[diesel(sql_type = BigInt)]
    since: i64,
}

fn expired(rows: Vec<Row>) -> Result<Vec<Expired>, StoreError> {
    let of = |row: Row| {
        let (area, record) = (area(row.area_id), record(row.record_id));
        Ok(Expired { area, record, kind: kind(row.kind)?, since: row.since })
    };
    rows.into_iter().map(of).collect()
}

/// Stays of people who departed before a moment, by area.
///
/// # Errors
/// Those of the database.
pub fn departed(db: &mut Db, _by: Operator, before: i64) -> Result<Vec<Expired>, StoreError> {
    const SQL: &str = "
        SELECT area_id, record_id, 2::smallint AS kind,
               (extract(epoch FROM departed_on) * 1000)::bigint AS since
        FROM residencies WHERE departed_on < (? AT TIME ZONE 'UTC')::date
        ORDER BY area_id, record_id";
    expired(statement(SQL, bind::<Timestamptz, _>(moment(before))).load(db.sql())?)
}

/// Reports that were accepted, and whose last change came before a moment, by area.
///
/// # Errors
/// Those of the database.
pub fn accepted(db: &mut Db, _by: Operator, before: i64) -> Result<Vec<Expired>, StoreError> {
    const SQL: &str = "
        SELECT area_id, record_id, kind, received_at AS since FROM reports
        WHERE state = 'accepted' AND received_at < ? ORDER BY area_id, record_id";
    expired(statement(SQL, bind::<BigInt, _>(before)).load(db.sql())?)
}

/// Reports that were never handed in, and whose last change came before a moment, by area.
///
/// # Errors
/// Those of the database.
pub fn drafts(db: &mut Db, _by: Operator, before: i64) -> Result<Vec<Expired>, StoreError> {
    const SQL: &str = "
        SELECT area_id, record_id, kind, received_at AS since FROM reports
        WHERE coalesce(state, 'draft') = 'draft' AND received_at < ? ORDER BY area_id, record_id";
    expired(statement(SQL, bind::<BigInt, _>(before)).load(db.sql())?)
}
