//! A device's keys: the one it has stands in `devices`, those that it had in `former_device_keys`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use sync_protocol::ids::DeviceId;

use super::rows::{device, device_key, moment};
use super::{Db, StoreError};
use crate::schema::{devices, former_device_keys as former};

/// A key that a device has or had.
#[derive(Debug, Clone)]
pub struct KeySpan {
    /// Ed25519 public key.
    pub public_key: Vec<u8>,
    /// Since when, in milliseconds since 1970 UTC; nothing for the device's first key.
    pub since: Option<i64>,
}

/// The keys that these devices have or had, revoked ones' too: what they signed stays signed.
///
/// # Errors
/// Those of the database.
pub fn of(
    db: &mut Db,
    ids: impl IntoIterator<Item = DeviceId>,
) -> Result<HashMap<DeviceId, Vec<KeySpan>>, StoreError> {
    type Row = (i64, Vec<u8>, DateTime<Utc>);
    let keys: Vec<i64> = ids.into_iter().map(device_key).collect();
    let mut rows: Vec<Row> = devices::table
        .filter(devices::device_id.eq_any(&keys))
        .select((devices::device_id, devices::public_key, devices::key_since))
        .load(db.sql())?;
    rows.extend::<Vec<Row>>(
        former::table
            .filter(former::device_id.eq_any(&keys))
            .select((former::device_id, former::public_key, former::since))
            .load(db.sql())?,
    );
    let mut found: HashMap<DeviceId, Vec<KeySpan>> = HashMap::new();
    for (id, public_key, since) in rows {
        let span = KeySpan { public_key, since: Some(since.timestamp_millis()) };
        found.entry(device(id)).or_default().push(span);
    }
    for spans in found.values_mut() {
        spans.sort_by_key(|span| span.since);
        if let Some(first) = spans.first_mut() {
            first.since = None;
        }
    }
    Ok(found)
}

/// Whether a key was the device's before.
///
/// # Errors
/// Those of the database.
pub fn was(db: &mut Db, id: DeviceId, public_key: &[u8]) -> Result<bool, StoreError> {
    let found: i64 =
        former::table.find((device_key(id), public_key)).count().get_result(db.sql())?;
    Ok(found > 0)
}

/// Puts another key in the place of the one given; answers whether that was the device's.
///
/// # Errors
/// Those of the database, among them that the new key was the device's before.
pub fn replace(
    db: &mut Db,
    id: DeviceId,
    (old, new): (&[u8], &[u8]),
    now_ms: i64,
) -> Result<bool, StoreError> {
    let has = devices::table.find(device_key(id)).filter(devices::public_key.eq(old));
    let since: Option<DateTime<Utc>> =
        has.select(devices::key_since).for_update().first(db.sql()).optional()?;
    let Some(since) = since else { return Ok(false) };
    let now = moment(now_ms);
    diesel::insert_into(former::table)
        .values((
            former::device_id.eq(device_key(id)),
            former::public_key.eq(old),
            former::since.eq(since),
            former::until.eq(now),
        ))
        .execute(db.sql())?;
    diesel::update(devices::table.find(device_key(id)))
        .set((devices::public_key.eq(new), devices::key_since.eq(now)))
        .execute(db.sql())?;
    Ok(true)
}
