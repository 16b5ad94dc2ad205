//! Table `blind_index`: by which names, document numbers and phones a record is found, as tokens that
//! say nothing without their key.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Uuid as SqlUuid};
use sync_protocol::document::{Registers, effective};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Field, FieldType, Kind};
use uuid::Uuid;

use super::rows::{area, area_key, kind, record, record_key};
use super::statement::{bind, statement};
use super::{Db, Readable, StoreError, data_keys, records};
use crate::auth::AreaScope;
use crate::vault::{Blind, KeyNumber, Purpose, Token, Words};

/// As what a field's value is found, if it is.
pub fn words_of(field: &Field) -> Option<Words> {
    match field.kind {
        FieldType::Name => Some(Words::Name),
        FieldType::DocumentNumber => Some(Words::Number),
        FieldType::Phone => Some(Words::Phone),
        _ => None,
    }
}

/// Whether a record of a kind is found by what stands in a field.
pub fn is_found_by(kind: Kind, key: &str) -> bool {
    kind.field(key).is_some_and(|(field, _)| words_of(field).is_some())
}

fn tokens(blind: &Blind, registers: &Registers) -> Vec<Token> {
    let mut tokens: Vec<Token> = effective::values(registers)
        .filter_map(|(key, value)| {
            let words = words_of(registers.kind.field(key)?.0)?;
            Some(blind.tokens(words, value.as_text()?))
        })
        .flatten()
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// Writes by what these records are found.
///
/// # Errors
/// Those of the database.
pub fn write(
    db: &mut Db,
    scope: &AreaScope,
    records: &[(RecordId, &Registers)],
) -> Result<(), StoreError> {
    if records.is_empty() || db.vault().is_in_the_open() {
        return Ok(());
    }
    let ring = db.ring()?;
    let (key, blind) = ring.blind().map_err(|_| StoreError::Sealed("the index's key"))?;
    let (mut ids, mut kinds, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let mut unfindable = Vec::new();
    for (id, registers) in records {
        let of_record = tokens(blind, registers);
        if of_record.is_empty() {
            unfindable.push(*id);
        }
        ids.extend(of_record.iter().map(|_| record_key(*id)));
        kinds.extend(of_record.iter().map(|_| registers.kind.number()));
        all.extend(of_record);
    }
    if !unfindable.is_empty() {
        remove(db, scope, &unfindable)?;
    }
    statement(
        "INSERT INTO blind_index AS b (area_id, index_key, record_id, kind, tokens)
         SELECT ?, ?, n.record_id, n.kind, array_agg(n.token ORDER BY n.token)
         FROM unnest(?, ?, ?) AS n (record_id, kind, token) GROUP BY n.record_id, n.kind
         ON CONFLICT (area_id, record_id)
         DO UPDATE SET index_key = excluded.index_key, tokens = excluded.tokens
         WHERE (b.index_key, b.tokens) <> (excluded.index_key, excluded.tokens)",
        (
            bind::<BigInt, _>(area_key(scope.area())),
            bind::<SmallInt, _>(key.cast_signed()),
            bind::<Array<SqlUuid>, _>(ids),
            bind::<Array<SmallInt>, _>(kinds),
            bind::<Array<BigInt>, _>(all),
        ),
    )
    .execute(db.sql())?;
    Ok(())
}

/// Writes by what every record of the area is found; one that cannot be read is found as before.
///
/// # Errors
/// Those of the database.
pub fn write_anew(db: &mut Db, scope: &AreaScope) -> Result<(), StoreError> {
    let Readable { records, unreadable } = records::all_readable(db, scope)?;
    clear_but(db, scope, unreadable.into_iter().map(record_key).collect())?;
    let named: Vec<(RecordId, &Registers)> =
        records.iter().map(|(id, stored)| (*id, &stored.registers)).collect();
    write(db, scope, &named)
}

/// Takes out by what the area's records are found, but for some.
fn clear_but(db: &mut Db, scope: &AreaScope, kept: Vec<Uuid>) -> Result<(), StoreError> {
    statement(
        "DELETE FROM blind_index WHERE area_id = ? AND record_id <> ALL (?)",
        (bind::<BigInt, _>(area_key(scope.area())), bind::<Array<SqlUuid>, _>(kept)),
    )
    .execute(db.sql())?;
    Ok(())
}

/// Takes records out: they have left the area, or nothing stands in them any more by which they were
/// found.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &mut Db, scope: &AreaScope, records: &[RecordId]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = records.iter().copied().map(record_key).collect();
    statement(
        "DELETE FROM blind_index WHERE area_id = ? AND record_id = ANY (?)",
        (bind::<BigInt, _>(area_key(scope.area())), bind::<Array<SqlUuid>, _>(ids)),
    )
    .execute(db.sql())?;
    Ok(())
}

/// A record that may be the one that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Its area.
    pub area: AreaId,
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    area_id: i64,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = SmallInt)]
    kind: i16,
}

