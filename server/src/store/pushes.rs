//! Table `pushes`: every push that brought changes, with its signature.

use diesel::prelude::*;
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PushId};
use uuid::Uuid;

use super::changes::Origin;
use super::rows::{area_key, device, device_key, push_key};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::pushes;

/// What a device signed.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'s> {
    /// Hashes of all the push's changes, in the signed order.
    pub hashes: &'s [ChangeHash],
    /// Ed25519 of the device over [`sync_protocol::keys::push_statement`].
    pub signature: &'s [u8],
}

/// A stored push.
#[derive(Debug, Clone)]
pub struct StoredPush {
    /// Who pushed.
    pub device: DeviceId,
    /// Which push.
    pub push: PushId,
    /// Names of its changes, one after another.
    pub hashes: Vec<u8>,
    /// The device's signature.
    pub signature: Vec<u8>,
    /// When it first came, in milliseconds since 1970 UTC.
    pub received_at: i64,
}

/// Keeps a push's signature; a repeated push is kept once. Answers whether what is kept under its name
/// lists these changes: a name stands for one push. It takes a bare area: what somebody may *not*
/// write there is kept in quarantine, and its signature with it.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    area: AreaId,
    origin: Origin,
    signed: Signed<'_>,
) -> Result<bool, StoreError> {
    let hashes: Vec<u8> = signed.hashes.iter().flat_map(|hash| hash.0).collect();
    let key = (area_key(area), device_key(origin.device), push_key(origin.push));
    let kept = diesel::insert_into(pushes::table)
        .values((
            pushes::area_id.eq(key.0),
            pushes::device_id.eq(key.1),
            pushes::push_id.eq(key.2),
            pushes::hashes.eq(&hashes),
            pushes::signature.eq(signed.signature),
            pushes::received_at.eq(origin.received_at),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    if kept == 1 {
        return Ok(true);
    }
    let known: Vec<u8> = pushes::table.find(key).select(pushes::hashes).first(db.sql())?;
    Ok(known == hashes)
}

/// Every device that ever pushed to the area.
///
/// # Errors
/// Those of the database.
pub fn devices(db: &mut Db, scope: &AreaScope) -> Result<Vec<DeviceId>, StoreError> {
    let keys: Vec<i64> = pushes::table
        .filter(pushes::area_id.eq(area_key(scope.area())))
        .select(pushes::device_id)
        .distinct()
        .load(db.sql())?;
    Ok(keys.into_iter().map(device).collect())
}

type PushRow = (i64, Uuid, Vec<u8>, Vec<u8>, i64);

/// The area's pushes of these ids, of whatever devices.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, scope: &AreaScope, ids: &[PushId]) -> Result<Vec<StoredPush>, StoreError> {
    let keys: Vec<Uuid> = ids.iter().copied().map(push_key).collect();
    let rows: Vec<PushRow> = pushes::table
        .filter(pushes::area_id.eq(area_key(scope.area())))
        .filter(pushes::push_id.eq_any(keys))
        .select((
            pushes::device_id,
            pushes::push_id,
            pushes::hashes,
            pushes::signature,
            pushes::received_at,
        ))
        .load(db.sql())?;
    let stored = |(whose, push, hashes, signature, received_at): PushRow| StoredPush {
        device: device(whose),
        push: PushId(push.into_bytes()),
        hashes,
        signature,
        received_at,
    };
    Ok(rows.into_iter().map(stored).collect())
}
