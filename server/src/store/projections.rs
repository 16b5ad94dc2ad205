//! The typed tables that staff read: `premises`, `residencies`, `visits`, `inspections`, a row a
//! record. Their columns are those fields of the field tables that lie in the open, so one statement a
//! table, made from these, writes them.

mod rows;
mod tables;

pub use tables::columns_of;

use std::collections::HashMap;
use std::sync::LazyLock;

use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, HasSqlType, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _};
use sync_protocol::document::Registers;
use sync_protocol::ids::{DeviceId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use self::rows::{ROOM, fill};
use super::records::StoredRegisters;
use super::row_value::{InspectionRow, PremisesRow, ResidencyRow, RowType, Rows, VisitRow};
use super::rows::{area_key, device, record, record_key, seq};
use super::statement::{bind, statement};
use super::{Db, StoreError, records};
use crate::auth::AreaScope;

/// A record to be projected.
#[derive(Debug)]
pub struct Projected<'r> {
    /// The record.
    pub record: RecordId,
    /// Its last change in the area's log.
    pub seq: u64,
    /// The device that opened it.
    pub author: DeviceId,
    /// When its last change came, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// What it says.
    pub registers: &'r Registers,
}

/// Writes what the records say into the typed tables.
///
/// # Errors
/// Those of the database.
pub fn write(
    db: &mut Db,
    scope: &AreaScope,
    projected: &[Projected<'_>],
) -> Result<(), StoreError> {
    for kind in Kind::ALL {
        let of_kind = projected.iter().filter(|record| record.registers.kind == kind);
        let of_kind: Vec<&Projected<'_>> = of_kind.collect();
        if of_kind.is_empty() {
            continue;
        }
        match kind {
            Kind::Premises => upsert::<PremisesRow>(db, scope, kind, &of_kind)?,
            Kind::Residency => upsert::<ResidencyRow>(db, scope, kind, &of_kind)?,
            Kind::Visit => upsert::<VisitRow>(db, scope, kind, &of_kind)?,
            Kind::Inspection => upsert::<InspectionRow>(db, scope, kind, &of_kind)?,
        }
    }
    Ok(())
}

/// Where a row comes from, beside what its record says.
#[derive(QueryableByName)]
struct OriginRow {
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = BigInt)]
    author: i64,
    #[diesel(sql_type = BigInt)]
    received_at: i64,
}

/// Writes every row of the area anew from its record's registers.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn write_anew(db: &mut Db, scope: &AreaScope) -> Result<(), StoreError> {
    let all: HashMap<RecordId, StoredRegisters> = records::all(db, scope)?.into_iter().collect();
    for table in Kind::ALL.map(tables::table_of) {
        let statement =
            format!("SELECT record_id, seq, author, received_at FROM {table} WHERE area_id = $1");
        let rows: Vec<OriginRow> = diesel::sql_query(statement)
            .bind::<BigInt, _>(area_key(scope.area()))
            .load(db.sql())?;
        let projected = rows.iter().filter_map(|row| {
            let id = record(row.record_id);
            Some(Projected {
                record: id,
                seq: seq(row.seq),
                author: device(row.author),
                received_at: row.received_at,
                registers: &all.get(&id)?.registers,
            })
        });
        write(db, scope, &projected.collect::<Vec<_>>())?;
    }
    Ok(())
}

fn upsert<T: RowType>(
    db: &mut Db,
    scope: &AreaScope,
    kind: Kind,
    projected: &[&Projected<'_>],
) -> Result<(), StoreError>
where
    Pg: HasSqlType<T>,
{
    let mut rows = Rows::<T>::with_room(projected.len() * ROOM);
    for record in projected {
        rows.add(|row| fill(row, scope.area(), record))?;
    }
    statement(upsert_of(kind), bind::<Array<T>, _>(rows)).execute(db.sql())?;
    Ok(())
}

/// Takes every row of the area out of the typed tables, before they are written anew from the log.
///
/// # Errors
/// Those of the database.
pub fn clear(db: &mut Db, scope: &AreaScope) -> Result<(), StoreError> {
    for table in Kind::ALL.map(tables::table_of) {
        diesel::sql_query(format!("DELETE FROM {table} WHERE area_id = $1"))
            .bind::<BigInt, _>(area_key(scope.area()))
            .execute(db.sql())?;
    }
    Ok(())
}

/// Takes a record's row out: it has left the area.
///
/// # Errors
/// Those of the database.
pub fn remove(
    db: &mut Db,
    scope: &AreaScope,
    kind: Kind,
    record: RecordId,
) -> Result<(), StoreError> {
    let table = tables::table_of(kind);
    diesel::sql_query(format!("DELETE FROM {table} WHERE area_id = $1 AND record_id = $2"))
        .bind::<BigInt, _>(area_key(scope.area()))
        .bind::<diesel::sql_types::Uuid, _>(record_key(record))
        .execute(db.sql())?;
    Ok(())
}

/// The statement that writes rows of a kind, made once.
fn upsert_of(kind: Kind) -> &'static str {
    static STATEMENTS: LazyLock<Vec<(Kind, String)>> =
        LazyLock::new(|| Kind::ALL.map(|kind| (kind, upsert_words(kind))).to_vec());
    let found = STATEMENTS.iter().find(|(of, _)| *of == kind);
    found.map_or("", |(_, statement)| statement.as_str())
}

fn upsert_words(kind: Kind) -> String {
    let table = tables::table_of(kind);
    let columns: Vec<&str> = columns_of(kind).collect();
    let set: Vec<String> = columns.iter().map(|c| format!("{c} = excluded.{c}")).collect();
    format!(
        "INSERT INTO {table} (area_id, record_id, {}) SELECT * FROM unnest(?)
         ON CONFLICT (area_id, record_id) DO UPDATE SET {}",
        columns.join(", "),
        set.join(", ")
    )
}
