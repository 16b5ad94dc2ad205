//! Table `held`: changes that build on others that have not arrived.

use diesel::prelude::*;
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PushId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::changes::Origin;
use super::rows::{area, area_key, device, device_key, hash, kind, push_key, record, record_key};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::held;
use crate::vault::What;

/// A change that is to wait.
#[derive(Debug, Clone)]
pub struct NewHeld {
    /// The record.
    pub record: RecordId,
    /// The kind that the phone gave.
    pub kind: Kind,
    /// Its name.
    pub hash: ChangeHash,
    /// What it waits for.
    pub missing: Vec<ChangeHash>,
    /// The change.
    pub bytes: Vec<u8>,
}

/// A change that waits.
#[derive(Debug, Clone)]
pub struct Held {
    /// The change.
    pub change: NewHeld,
    /// Who pushed it.
    pub device: DeviceId,
    /// In which push.
    pub push: PushId,
    /// When, in milliseconds since 1970 UTC.
    pub received_at: i64,
}

/// Keeps changes; one that waits already goes on waiting.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    scope: &AreaScope,
    origin: Origin,
    new: &[NewHeld],
) -> Result<(), StoreError> {
    let area = area_key(scope.area());
    db.ensure_keys(area, new.iter().map(|change| record_key(change.record)))?;
    let rows = new
        .iter()
        .map(|change| {
            let owner = (area, record_key(change.record));
            Ok((
                held::area_id.eq(area),
                held::record_id.eq(owner.1),
                held::hash.eq(change.hash.as_bytes()),
                held::kind.eq(change.kind.number()),
                held::device_id.eq(device_key(origin.device)),
                held::push_id.eq(push_key(origin.push)),
                held::received_at.eq(origin.received_at),
                held::missing.eq(change.missing.iter().flat_map(|h| h.0).collect::<Vec<u8>>()),
                held::bytes.eq(db.seal(owner, What::Held, &change.bytes)?),
            ))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    diesel::insert_into(held::table).values(rows).on_conflict_do_nothing().execute(db.sql())?;
    Ok(())
}

/// What waits in these records, oldest first. What does not open goes on waiting.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn of_records(
    db: &mut Db,
    scope: &AreaScope,
    records: &[RecordId],
) -> Result<Vec<Held>, StoreError> {
    let ids: Vec<Uuid> = records.iter().copied().map(record_key).collect();
    let rows: Vec<Row> = held::table
        .filter(held::area_id.eq(area_key(scope.area())))
        .filter(held::record_id.eq_any(ids))
        .order((held::received_at, held::hash))
        .select(COLUMNS)
        .load(db.sql())?;
    let area = area_key(scope.area());
    let held = opened(db, rows.into_iter().map(|row| (area, row)).collect())?;
    Ok(held.into_iter().map(|(_, held)| held).collect())
}

/// Records of an area in which changes have waited since before a moment. Only this file makes it, from
/// the rows.
#[derive(Debug)]
pub struct Overdue {
    area: AreaId,
    records: Vec<RecordId>,
}

impl Overdue {
    /// The area.
    pub fn area(&self) -> AreaId {
        self.area
    }

    /// The records.
    pub fn records(&self) -> &[RecordId] {
        &self.records
    }
}

/// Where changes have waited since before a moment.
///
/// # Errors
/// Those of the database.
pub fn overdue(db: &mut Db, moment_ms: i64) -> Result<Vec<Overdue>, StoreError> {
    let rows: Vec<(i64, Uuid)> = held::table
        .filter(held::received_at.lt(moment_ms))
        .order((held::area_id, held::record_id))
        .select((held::area_id, held::record_id))
        .distinct()
        .load(db.sql())?;
    let of_area = |rows: &[(i64, Uuid)]| Overdue {
        area: area(rows.first().map_or(0, |row| row.0)),
        records: rows.iter().map(|row| record(row.1)).collect(),
    };
    Ok(rows.chunk_by(|one, other| one.0 == other.0).map(of_area).collect())
}

/// Takes a change out: it was released or given up. Answers whether it had been waiting until now.
///
/// # Errors
/// Those of the database.
pub fn delete(
    db: &mut Db,
    of: AreaId,
    record: RecordId,
    change: ChangeHash,
) -> Result<bool, StoreError> {
    let row = held::table.find((area_key(of), record_key(record), change.as_bytes()));
    Ok(diesel::delete(row).execute(db.sql())? > 0)
}

type Row = (Uuid, i16, Vec<u8>, Vec<u8>, Vec<u8>, i64, Uuid, i64);

const COLUMNS: (
    held::record_id,
    held::kind,
    held::hash,
    held::missing,
    held::bytes,
    held::device_id,
    held::push_id,
    held::received_at,
) = (
    held::record_id,
    held::kind,
    held::hash,
    held::missing,
    held::bytes,
    held::device_id,
    held::push_id,
    held::received_at,
);

fn opened(db: &mut Db, rows: Vec<(i64, Row)>) -> Result<Vec<(AreaId, Held)>, StoreError> {
    db.fetch_keys(rows.iter().map(|(of, row)| (*of, row.0)))?;
    let opened = |(of, mut row): (i64, Row)| {
        row.4 = db.open((of, row.0), What::Held, &row.4).ok()?;
        Some(from_row(row).map(|held| (area(of), held)))
    };
    rows.into_iter().filter_map(opened).collect()
}

fn from_row(
    (id, number, name, missing, bytes, whose, push, received_at): Row,
) -> Result<Held, StoreError> {
    let missing = missing.chunks(32).map(hash).collect::<Result<Vec<_>, _>>()?;
    let change =
        NewHeld { record: record(id), kind: kind(number)?, hash: hash(&name)?, missing, bytes };
    Ok(Held { change, device: device(whose), push: PushId(push.into_bytes()), received_at })
}
