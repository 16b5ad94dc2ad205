//! Sealing a database that was used before all that is sealed now was: once, all of it in one
//! transaction, after the migrations. `district.sealed` says how far it came.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::statement::{bind, statement};
use super::{Db, StoreError, blind_index, data_keys, lookups, projections, trail, values};
use crate::auth::Operator;
use crate::schema::{areas, district, documents};
use crate::vault::What;

/// What records hold and the district's secrets are sealed.
const RECORDS: i16 = 1;

/// Who works here is sealed too: what a new district begins with.
pub(super) const PEOPLE: i16 = 2;

/// Rows sealed by one statement.
const BATCH: usize = 1_000;

/// Columns under their record's key.
const COLUMNS: [(&str, &str, &str, What); 6] = [
    ("changes", "bytes", "device_id <> 0", What::Change),
    ("records", "registers", "true", What::Registers),
    ("held", "bytes", "true", What::Held),
    ("quarantine", "bytes", "true", What::Refused),
    ("quarantine_decisions", "reason", "true", What::Reason),
    ("late_verdicts", "outcome", "true", What::Verdict),
];

/// Whether there is a district in which something lies in the open that is to be sealed.
///
/// # Errors
/// Those of the database.
pub fn is_due(db: &mut Db) -> Result<bool, StoreError> {
    let sealed: Option<i16> =
        district::table.select(district::sealed).first(db.sql()).optional()?;
    Ok(sealed.is_some_and(|step| step < PEOPLE))
}

/// Seals what is to be sealed yet.
///
/// # Errors
/// Those of the database, or [`StoreError::Keys`] without a master key.
pub fn seal(db: &mut Db, by: Operator, now_ms: i64) -> Result<(), StoreError> {
    // Whoever comes second waits here, and finds nothing left to do.
    let sealed: i16 = district::table.select(district::sealed).for_update().first(db.sql())?;
    if sealed < RECORDS {
        seal_records(db, by, now_ms)?;
    }
    if sealed < PEOPLE {
        values::seal_first(db, PEOPLE)?;
        lookups::write_anew(db)?;
    }
    diesel::update(district::table).set(district::sealed.eq(PEOPLE)).execute(db.sql())?;
    Ok(())
}

/// Makes the keys and seals what records hold; documents are put together anew from the log afterwards.
fn seal_records(db: &mut Db, by: Operator, now_ms: i64) -> Result<(), StoreError> {
    data_keys::begin(db, now_ms)?;
    values::seal_first(db, RECORDS)?;
    for (table, column, which, what) in COLUMNS {
        seal_column(db, (table, column, which), what)?;
    }
    trail::seal_first(db)?;
    diesel::delete(documents::table).execute(db.sql())?;
    let all: Vec<i64> = areas::table.select(areas::area_id).load(db.sql())?;
    for area in all {
        let scope = by.area(super::rows::area(area));
        projections::write_anew(db, &scope)?;
        blind_index::write_anew(db, &scope)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = BigInt)]
    area_id: i64,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = Binary)]
    value: Vec<u8>,
}

fn seal_column(
    db: &mut Db,
    (table, column, which): (&str, &str, &str),
    what: What,
) -> Result<(), StoreError> {
    // A cursor sees the rows as they were: what is sealed does not come again.
    diesel::sql_query(format!(
        "DECLARE to_seal NO SCROLL CURSOR FOR
         SELECT ctid::text AS place, area_id, record_id, {column} AS value FROM {table} WHERE {which}"
    ))
    .execute(db.sql())?;
    loop {
        let rows: Vec<Row> =
            diesel::sql_query(format!("FETCH {BATCH} FROM to_seal")).load(db.sql())?;
        if rows.is_empty() {
            break;
        }
        for of_area in rows.chunk_by(|a, b| a.area_id == b.area_id) {
            let Some(area) = of_area.first().map(|row| row.area_id) else { continue };
            db.ensure_keys(area, of_area.iter().map(|row| row.record_id))?;
        }
        let places: Vec<&str> = rows.iter().map(|row| row.place.as_str()).collect();
        let sealed = rows.iter().map(|row| db.seal((row.area_id, row.record_id), what, &row.value));
        let sealed: Vec<Vec<u8>> = sealed.collect::<Result<_, _>>()?;
        statement(
            &format!(
                "UPDATE {table} t SET {column} = n.value
                 FROM unnest(?, ?) AS n (place, value) WHERE t.ctid = n.place::tid"
            ),
            (bind::<Array<Text>, _>(places), bind::<Array<Binary>, _>(sealed)),
        )
        .execute(db.sql())?;
    }
    diesel::sql_query("CLOSE to_seal").execute(db.sql())?;
    Ok(())
}
