//! Which homes of an area are meant, and what hangs on them: residencies, visits, inspections. Read
//! from the typed tables.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use sync_protocol::ids::RecordId;
use uuid::Uuid;

use super::rows::{area_key, record, record_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;

/// Which homes.
#[derive(Debug, Clone)]
pub enum Homes {
    /// These records.
    Records(Vec<RecordId>),
    /// Those of a building.
    Building(String),
    /// Those whose standard address code begins with this.
    AddressCode(String),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
}

/// The homes that the area has of those.
///
/// # Errors
/// Those of the database.
pub fn homes(db: &mut Db, scope: &AreaScope, which: &Homes) -> Result<Vec<RecordId>, StoreError> {
    let (ids, building, code) = match which {
        Homes::Records(ids) => (Some(ids), None, None),
        Homes::Building(building) => (None, Some(building), None),
        Homes::AddressCode(code) => (None, None, Some(code)),
    };
    let ids: Option<Vec<Uuid>> = ids.map(|ids| ids.iter().copied().map(record_key).collect());
    let rows: Vec<Row> = statement(
        "SELECT record_id FROM premises
          WHERE area_id = ?
            AND (record_id = ANY(?) OR building = ? OR starts_with(address_code, ?))
          ORDER BY address_code, record_id",
        (
            bind::<BigInt, _>(area_key(scope.area())),
            bind::<Nullable<Array<SqlUuid>>, _>(ids),
            bind::<Nullable<Text>, _>(building),
            bind::<Nullable<Text>, _>(code),
        ),
    )
    .load(db.sql())?;
    Ok(rows.into_iter().map(|row| record(row.record_id)).collect())
}

/// What the area has of everything that names one of these homes.
///
/// # Errors
/// Those of the database.
pub fn dependants(
    db: &mut Db,
    scope: &AreaScope,
    homes: &[RecordId],
) -> Result<Vec<RecordId>, StoreError> {
    let ids: Vec<Uuid> = homes.iter().copied().map(record_key).collect();
    let rows: Vec<Row> = statement(
        "SELECT t.record_id
           FROM (SELECT area_id, record_id, premises FROM residencies
                 UNION ALL SELECT area_id, record_id, premises FROM visits
                 UNION ALL SELECT area_id, record_id, premises FROM inspections) t
          WHERE t.area_id = ? AND t.premises = ANY(?)
          ORDER BY t.record_id",
        (bind::<BigInt, _>(area_key(scope.area())), bind::<Array<SqlUuid>, _>(ids)),
    )
    .load(db.sql())?;
    Ok(rows.into_iter().map(|row| record(row.record_id)).collect())
}
