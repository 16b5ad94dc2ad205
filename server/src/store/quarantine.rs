//! Table `quarantine`: changes that were refused, kept whole and never applied. Append-only, but for
//! a record that moves: they go along (`super::carried`).

use std::collections::HashMap;

use diesel::prelude::*;
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PersonId, PushId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::record_keys::owner;
use super::rows::{
    area, area_key, device, device_key, hash, kind, person_key, push_key, record, record_key,
};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::{quarantine, quarantine_decisions as decisions};
use crate::vault::What;

/// A refused change.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The record that the phone named.
    pub record: RecordId,
    /// The kind that the phone named.
    pub kind: Kind,
    /// SHA-256 of the change.
    pub hash: ChangeHash,
    /// Why, by the catalogue of codes.
    pub code: &'static str,
    /// The field at fault.
    pub field: Option<String>,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
    /// Who pushed it.
    pub device: DeviceId,
    /// In which push.
    pub push: PushId,
}

/// Why changes were refused: the code, and the field at fault.
pub type Reasons = HashMap<(RecordId, ChangeHash), (String, Option<String>)>;

/// Keeps refused changes. It takes a bare area: what somebody may *not* do there is kept too.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    of: AreaId,
    received_at: i64,
    refused: &[Refused],
) -> Result<(), StoreError> {
    let area = area_key(of);
    db.ensure_keys(area, refused.iter().map(|refused| record_key(refused.record)))?;
    let rows = refused
        .iter()
        .map(|refused| {
            let owner = owner(of, refused.record);
            Ok((
                quarantine::area_id.eq(owner.0),
                quarantine::record_id.eq(owner.1),
                quarantine::hash.eq(refused.hash.as_bytes()),
                quarantine::kind.eq(refused.kind.number()),
                quarantine::device_id.eq(device_key(refused.device)),
                quarantine::push_id.eq(push_key(refused.push)),
                quarantine::received_at.eq(received_at),
                quarantine::code.eq(refused.code),
                quarantine::field.eq(refused.field.as_deref()),
                quarantine::bytes.eq(db.seal(owner, What::Refused, &refused.bytes)?),
            ))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    diesel::insert_into(quarantine::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(())
}

/// Why these changes of these records were refused before, for those that were.
///
/// # Errors
/// Those of the database.
pub fn reasons(
    db: &mut Db,
    of: AreaId,
    records: &[RecordId],
    hashes: &[ChangeHash],
) -> Result<Reasons, StoreError> {
    let ids: Vec<Uuid> = records.iter().copied().map(record_key).collect();
    let names: Vec<&[u8]> = hashes.iter().map(ChangeHash::as_bytes).collect();
    let rows: Vec<(Uuid, Vec<u8>, String, Option<String>)> = quarantine::table
        .filter(quarantine::area_id.eq(area_key(of)))
        .filter(quarantine::record_id.eq_any(ids))
        .filter(quarantine::hash.eq_any(names))
        .select((quarantine::record_id, quarantine::hash, quarantine::code, quarantine::field))
        .load(db.sql())?;
    rows.into_iter()
        .map(|(id, name, code, field)| Ok(((record(id), hash(&name)?), (code, field))))
        .collect()
}

/// What nobody has decided on yet in these areas, oldest first. What does not open is among it.
///
/// # Errors
/// Those of the database.
pub fn undecided(db: &mut Db, scopes: &[AreaScope], most: i64) -> Result<Vec<Kept>, StoreError> {
    let keys: Vec<i64> = scopes.iter().map(|scope| area_key(scope.area())).collect();
    let rows: Vec<Row> = quarantine::table
        .left_join(
            decisions::table.on(decisions::area_id
                .eq(quarantine::area_id)
                .and(decisions::record_id.eq(quarantine::record_id))
                .and(decisions::hash.eq(quarantine::hash))),
        )
        .filter(quarantine::area_id.eq_any(keys))
        .filter(decisions::decided_at.is_null())
        .order((quarantine::received_at, quarantine::hash))
        .limit(most)
        .select(KEPT)
        .load(db.sql())?;
    opened(db, rows)
}

/// A refused change.
///
/// # Errors
/// Those of the database.
pub fn find(
    db: &mut Db,
    scope: &AreaScope,
    id: RecordId,
    change: ChangeHash,
) -> Result<Option<Kept>, StoreError> {
    let key = (area_key(scope.area()), record_key(id), change.as_bytes());
    let row: Option<Row> = quarantine::table.find(key).select(KEPT).first(db.sql()).optional()?;
    Ok(opened(db, row.into_iter().collect())?.pop())
}

/// Every refused change of a record, decided or not, oldest first.
///
/// # Errors
/// Those of the database.
pub fn of_record(db: &mut Db, scope: &AreaScope, id: RecordId) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<Row> = quarantine::table
        .filter(quarantine::area_id.eq(area_key(scope.area())))
        .filter(quarantine::record_id.eq(record_key(id)))
        .order((quarantine::received_at, quarantine::hash))
        .select(KEPT)
        .load(db.sql())?;
    opened(db, rows)
}

/// A change in quarantine.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The area.
    pub area: AreaId,
    /// The record that the phone named.
    pub record: RecordId,
    /// The kind that the phone named.
    pub kind: Kind,
    /// SHA-256 of the change.
    pub hash: ChangeHash,
    /// Why, by the catalogue of codes.
    pub code: String,
    /// The field at fault.
    pub field: Option<String>,
    /// Who pushed it.
    pub device: DeviceId,
    /// In which push.
    pub push: PushId,
    /// When, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
    /// Whether they could be opened: otherwise there are none.
    pub opens: bool,
}

/// A decision of staff on a refused change.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Who decided.
    pub person: PersonId,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Whether it entered the log after all.
    pub adopted: bool,
    /// Why.
    pub reason: String,
}