fn with_tokens(
    db: &mut Db,
    areas: &[i64],
    sought: Vec<Token>,
    (after, most): (Option<(AreaId, RecordId)>, i64),
) -> Result<Vec<Row>, StoreError> {
    if sought.is_empty() {
        return Ok(Vec::new());
    }
    let found = statement(
        "SELECT area_id, record_id, kind FROM blind_index
         WHERE tokens @> ? AND area_id = ANY (?)
           AND coalesce((area_id, record_id) > (?, ?), true)
         ORDER BY area_id, record_id LIMIT ?",
        (
            bind::<Array<BigInt>, _>(sought),
            bind::<Array<BigInt>, _>(areas),
            bind::<Nullable<BigInt>, _>(after.map(|(area, _)| area_key(area))),
            bind::<Nullable<SqlUuid>, _>(after.map(|(_, record)| record_key(record))),
            bind::<BigInt, _>(most),
        ),
    );
    Ok(found.load(db.sql())?)
}

#[derive(QueryableByName)]
struct Use {
    #[diesel(sql_type = BigInt)]
    records: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    area_id: Option<i64>,
}

/// How many records are found by tokens of a key, and an area that has such records.
///
/// # Errors
/// Those of the database.
pub fn uses(db: &mut Db, key: KeyNumber) -> Result<(i64, Option<AreaId>), StoreError> {
    let found: Use = statement(
        "SELECT count(*) AS records, min(area_id) AS area_id FROM blind_index WHERE index_key = ?",
        bind::<SmallInt, _>(key.cast_signed()),
    )
    .get_result(db.sql())?;
    Ok((found.records, found.area_id.map(area)))
}

/// The records that are found by tokens of a key.
///
/// # Errors
/// Those of the database.
pub fn under(db: &mut Db, key: KeyNumber) -> Result<Vec<(AreaId, RecordId)>, StoreError> {
    let rows: Vec<Row> = statement(
        "SELECT area_id, record_id, kind FROM blind_index WHERE index_key = ?
         ORDER BY area_id, record_id",
        bind::<SmallInt, _>(key.cast_signed()),
    )
    .load(db.sql())?;
    Ok(rows.into_iter().map(|row| (area(row.area_id), record(row.record_id))).collect())
}

/// Records of these areas that may have these words in a value of this sort, at most so many after a
/// place, by area and record. What was found must be compared: two parts of a name can come from two
/// names.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn find(
    db: &mut Db,
    scopes: &[AreaScope],
    (sort, part): (Words, &str),
    after: Option<(AreaId, RecordId)>,
    most: i64,
) -> Result<Vec<Candidate>, StoreError> {
    data_keys::know_newest(db, Purpose::Index)?;
    let areas: Vec<i64> = scopes.iter().map(|scope| area_key(scope.area())).collect();
    let mut rows: Vec<Row> = Vec::new();
    for blind in db.ring()?.blinds() {
        rows.extend(with_tokens(db, &areas, blind.sought(sort, part), (after, most))?);
    }
    // While the key is being changed a record may be found under one and again under the other.
    rows.sort_unstable_by_key(|row| (row.area_id, row.record_id));
    rows.dedup_by_key(|row| (row.area_id, row.record_id));
    rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let candidate = |row: Row| {
        let (area, record) = (area(row.area_id), record(row.record_id));
        Ok(Candidate { area, record, kind: kind(row.kind)? })
    };
    rows.into_iter().map(candidate).collect()
}
