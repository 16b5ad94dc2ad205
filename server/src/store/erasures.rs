//! Tables `erased` and `erased_changes`, and taking out of every table of an area what it has of a record
//! that is erased.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Text, Uuid as SqlUuid};
use sync_protocol::entries::Cause;
use sync_protocol::ids::{AreaId, BlobId, ChangeHash, RecordId};
use uuid::Uuid;

use super::rows::{area, area_key, hash, record, record_key, seq, seq_key};
use super::statement::{bind, statement};
use super::{Db, StoreError, discarded_photos};
use crate::auth::AreaScope;
use crate::schema::{erased, erased_changes};

/// A record that was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The record.
    pub record: RecordId,
    /// The place of the entry that says so.
    pub seq: u64,
    /// What was written before this is of what was erased, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Why.
    pub cause: Cause,
}

type Row = (Uuid, i64, i64, i16);

fn from_row((id, place, at, cause): Row) -> Result<Erasure, StoreError> {
    let cause = u8::try_from(cause).ok().and_then(Cause::from_number);
    let cause = cause.ok_or(StoreError::Corrupt("why a record was erased"))?;
    Ok(Erasure { record: record(id), seq: seq(place), at, cause })
}

const COLUMNS: (erased::record_id, erased::seq, erased::at, erased::cause) =
    (erased::record_id, erased::seq, erased::at, erased::cause);

#[derive(QueryableByName)]
struct AreaRow {
    #[diesel(sql_type = BigInt)]
    area_id: i64,
}

/// The areas that have anything of what a record says.
///
/// # Errors
/// Those of the database.
pub fn areas_with(db: &mut Db, id: RecordId) -> Result<Vec<AreaId>, StoreError> {
    let key = record_key(id);
    let rows: Vec<AreaRow> = statement(
        "SELECT a.area_id FROM areas a
         WHERE EXISTS (SELECT FROM changes WHERE area_id = a.area_id AND record_id = ?
                       AND device_id <> 0 AND length(bytes) > 0)
            OR EXISTS (SELECT FROM held WHERE area_id = a.area_id AND record_id = ?)
            OR EXISTS (SELECT FROM quarantine WHERE area_id = a.area_id AND record_id = ?)
            OR EXISTS (SELECT FROM record_keys WHERE area_id = a.area_id AND record_id = ?)
         ORDER BY a.area_id",
        (
            bind::<SqlUuid, _>(key),
            bind::<SqlUuid, _>(key),
            bind::<SqlUuid, _>(key),
            bind::<SqlUuid, _>(key),
        ),
    )
    .load(db.sql())?;
    Ok(rows.into_iter().map(|row| area(row.area_id)).collect())
}

/// The last erasure of each of these records, as far as there is one. It takes a bare area: of what
/// nobody may write there is asked too.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn find(
    db: &mut Db,
    of: AreaId,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Erasure>, StoreError> {
    let keys: Vec<Uuid> = ids.iter().copied().map(record_key).collect();
    let rows: Vec<Row> = erased::table
        .filter(erased::area_id.eq(area_key(of)))
        .filter(erased::record_id.eq_any(keys))
        .order(erased::seq)
        .select(COLUMNS)
        .load(db.sql())?;
    let keyed = |row| from_row(row).map(|erasure| (erasure.record, erasure));
    rows.into_iter().map(keyed).collect()
}

#[derive(QueryableByName)]
struct ChangeRow {
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = Bool)]
    gone: bool,
}

/// The changes of erased records.
#[derive(Debug, Default)]
pub struct Changes {
    /// Those that went with them, or were refused since because they are of them.
    pub gone: HashSet<(RecordId, ChangeHash)>,
    /// Those that are in the log or wait: written since.
    pub since: HashSet<(RecordId, ChangeHash)>,
}

/// The changes of erased records.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn changes(db: &mut Db, of: AreaId, ids: &[RecordId]) -> Result<Changes, StoreError> {
    let (area, keys) = (area_key(of), ids.iter().copied().map(record_key).collect::<Vec<Uuid>>());
    let rows: Vec<ChangeRow> = statement(
        "SELECT record_id, hash, length(bytes) = 0 AS gone FROM changes
         WHERE area_id = ? AND record_id = ANY (?) AND device_id <> 0
         UNION ALL
         SELECT record_id, hash, TRUE FROM erased_changes WHERE area_id = ? AND record_id = ANY (?)
         UNION ALL
         SELECT record_id, hash, FALSE FROM held WHERE area_id = ? AND record_id = ANY (?)",
        (
            bind::<BigInt, _>(area),
            bind::<Array<SqlUuid>, _>(&keys),
            bind::<BigInt, _>(area),
            bind::<Array<SqlUuid>, _>(&keys),
            bind::<BigInt, _>(area),
            bind::<Array<SqlUuid>, _>(&keys),
        ),
    )
    .load(db.sql())?;
    let mut changes = Changes::default();
    for row in rows {
        let name = (record(row.record_id), hash(&row.hash)?);
        if row.gone {
            changes.gone.insert(name)
        } else {
            changes.since.insert(name)
        };
    }
    Ok(changes)
}