/// Notes a decision; answers whether it is the first.
///
/// # Errors
/// Those of the database.
pub fn decide(db: &mut Db, kept: &Kept, decision: &Decision) -> Result<bool, StoreError> {
    let owner = owner(kept.area, kept.record);
    db.ensure_keys(owner.0, [owner.1])?;
    let reason = db.seal(owner, What::Reason, decision.reason.as_bytes())?;
    let noted = diesel::insert_into(decisions::table)
        .values((
            decisions::area_id.eq(area_key(kept.area)),
            decisions::record_id.eq(record_key(kept.record)),
            decisions::hash.eq(kept.hash.as_bytes()),
            decisions::person_id.eq(person_key(decision.person)),
            decisions::decided_at.eq(decision.at),
            decisions::adopted.eq(decision.adopted),
            decisions::reason.eq(reason),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(noted == 1)
}

type Row = (i64, Uuid, i16, Vec<u8>, String, Option<String>, i64, Uuid, i64, Vec<u8>);

const KEPT: (
    quarantine::area_id,
    quarantine::record_id,
    quarantine::kind,
    quarantine::hash,
    quarantine::code,
    quarantine::field,
    quarantine::device_id,
    quarantine::push_id,
    quarantine::received_at,
    quarantine::bytes,
) = (
    quarantine::area_id,
    quarantine::record_id,
    quarantine::kind,
    quarantine::hash,
    quarantine::code,
    quarantine::field,
    quarantine::device_id,
    quarantine::push_id,
    quarantine::received_at,
    quarantine::bytes,
);

fn opened(db: &mut Db, rows: Vec<Row>) -> Result<Vec<Kept>, StoreError> {
    db.fetch_keys(rows.iter().map(|row| (row.0, row.1)))?;
    let opened = |row: Row| {
        let bytes = db.open((row.0, row.1), What::Refused, &row.9).ok();
        from_row(row, bytes)
    };
    rows.into_iter().map(opened).collect()
}

fn from_row(
    (of, id, number, name, code, field, whose, push, received_at, _): Row,
    bytes: Option<Vec<u8>>,
) -> Result<Kept, StoreError> {
    Ok(Kept {
        area: area(of),
        record: record(id),
        kind: kind(number)?,
        hash: hash(&name)?,
        code,
        field,
        device: device(whose),
        push: PushId(push.into_bytes()),
        received_at,
        opens: bytes.is_some(),
        bytes: bytes.unwrap_or_default(),
    })
}
