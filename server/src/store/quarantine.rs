//! Table `quarantine`: changes that were refused, kept whole and never applied. Append-only.

use std::collections::HashMap;

use diesel::prelude::*;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::changes::Origin;
use super::rows::{area_key, device_key, hash, push_key, record, record_key};
use super::{Db, StoreError};
use crate::schema::quarantine;

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
}

/// Keeps refused changes. It takes a bare area: what somebody may *not* do there is kept too.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    area: AreaId,
    origin: Origin,
    refused: &[Refused],
) -> Result<(), StoreError> {
    let rows: Vec<_> = refused
        .iter()
        .map(|refused| {
            (
                quarantine::area_id.eq(area_key(area)),
                quarantine::record_id.eq(record_key(refused.record)),
                quarantine::hash.eq(refused.hash.as_bytes()),
                quarantine::kind.eq(refused.kind.number()),
                quarantine::device_id.eq(device_key(origin.device)),
                quarantine::push_id.eq(push_key(origin.push)),
                quarantine::received_at.eq(origin.received_at),
                quarantine::code.eq(refused.code),
                quarantine::field.eq(refused.field.as_deref()),
                quarantine::bytes.eq(refused.bytes.as_slice()),
            )
        })
        .collect();
    diesel::insert_into(quarantine::table).values(rows).on_conflict_do_nothing().execute(db)?;
    Ok(())
}

/// Why these changes of these records were refused before, for those that were.
///
/// # Errors
/// Those of the database.
#[expect(clippy::type_complexity, reason = "a map from a change to its code and field")]
pub fn reasons(
    db: &mut Db,
    area: AreaId,
    records: &[RecordId],
    hashes: &[ChangeHash],
) -> Result<HashMap<(RecordId, ChangeHash), (String, Option<String>)>, StoreError> {
    let ids: Vec<Uuid> = records.iter().copied().map(record_key).collect();
    let names: Vec<&[u8]> = hashes.iter().map(ChangeHash::as_bytes).collect();
    let rows: Vec<(Uuid, Vec<u8>, String, Option<String>)> = quarantine::table
        .filter(quarantine::area_id.eq(area_key(area)))
        .filter(quarantine::record_id.eq_any(ids))
        .filter(quarantine::hash.eq_any(names))
        .select((quarantine::record_id, quarantine::hash, quarantine::code, quarantine::field))
        .load(db)?;
    rows.into_iter()
        .map(|(id, name, code, field)| Ok(((record(id), hash(&name)?), (code, field))))
        .collect()
}

/// Everything in an area's quarantine, oldest first.
///
/// # Errors
/// Those of the database.
pub fn all(db: &mut Db, area: AreaId) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<(Uuid, Vec<u8>, String, Vec<u8>)> = quarantine::table
        .filter(quarantine::area_id.eq(area_key(area)))
        .order((quarantine::received_at, quarantine::hash))
        .select((quarantine::record_id, quarantine::hash, quarantine::code, quarantine::bytes))
        .load(db)?;
    rows.into_iter()
        .map(|(id, name, code, bytes)| {
            Ok(Kept { record: record(id), hash: hash(&name)?, code, bytes })
        })
        .collect()
}

/// A change in quarantine.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The record that the phone named.
    pub record: RecordId,
    /// SHA-256 of the change.
    pub hash: ChangeHash,
    /// Why, by the catalogue of codes.
    pub code: String,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
}
