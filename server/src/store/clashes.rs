//! Table `clashes`: which fields wait for a decision, since when, and when they were settled. The
//! values are in the registers.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use sync_protocol::ids::RecordId;
use uuid::Uuid;

use super::rows::{area_key, record, record_key, seq_key};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::clashes;

/// A field of a record.
pub type ClashKey = (RecordId, String);

/// Where in the log, and when, clashes were opened or settled.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The change.
    pub seq: u64,
    /// When it was received, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// A clash with its whole story.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The field.
    pub key: ClashKey,
    /// What opened it.
    pub opened: Moment,
    /// What settled it; nothing while it is open.
    pub settled: Option<Moment>,
}

/// Puts these in place of everything that is listed for the area.
///
/// # Errors
/// Those of the database.
pub fn replace(db: &mut Db, scope: &AreaScope, listed: &[Listed]) -> Result<(), StoreError> {
    fn column<'l, T>(listed: &'l [Listed], of: impl Fn(&'l Listed) -> T) -> Vec<T> {
        listed.iter().map(of).collect()
    }
    let key = area_key(scope.area());
    diesel::delete(clashes::table.filter(clashes::area_id.eq(key))).execute(db.sql())?;
    diesel::sql_query(
        "INSERT INTO clashes (area_id, record_id, field, opened_seq, opened_at, settled_seq,
                              settled_at)
         SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7)",
    )
    .bind::<BigInt, _>(key)
    .bind::<Array<SqlUuid>, _>(column(listed, |clash| record_key(clash.key.0)))
    .bind::<Array<Text>, _>(column(listed, |clash| clash.key.1.as_str()))
    .bind::<Array<BigInt>, _>(column(listed, |clash| seq_key(clash.opened.seq)))
    .bind::<Array<BigInt>, _>(column(listed, |clash| clash.opened.at))
    .bind::<Array<Nullable<BigInt>>, _>(column(listed, |c| c.settled.map(|m| seq_key(m.seq))))
    .bind::<Array<Nullable<BigInt>>, _>(column(listed, |c| c.settled.map(|m| m.at)))
    .execute(db.sql())?;
    Ok(())
}

/// The open clashes of these records.
///
/// # Errors
/// Those of the database.
pub fn open(
    db: &mut Db,
    scope: &AreaScope,
    records: &[RecordId],
) -> Result<HashSet<ClashKey>, StoreError> {
    if records.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<Uuid> = records.iter().copied().map(record_key).collect();
    let rows: Vec<(Uuid, String)> = clashes::table
        .filter(clashes::area_id.eq(area_key(scope.area())))
        .filter(clashes::record_id.eq_any(ids))
        .filter(clashes::settled_seq.is_null())
        .select((clashes::record_id, clashes::field))
        .load(db.sql())?;
    Ok(rows.into_iter().map(|(id, field)| (record(id), field)).collect())
}

/// Lists clashes that have come up.
///
/// # Errors
/// Those of the database.
pub fn list(
    db: &mut Db,
    scope: &AreaScope,
    moment: Moment,
    new: &[ClashKey],
) -> Result<(), StoreError> {
    run(
        db,
        scope,
        moment,
        new,
        "INSERT INTO clashes (area_id, opened_seq, opened_at, record_id, field)
         SELECT $1, $2, $3, * FROM unnest($4, $5)",
    )
}

/// Takes every clash of a record out: it has left the area.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &mut Db, scope: &AreaScope, of: RecordId) -> Result<(), StoreError> {
    let of_record =
        clashes::area_id.eq(area_key(scope.area())).and(clashes::record_id.eq(record_key(of)));
    diesel::delete(clashes::table.filter(of_record)).execute(db.sql())?;
    Ok(())
}

/// Marks clashes as settled.
///
/// # Errors
/// Those of the database.
pub fn settle(
    db: &mut Db,
    scope: &AreaScope,
    moment: Moment,
    gone: &[ClashKey],
) -> Result<(), StoreError> {
    run(
        db,
        scope,
        moment,
        gone,
        "UPDATE clashes c SET settled_seq = $2, settled_at = $3
         FROM unnest($4, $5) AS g (record_id, field)
         WHERE c.area_id = $1 AND c.record_id = g.record_id AND c.field = g.field
           AND c.settled_seq IS NULL",
    )
}

fn run(
    db: &mut Db,
    scope: &AreaScope,
    moment: Moment,
    keys: &[ClashKey],
    statement: &str,
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    diesel::sql_query(statement)
        .bind::<BigInt, _>(area_key(scope.area()))
        .bind::<BigInt, _>(seq_key(moment.seq))
        .bind::<BigInt, _>(moment.at)
        .bind::<Array<SqlUuid>, _>(keys.iter().map(|(id, _)| record_key(*id)).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(keys.iter().map(|(_, field)| field).collect::<Vec<_>>())
        .execute(db.sql())?;
    Ok(())
}
