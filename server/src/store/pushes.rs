//! Table `pushes`: every push that brought changes, with its signature.

use diesel::prelude::*;
use sync_protocol::ids::{ChangeHash, DeviceId};

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

/// Keeps a push's signature; a repeated push is kept once.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    scope: &AreaScope,
    origin: Origin,
    signed: Signed<'_>,
) -> Result<(), StoreError> {
    diesel::insert_into(pushes::table)
        .values((
            pushes::area_id.eq(area_key(scope.area())),
            pushes::device_id.eq(device_key(origin.device)),
            pushes::push_id.eq(push_key(origin.push)),
            pushes::hashes.eq(signed.hashes.iter().flat_map(|h| h.0).collect::<Vec<u8>>()),
            pushes::signature.eq(signed.signature),
            pushes::received_at.eq(origin.received_at),
        ))
        .on_conflict_do_nothing()
        .execute(db)?;
    Ok(())
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
        .load(db)?;
    Ok(keys.into_iter().map(device).collect())
}
