//! The typed tables that staff read: `premises`, `residencies`, `visits`, `inspections`, a row a
//! record. Their columns are those of the field tables, so one statement a table, made from the
//! table's name, writes them: PostgreSQL types the JSON rows itself.

mod rows;
mod tables;

pub use tables::columns_of;

use std::sync::LazyLock;

use diesel::RunQueryDsl as _;
use diesel::sql_types::{BigInt, Text};
use sync_protocol::document::Registers;
use sync_protocol::ids::{DeviceId, RecordId};
use sync_protocol::records::Kind;

use self::rows::Row;
use super::statement::{bind, statement};
use super::{Db, StoreError};
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
    let area = scope.area();
    for kind in Kind::ALL {
        let of_kind = projected.iter().filter(|record| record.registers.kind == kind);
        let rows: Vec<Row<'_>> = of_kind.map(|record| Row { area, record }).collect();
        if !rows.is_empty() {
            let rows = serde_json::to_string(&rows)
                .map_err(|_| StoreError::Corrupt("a record's registers"))?;
            statement(upsert(kind), bind::<Text, _>(rows)).execute(db)?;
        }
    }
    Ok(())
}

/// Takes every row of the area out of the typed tables, before they are written anew from the log.
///
/// # Errors
/// Those of the database.
pub fn clear(db: &mut Db, scope: &AreaScope) -> Result<(), StoreError> {
    for table in Kind::ALL.map(tables::table_of) {
        diesel::sql_query(format!("DELETE FROM {table} WHERE area_id = $1"))
            .bind::<BigInt, _>(super::rows::area_key(scope.area()))
            .execute(db)?;
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
        .bind::<BigInt, _>(super::rows::area_key(scope.area()))
        .bind::<diesel::sql_types::Uuid, _>(super::rows::record_key(record))
        .execute(db)?;
    Ok(())
}

/// The statement that writes rows of a kind, made once.
fn upsert(kind: Kind) -> &'static str {
    static STATEMENTS: LazyLock<Vec<(Kind, String)>> =
        LazyLock::new(|| Kind::ALL.iter().map(|kind| (*kind, upsert_of(*kind))).collect());
    let found = STATEMENTS.iter().find(|(of, _)| *of == kind);
    found.map_or("", |(_, statement)| statement.as_str())
}

fn upsert_of(kind: Kind) -> String {
    let table = tables::table_of(kind);
    let set: Vec<String> = columns_of(kind).map(|c| format!("{c} = excluded.{c}")).collect();
    format!(
        "INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, ?::jsonb)
         ON CONFLICT (area_id, record_id) DO UPDATE SET {}",
        set.join(", ")
    )
}
