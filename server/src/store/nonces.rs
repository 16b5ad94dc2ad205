//! Table `device_nonces`: challenges that a device has answered to get a token; each is good once.

use diesel::prelude::*;
use sync_protocol::ids::DeviceId;

use super::rows::{device_key, moment};
use super::{Db, StoreError};
use crate::schema::device_nonces as nonces;

/// Uses a challenge up until the moment when it could no longer be answered anyway; answers whether it
/// had not been used. Expired ones of the device are put away.
///
/// # Errors
/// Those of the database.
pub fn redeem(
    db: &mut Db,
    nonce: &[u8],
    whose: DeviceId,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<bool, StoreError> {
    let expired =
        nonces::device_id.eq(device_key(whose)).and(nonces::expires_at.lt(moment(now_ms)));
    diesel::delete(nonces::table.filter(expired)).execute(db.sql())?;
    let used = diesel::insert_into(nonces::table)
        .values((
            nonces::nonce.eq(nonce),
            nonces::device_id.eq(device_key(whose)),
            nonces::expires_at.eq(moment(expires_at_ms)),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(used == 1)
}
