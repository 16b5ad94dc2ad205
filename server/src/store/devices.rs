//! Table `devices`: phones that have enrolled.

use std::collections::HashMap;

use diesel::prelude::*;
use sync_protocol::ids::{DeviceId, PersonId};
use uuid::Uuid;

use super::rows::{device, device_key, moment, person, person_key};
use super::{Db, StoreError};
use crate::schema::{devices, people};

/// A device that enrols.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// 64 random bits.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// Ed25519 public key.
    pub public_key: [u8; 32],
    /// What the person calls it.
    pub name: String,
    /// App and version.
    pub app: String,
}

/// A device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// Ed25519 public key.
    pub public_key: Vec<u8>,
}

/// Who writes with a device.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The person.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// What the person calls the device.
    pub device_name: String,
}

/// Enters a device.
///
/// # Errors
/// Those of the database.
pub fn insert(db: &mut Db, new: &NewDevice, now_ms: i64) -> Result<(), StoreError> {
    diesel::insert_into(devices::table)
        .values((
            devices::device_id.eq(device_key(new.id)),
            devices::person_id.eq(person_key(new.person)),
            devices::public_key.eq(new.public_key.as_slice()),
            devices::name.eq(&new.name),
            devices::app.eq(&new.app),
            devices::enrolled_at.eq(moment(now_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// A device, unless it is revoked.
///
/// # Errors
/// Those of the database.
pub fn find_active(db: &mut Db, id: DeviceId) -> Result<Option<Device>, StoreError> {
    let found = find_any(db, id)?;
    Ok(found.and_then(|(device, revoked)| (!revoked).then_some(device)))
}

/// The person, the key, whether it is revoked.
type Row = (Uuid, Vec<u8>, bool);

/// A device that has ever enrolled, and whether it is revoked.
///
/// # Errors
/// Those of the database.
pub fn find_any(db: &mut Db, id: DeviceId) -> Result<Option<(Device, bool)>, StoreError> {
    let revoked = devices::revoked_at.is_not_null();
    let row: Option<Row> = devices::table
        .filter(devices::device_id.eq(device_key(id)))
        .select((devices::person_id, devices::public_key, revoked))
        .first(db.sql())
        .optional()?;
    Ok(row.map(|(whose, public_key, revoked)| {
        (Device { id, person: person(whose), public_key }, revoked)
    }))
}

/// Revokes a device; answers whether there was one to revoke.
///
/// # Errors
/// Those of the database.
pub fn revoke(db: &mut Db, id: DeviceId, now_ms: i64) -> Result<bool, StoreError> {
    let active = devices::table.find(device_key(id)).filter(devices::revoked_at.is_null());
    let revoked =
        diesel::update(active).set(devices::revoked_at.eq(moment(now_ms))).execute(db.sql())?;
    Ok(revoked > 0)
}

/// Who writes with these devices.
///
/// # Errors
/// Those of the database.
pub fn writers(
    db: &mut Db,
    ids: impl IntoIterator<Item = DeviceId>,
) -> Result<HashMap<DeviceId, Writer>, StoreError> {
    let keys: Vec<i64> = ids.into_iter().map(device_key).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, Uuid, String, String)> = devices::table
        .inner_join(people::table)
        .filter(devices::device_id.eq_any(keys))
        .select((devices::device_id, people::person_id, people::name, devices::name))
        .load(db.sql())?;
    let writer = |(id, whose, name, device_name)| {
        (device(id), Writer { person: person(whose), name, device_name })
    };
    Ok(rows.into_iter().map(writer).collect())
}

/// The public keys of these devices, revoked ones too: what they signed stays signed.
///
/// # Errors
/// Those of the database.
pub fn public_keys(
    db: &mut Db,
    ids: impl IntoIterator<Item = DeviceId>,
) -> Result<HashMap<DeviceId, Vec<u8>>, StoreError> {
    let keys: Vec<i64> = ids.into_iter().map(device_key).collect();
    let rows: Vec<(i64, Vec<u8>)> = devices::table
        .filter(devices::device_id.eq_any(keys))
        .select((devices::device_id, devices::public_key))
        .load(db.sql())?;
    Ok(rows.into_iter().map(|(id, key)| (device(id), key)).collect())
}

/// The device of a person that has this key, if there is one.
///
/// # Errors
/// Those of the database.
pub fn find_by_key(
    db: &mut Db,
    whose: PersonId,
    public_key: &[u8],
) -> Result<Option<DeviceId>, StoreError> {
    let id: Option<i64> = devices::table
        .filter(devices::person_id.eq(person_key(whose)))
        .filter(devices::public_key.eq(public_key))
        .filter(devices::revoked_at.is_null())
        .select(devices::device_id)
        .first(db.sql())
        .optional()?;
    Ok(id.map(device))
}
