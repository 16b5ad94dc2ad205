//! Table `device_nonces`: challenges that a device signs to get a token; each is used once.

use diesel::prelude::*;
use sync_protocol::ids::DeviceId;

use super::rows::{device_key, moment};
use super::{Db, StoreError};
use crate::schema::device_nonces as nonces;

/// Keeps a challenge until a moment, and puts expired ones of the device away.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    nonce: &[u8],
    whose: DeviceId,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    let expired =
        nonces::device_id.eq(device_key(whose)).and(nonces::expires_at.lt(moment(now_ms)));
    diesel::delete(nonces::table.filter(expired)).execute(db.sql())?;
    diesel::insert_into(nonces::table)
        .values((
            nonces::nonce.eq(nonce),
            nonces::device_id.eq(device_key(whose)),
            nonces::expires_at.eq(moment(expires_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Uses a challenge up; answers whether it was the device's and still good.
///
/// # Errors
/// Those of the database.
pub fn redeem(db: &mut Db, nonce: &[u8], whose: DeviceId, now_ms: i64) -> Result<bool, StoreError> {
    let good = nonces::nonce
        .eq(nonce)
        .and(nonces::device_id.eq(device_key(whose)))
        .and(nonces::expires_at.gt(moment(now_ms)));
    Ok(diesel::delete(nonces::table.filter(good)).execute(db.sql())? == 1)
}
