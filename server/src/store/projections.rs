//! The typed tables that staff read: `premises`, `residencies`, `visits`, `inspections` and their
//! parts. Their columns are those of the field tables, so one statement a table, made from the
//! table's name, writes them all: PostgreSQL types the JSON rows itself.

mod rows;
mod tables;

pub use tables::columns_of;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Uuid as SqlUuid};
use sync_protocol::document::Effective;
use sync_protocol::ids::{DeviceId, RecordId};
use sync_protocol::records::Kind;

use self::rows::Rows;
use super::rows::{area_key, record_key};
use super::{Db, StoreError};
use crate::auth::AreaScope;

/// A record to be projected.
#[derive(Debug)]
pub struct Projected<'e> {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its last change in the area's log.
    pub seq: u64,
    /// The device that opened it.
    pub author: DeviceId,
    /// When its last change came, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// What it says.
    pub effective: &'e Effective,
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
    let mut rows = Rows::default();
    projected.iter().for_each(|record| rows.add(scope.area(), record));
    for (kind, main) in rows.main {
        upsert_main(db, kind, main)?;
    }
    let ids: Vec<uuid::Uuid> = projected.iter().map(|p| record_key(p.record)).collect();
    for table in tables::PARTS {
        let kinds_here = projected.iter().any(|p| table.kinds.contains(&p.kind));
        let parts = rows.parts.remove(table.name).unwrap_or_default();
        // Parts are only ever added or changed, never taken away: no part, nothing to do.
        if kinds_here && !parts.is_empty() {
            replace_parts(db, scope, table.name, &ids, parts)?;
        }
    }
    Ok(())
}

fn upsert_main(db: &mut Db, kind: Kind, rows: Vec<serde_json::Value>) -> Result<(), StoreError> {
    let table = tables::main_table(kind);
    let columns = columns_of(kind).collect::<Vec<_>>();
    let set = columns.iter().map(|c| format!("{c} = excluded.{c}")).collect::<Vec<_>>().join(", ");
    let statement = format!(
        "INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1)
         ON CONFLICT (area_id, record_id) DO UPDATE SET {set}"
    );
    diesel::sql_query(statement).bind::<Jsonb, _>(serde_json::Value::Array(rows)).execute(db)?;
    Ok(())
}

fn replace_parts(
    db: &mut Db,
    scope: &AreaScope,
    table: &str,
    ids: &[uuid::Uuid],
    rows: Vec<serde_json::Value>,
) -> Result<(), StoreError> {
    diesel::sql_query(format!("DELETE FROM {table} WHERE area_id = $1 AND record_id = ANY ($2)"))
        .bind::<BigInt, _>(area_key(scope.area()))
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(db)?;
    let statement =
        format!("INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1)");
    diesel::sql_query(statement).bind::<Jsonb, _>(serde_json::Value::Array(rows)).execute(db)?;
    Ok(())
}
