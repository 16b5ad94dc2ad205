//! Records that have been kept for longer than the district keeps them: in `residencies` and the view
//! `reports`.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::rows::{area, area_key, kind, record, record_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::Operator;

/// Records of a sort, as a statement: area, record, kind, and since when each is over.
#[derive(Debug, Clone, Copy)]
pub struct Records(&'static str);

/// Stays of people who departed: over when the day of the departure is (UTC), but not before the last
/// change came, so that a year that was mistyped can be noticed; nor while two days stand beside each
/// other.
pub const DEPARTED: Records = Records(
    "SELECT area_id, record_id, 2::smallint AS kind,
            greatest((extract(epoch FROM departed_on + 1) * 1000)::bigint, received_at) AS since
     FROM residencies r WHERE departed_on IS NOT NULL
       AND NOT EXISTS (SELECT FROM clashes c
                       WHERE c.area_id = r.area_id AND c.record_id = r.record_id
                         AND c.field = 'departed_on' AND c.settled_seq IS NULL)",
);

/// Reports that were accepted: since their last change.
pub const ACCEPTED: Records = Records(
    "SELECT area_id, record_id, kind, received_at AS since FROM reports WHERE state = 'accepted'",
);

/// Reports that were never handed in: since their last change.
pub const DRAFTS: Records = Records(
    "SELECT area_id, record_id, kind, received_at AS since FROM reports
     WHERE coalesce(state, 'draft') = 'draft'",
);

/// A record that has been kept long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// Its area.
    pub area: AreaId,
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Since when it is over, in milliseconds since 1970 UTC.
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

/// Those that were over by a moment, by area and record.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn expired(
    db: &mut Db,
    _by: Operator,
    Records(of): Records,
    before: i64,
) -> Result<Vec<Expired>, StoreError> {
    let sql = format!(
        "SELECT area_id, record_id, kind, since FROM ({of}) AS kept
         WHERE since <= ? ORDER BY area_id, record_id"
    );
    let rows: Vec<Row> = statement(&sql, bind::<BigInt, _>(before)).load(db.sql())?;
    let of = |row: Row| {
        let (area, record) = (area(row.area_id), record(row.record_id));
        Ok(Expired { area, record, kind: kind(row.kind)?, since: row.since })
    };
    rows.into_iter().map(of).collect()
}

/// Whether one of them still is, where it was. It is a statement of its own so that it finds the row by
/// its key.
///
/// # Errors
/// Those of the database.
pub fn is_expired(
    db: &mut Db,
    _by: Operator,
    Records(of): Records,
    before: i64,
    one: &Expired,
) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT area_id, record_id, kind, since FROM ({of}) AS kept
         WHERE since <= ? AND area_id = ? AND record_id = ?"
    );
    let binds = (
        bind::<BigInt, _>(before),
        bind::<BigInt, _>(area_key(one.area)),
        bind::<SqlUuid, _>(record_key(one.record)),
    );
    let rows: Vec<Row> = statement(&sql, binds).load(db.sql())?;
    Ok(!rows.is_empty())
}
