//! Table `moved`: records that left an area and have not come back. It follows from the log, but for
//! whether the other area has them yet. A departure that a row notes is the proof by which the other end
//! of the move is written: see [`crate::auth::AreaScope::left_for`].

use std::collections::HashMap;

use diesel::prelude::*;
use sync_protocol::ids::{AreaId, RecordId};
use uuid::Uuid;

use super::rows::{area, area_key, record, record_key, seq, seq_key};
use super::{Db, StoreError};
use crate::auth::{AreaScope, PhoneScope};
use crate::schema::moved;

/// A record that left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// The record.
    pub record: RecordId,
    /// The departure's place in the log of the area that it left.
    pub seq: u64,
    /// Where it went.
    pub to: AreaId,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Whether it is there, with all that waited or was refused of it.
    pub arrived: bool,
}

/// A departure of which there is a row. Only this file makes it, from the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    from: AreaId,
    left: Departure,
}

impl Noted {
    /// The area that the record left.
    pub fn from(&self) -> AreaId {
        self.from
    }
}

impl std::ops::Deref for Noted {
    type Target = Departure;

    fn deref(&self) -> &Departure {
        &self.left
    }
}

type Row = (Uuid, i64, i64, i64, bool);

const COLUMNS: (moved::record_id, moved::seq, moved::to_area, moved::at, moved::arrived) =
    (moved::record_id, moved::seq, moved::to_area, moved::at, moved::arrived);

fn from_row((id, place, to, at, arrived): Row) -> Departure {
    Departure { record: record(id), seq: seq(place), to: area(to), at, arrived }
}

/// Those of these records that have left.
///
/// # Errors
/// Those of the database.
pub fn find(
    db: &mut Db,
    scope: &AreaScope,
    records: &[RecordId],
) -> Result<HashMap<RecordId, Noted>, StoreError> {
    in_area(db, scope.area(), records)
}

/// Whether a record left an area, as whoever has a phone may know of any: it reads nothing else there.
///
/// # Errors
/// Those of the database.
pub fn went(
    db: &mut Db,
    _by: &PhoneScope,
    from: AreaId,
    id: RecordId,
) -> Result<Option<Noted>, StoreError> {
    Ok(in_area(db, from, &[id])?.remove(&id))
}

fn in_area(
    db: &mut Db,
    from: AreaId,
    records: &[RecordId],
) -> Result<HashMap<RecordId, Noted>, StoreError> {
    if records.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = records.iter().copied().map(record_key).collect();
    let rows: Vec<Row> = moved::table
        .filter(moved::area_id.eq(area_key(from)))
        .filter(moved::record_id.eq_any(ids))
        .select(COLUMNS)
        .load(db.sql())?;
    let noted = |row| Noted { from, left: from_row(row) };
    Ok(rows.into_iter().map(noted).map(|noted| (noted.record, noted)).collect())
}

/// Whether one of these records has left. It asks nothing when there are none.
///
/// # Errors
/// Those of the database.
pub fn any(db: &mut Db, scope: &AreaScope, records: &[RecordId]) -> Result<bool, StoreError> {
    Ok(!find(db, scope, records)?.is_empty())
}

/// Departures after a place, in the order of the log.
///
/// # Errors
/// Those of the database.
pub fn after(
    db: &mut Db,
    scope: &AreaScope,
    place: u64,
    most: usize,
) -> Result<Vec<Departure>, StoreError> {
    let rows: Vec<Row> = moved::table
        .filter(moved::area_id.eq(area_key(scope.area())))
        .filter(moved::seq.gt(seq_key(place)))
        .order(moved::seq)
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(COLUMNS)
        .load(db.sql())?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Every record that left for one area.
///
/// # Errors
/// Those of the database.
pub fn gone_to(db: &mut Db, scope: &AreaScope, to: AreaId) -> Result<Vec<Noted>, StoreError> {
    let rows: Vec<Row> = moved::table
        .filter(moved::area_id.eq(area_key(scope.area())))
        .filter(moved::to_area.eq(area_key(to)))
        .order(moved::seq)
        .select(COLUMNS)
        .load(db.sql())?;
    let noted = |row| Noted { from: scope.area(), left: from_row(row) };
    Ok(rows.into_iter().map(noted).collect())
}

/// Departures from any area whose records have not arrived yet, oldest first.
///
/// # Errors
/// Those of the database.
pub fn under_way(db: &mut Db, most: i64) -> Result<Vec<Noted>, StoreError> {
    let rows: Vec<(i64, Row)> = moved::table
        .filter(diesel::dsl::not(moved::arrived))
        .order((moved::at, moved::seq))
        .limit(most)
        .select((moved::area_id, COLUMNS))
        .load(db.sql())?;
    let noted = |(from, row)| Noted { from: area(from), left: from_row(row) };
    Ok(rows.into_iter().map(noted).collect())
}

/// Departures of a record from any area where it has not arrived yet, oldest first.
///
/// # Errors
/// Those of the database.
pub fn of_under_way(db: &mut Db, id: RecordId) -> Result<Vec<Noted>, StoreError> {
    let rows: Vec<(i64, Row)> = moved::table
        .filter(diesel::dsl::not(moved::arrived))
        .filter(moved::record_id.eq(record_key(id)))
        .order((moved::at, moved::seq))
        .select((moved::area_id, COLUMNS))
        .load(db.sql())?;
    let noted = |(from, row)| Noted { from: area(from), left: from_row(row) };
    Ok(rows.into_iter().map(noted).collect())
}

/// Notes a departure.
///
/// # Errors
/// Those of the database.
pub fn insert(db: &mut Db, scope: &AreaScope, new: &Departure) -> Result<Noted, StoreError> {
    diesel::insert_into(moved::table)
        .values((
            moved::area_id.eq(area_key(scope.area())),
            moved::record_id.eq(record_key(new.record)),
            moved::seq.eq(seq_key(new.seq)),
            moved::to_area.eq(area_key(new.to)),
            moved::at.eq(new.at),
            moved::arrived.eq(new.arrived),
        ))
        .execute(db.sql())?;
    Ok(Noted { from: scope.area(), left: *new })
}

/// Notes that a record that left has arrived.
///
/// # Errors
/// Those of the database.
pub fn set_arrived(db: &mut Db, scope: &AreaScope, left: &Departure) -> Result<(), StoreError> {
    let row = moved::table.find((area_key(scope.area()), record_key(left.record)));
    diesel::update(row.filter(moved::seq.eq(seq_key(left.seq))))
        .set(moved::arrived.eq(true))
        .execute(db.sql())?;
    Ok(())
}

/// A record has come back.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &mut Db, scope: &AreaScope, id: RecordId) -> Result<(), StoreError> {
    diesel::delete(moved::table.find((area_key(scope.area()), record_key(id))))
        .execute(db.sql())?;
    Ok(())
}

/// Puts these in place of all that are noted for the area. One that was known to have arrived stays
/// so; of the others it is looked at again.
///
/// # Errors
/// Those of the database.
pub fn replace(db: &mut Db, scope: &AreaScope, left: &[Departure]) -> Result<(), StoreError> {
    let ids: Vec<RecordId> = left.iter().map(|left| left.record).collect();
    let known = find(db, scope, &ids)?;
    let of_area = moved::table.filter(moved::area_id.eq(area_key(scope.area())));
    diesel::delete(of_area).execute(db.sql())?;
    for left in left {
        let same = known.get(&left.record).filter(|known| known.seq == left.seq);
        let arrived = same.is_some_and(|known| known.arrived);
        insert(db, scope, &Departure { arrived, ..*left })?;
    }
    Ok(())
}
