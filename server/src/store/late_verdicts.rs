//! Table `late_verdicts`: what became of changes after their push was answered.

use diesel::dsl::max;
use diesel::prelude::*;
use sync_protocol::ids::{AreaId, DeviceId};
use sync_protocol::wire::{LateVerdict, Verdict, decode, encode};
use uuid::Uuid;

use super::record_keys::owner;
use super::rows::{device_key, hash, record};
use super::{Db, StoreError};
use crate::schema::late_verdicts as late;
use crate::vault::What;

type Row = (i64, i64, Uuid, Vec<u8>, Vec<u8>);

/// At most so many are told in one answer; the rest in the next.
const MOST: i64 = 200;

/// Notes a verdict for a device, under the lock of the verdict's area. Two areas at once may draw
/// the same number: the second then fails and is tried again with its push.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    area: AreaId,
    device: DeviceId,
    verdict: &Verdict,
    at: i64,
) -> Result<(), StoreError> {
    let last: Option<i64> = late::table
        .filter(late::device_id.eq(device_key(device)))
        .select(max(late::number))
        .first(db.sql())?;
    // Numbers go on from the clock where a device has noted everything: they never come twice.
    let number = last.map_or(at, |last| last + 1).max(at);
    let owner = owner(area, verdict.record);
    db.ensure_keys(owner.0, [owner.1])?;
    let outcome = db.seal(owner, What::Verdict, &encode(&verdict.outcome))?;
    diesel::insert_into(late::table)
        .values((
            late::device_id.eq(device_key(device)),
            late::number.eq(number),
            late::area_id.eq(owner.0),
            late::record_id.eq(owner.1),
            late::hash.eq(verdict.hash.as_bytes()),
            late::outcome.eq(outcome),
            late::at.eq(at),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// What a device has not noted yet, oldest first.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn after(db: &mut Db, device: DeviceId, seen: u64) -> Result<Vec<LateVerdict>, StoreError> {
    let rows: Vec<Row> = late::table
        .filter(late::device_id.eq(device_key(device)))
        .filter(late::number.gt(seen.cast_signed()))
        .order(late::number)
        .limit(MOST)
        .select((late::number, late::area_id, late::record_id, late::hash, late::outcome))
        .load(db.sql())?;
    db.fetch_keys(rows.iter().map(|(_, of, id, ..)| (*of, *id)))?;
    rows.into_iter()
        .filter_map(|(number, of, id, name, outcome)| {
            // What was said of a record that is erased says nothing any more; what does not open comes
            // out when the phone pushes that change again.
            let outcome = db.open((of, id), What::Verdict, &outcome).ok()?;
            Some((number, id, name, outcome))
        })
        .map(|(number, id, name, outcome)| {
            let outcome = decode(&outcome).map_err(|_| StoreError::Corrupt("a late verdict"))?;
            let verdict = Verdict { record: record(id), hash: hash(&name)?, outcome };
            Ok(LateVerdict { number: number.cast_unsigned(), verdict })
        })
        .collect()
}

/// Puts away what a device has noted, but for the last, from which numbers go on.
///
/// # Errors
/// Those of the database.
pub fn forget(db: &mut Db, device: DeviceId, seen: u64) -> Result<(), StoreError> {
    let noted = late::device_id.eq(device_key(device)).and(late::number.lt(seen.cast_signed()));
    diesel::delete(late::table.filter(noted)).execute(db.sql())?;
    Ok(())
}