/// Keeps the names of changes that were refused because they are of erased records.
///
/// # Errors
/// Those of the database.
pub fn insert_changes(
    db: &mut Db,
    of: AreaId,
    changes: &[(RecordId, ChangeHash)],
) -> Result<(), StoreError> {
    let rows: Vec<_> = changes
        .iter()
        .map(|(id, hash)| {
            (
                erased_changes::area_id.eq(area_key(of)),
                erased_changes::record_id.eq(record_key(*id)),
                erased_changes::hash.eq(hash.as_bytes()),
            )
        })
        .collect();
    diesel::insert_into(erased_changes::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(())
}

/// Erasures after a place, in the order of the log.
///
/// # Errors
/// Those of the database.
pub fn after(
    db: &mut Db,
    scope: &AreaScope,
    place: u64,
    most: usize,
) -> Result<Vec<Erasure>, StoreError> {
    let rows: Vec<Row> = erased::table
        .filter(erased::area_id.eq(area_key(scope.area())))
        .filter(erased::seq.gt(seq_key(place)))
        .order(erased::seq)
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(COLUMNS)
        .load(db.sql())?;
    rows.into_iter().map(from_row).collect()
}

/// The place of the last erasure of every record that the area ever erased.
///
/// # Errors
/// Those of the database.
pub fn all(db: &mut Db, scope: &AreaScope) -> Result<BTreeMap<RecordId, u64>, StoreError> {
    let erased = after(db, scope, 0, usize::MAX)?;
    Ok(erased.into_iter().map(|erasure| (erasure.record, erasure.seq)).collect())
}

/// Notes an erasure.
///
/// # Errors
/// Those of the database.
pub fn insert(db: &mut Db, scope: &AreaScope, new: &Erasure) -> Result<(), StoreError> {
    diesel::insert_into(erased::table)
        .values((
            erased::area_id.eq(area_key(scope.area())),
            erased::record_id.eq(record_key(new.record)),
            erased::seq.eq(seq_key(new.seq)),
            erased::at.eq(new.at),
            erased::cause.eq(i16::from(new.cause.number())),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Puts these in place of all that are noted for the area.
///
/// # Errors
/// Those of the database.
pub fn replace(db: &mut Db, scope: &AreaScope, erasures: &[Erasure]) -> Result<(), StoreError> {
    let of_area = erased::table.filter(erased::area_id.eq(area_key(scope.area())));
    diesel::delete(of_area).execute(db.sql())?;
    erasures.iter().try_for_each(|erasure| insert(db, scope, erasure))
}

/// Statements that take out what an area has of a record. Its changes keep their names.
const TAKE_OUT: [&str; 10] = [
    "UPDATE changes SET bytes = '' WHERE area_id = ? AND record_id = ? AND device_id <> 0",
    "DELETE FROM held WHERE area_id = ? AND record_id = ?",
    "DELETE FROM quarantine WHERE area_id = ? AND record_id = ?",
    "DELETE FROM quarantine_decisions WHERE area_id = ? AND record_id = ?",
    "DELETE FROM late_verdicts WHERE area_id = ? AND record_id = ?",
    "DELETE FROM records WHERE area_id = ? AND record_id = ?",
    "DELETE FROM documents WHERE area_id = ? AND record_id = ?",
    "DELETE FROM blind_index WHERE area_id = ? AND record_id = ?",
    "DELETE FROM clashes WHERE area_id = ? AND record_id = ?",
    "DELETE FROM record_keys WHERE area_id = ? AND record_id = ?",
];

/// Takes out what the area has of a record, and destroys its key; the typed tables are the
/// projections' own. The area's lock must be held.
///
/// # Errors
/// Those of the database.
pub fn take_out(db: &mut Db, scope: &AreaScope, id: RecordId) -> Result<(), StoreError> {
    let owner = super::record_keys::owner(scope.area(), id);
    for sql in TAKE_OUT {
        statement(sql, (bind::<BigInt, _>(owner.0), bind::<SqlUuid, _>(owner.1)))
            .execute(db.sql())?;
    }
    db.keys.remove(&owner);
    Ok(())
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Destroys a photo's key and marks its bytes for deletion, unless another report that stays names it
/// too, in the area or where it went from there; nobody is shown it from now on.
///
/// # Errors
/// Those of the database.
pub fn mark_photo(
    db: &mut Db,
    scope: &AreaScope,
    of: RecordId,
    photo: BlobId,
) -> Result<(), StoreError> {
    let area = area_key(scope.area());
    let (hex, bytes) = (photo.to_string(), photo.as_bytes());
    let row: CountRow = statement(
        "WITH RECURSIVE went AS (
            SELECT to_area, record_id FROM moved WHERE area_id = ?
            UNION SELECT m.to_area, m.record_id
            FROM went w JOIN moved m ON m.area_id = w.to_area AND m.record_id = w.record_id)
         SELECT count(*) AS number FROM reports r
         LEFT JOIN visits v USING (area_id, record_id) LEFT JOIN inspections i USING (area_id, record_id)
         WHERE (r.area_id = ? OR (r.area_id, r.record_id) IN (SELECT * FROM went))
            AND r.record_id <> ?
            AND (r.photos -> ? IS NOT NULL
                OR ? IN (v.signature, i.inspector_signature, i.present_signature))",
        (
            bind::<BigInt, _>(area),
            bind::<BigInt, _>(area),
            bind::<SqlUuid, _>(record_key(of)),
            bind::<Text, _>(&hex),
            bind::<Text, _>(&hex),
        ),
    )
    .get_result(db.sql())?;
    if row.number > 0 {
        return Ok(());
    }
    discarded_photos::discard(db, scope, photo)?;
    for sql in [
        "DELETE FROM photo_parts WHERE area_id = ? AND photo = ?",
        // Its key goes with it.
        "DELETE FROM photos WHERE area_id = ? AND photo = ?",
    ] {
        statement(sql, (bind::<BigInt, _>(area), bind::<Binary, _>(bytes))).execute(db.sql())?;
    }
    Ok(())
}
