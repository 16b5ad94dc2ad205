//! What stands of the records that a push names, in every table that has a say in it: one statement
//! before the area's lock is taken, and one under it.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Uuid as SqlUuid};
use sync_protocol::ids::{PersonId, RecordId};
use uuid::Uuid;

use super::records::{StoredRegisters, stored};
use super::rows::{area_key, person_key, record, record_key, seq};
use super::statement::{bind, statement};
use super::{Db, Readable, StoreError};
use crate::auth::AreaScope;

/// What is found of records.
#[derive(Debug)]
pub struct Found {
    /// Registers of those that exist.
    pub registers: HashMap<RecordId, StoredRegisters>,
    /// Those that exist and cannot be read.
    pub unreadable: BTreeSet<RecordId>,
    /// How many changes wait in them.
    pub waiting: usize,
    /// Whether changes of them were refused.
    pub refused: bool,
    /// How many erasures of them there were.
    pub erased: usize,
}

#[derive(QueryableByName)]
struct FoundRow {
    #[diesel(sql_type = BigInt)]
    waiting: i64,
    #[diesel(sql_type = Bool)]
    refused: bool,
    #[diesel(sql_type = BigInt)]
    erased: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    record_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_seq: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    registers: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    wrapped: Option<Vec<u8>>,
}

/// Reads what is found of these records.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn find(db: &mut Db, scope: &AreaScope, ids: &[RecordId]) -> Result<Found, StoreError> {
    let (area, ids) = (area_key(scope.area()), keys(ids));
    let rows: Vec<FoundRow> = statement(
        "SELECT t.waiting, t.refused, t.erased, r.record_id, r.last_seq, r.registers,
                (SELECT k.wrapped FROM record_keys k
                 WHERE k.area_id = r.area_id AND k.record_id = r.record_id) AS wrapped
         FROM (SELECT (SELECT count(*) FROM held WHERE area_id = ? AND record_id = ANY (?)),
                      EXISTS (SELECT FROM quarantine WHERE area_id = $1 AND record_id = ANY ($2)),
                      (SELECT count(*) FROM erased WHERE area_id = $1 AND record_id = ANY ($2))
              ) AS t (waiting, refused, erased)
         LEFT JOIN records r ON r.area_id = $1 AND r.record_id = ANY ($2)",
        (bind::<BigInt, _>(area), bind::<Array<SqlUuid>, _>(&ids)),
    )
    .load(db.sql())?;
    let mut registers = Readable::default();
    let (mut waiting, mut refused, mut erased) = (0, false, 0);
    for row in rows {
        (waiting, refused, erased) = (row.waiting, row.refused, row.erased);
        if let (Some(id), Some(last), Some(bytes)) = (row.record_id, row.last_seq, row.registers) {
            if let Some(wrapped) = row.wrapped {
                db.learn((area, id), &wrapped)?;
            }
            let read = stored(db, (area, id), last, &bytes);
            registers.add((scope.area(), record(id)), read)?;
        }
    }
    let number = |counted: i64| usize::try_from(counted).unwrap_or_default();
    Ok(Found {
        registers: registers.records,
        unreadable: registers.unreadable,
        waiting: number(waiting),
        refused,
        erased: number(erased),
    })
}

/// How things stand under the area's lock.
#[derive(Debug, Default)]
pub struct Standing {
    /// The last change of each record that exists.
    pub last_seqs: HashMap<RecordId, u64>,
    /// How many changes wait in them.
    pub waiting: usize,
    /// How many erasures of them there were.
    pub erased: usize,
    /// How often what the person may do was changed, for [`super::people::Term`].
    pub changes: i64,
}

#[derive(QueryableByName)]
struct StandingRow {
    #[diesel(sql_type = BigInt)]
    waiting: i64,
    #[diesel(sql_type = BigInt)]
    erased: i64,
    #[diesel(sql_type = BigInt)]
    changes: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    record_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_seq: Option<i64>,
}

/// How these records stand, and whether what the person who changes them may do has changed, for the
/// re-check under the area's lock.
///
/// # Errors
/// Those of the database.
pub fn under_lock(
    db: &mut Db,
    scope: &AreaScope,
    ids: &[RecordId],
    changed_by: Option<PersonId>,
) -> Result<Standing, StoreError> {
    let (area, ids) = (area_key(scope.area()), keys(ids));
    let rows: Vec<StandingRow> = statement(
        "SELECT t.waiting, t.erased, t.changes, r.record_id, r.last_seq
         FROM (SELECT (SELECT count(*) FROM held WHERE area_id = ? AND record_id = ANY (?)),
                      (SELECT count(*) FROM erased WHERE area_id = $1 AND record_id = ANY ($2)),
                      coalesce((SELECT grants FROM people WHERE person_id = ?), 0)
                      + coalesce((SELECT grants FROM district), 0)) AS t (waiting, erased, changes)
         LEFT JOIN records r ON r.area_id = $1 AND r.record_id = ANY ($2)",
        (
            bind::<BigInt, _>(area),
            bind::<Array<SqlUuid>, _>(&ids),
            bind::<Nullable<SqlUuid>, _>(changed_by.map(person_key)),
        ),
    )
    .load(db.sql())?;
    let mut standing = Standing::default();
    for row in rows {
        standing.waiting = usize::try_from(row.waiting).unwrap_or_default();
        standing.erased = usize::try_from(row.erased).unwrap_or_default();
        standing.changes = row.changes;
        if let (Some(id), Some(last)) = (row.record_id, row.last_seq) {
            standing.last_seqs.insert(record(id), seq(last));
        }
    }
    Ok(standing)
}

fn keys(ids: &[RecordId]) -> Vec<Uuid> {
    ids.iter().copied().map(record_key).collect()
}
