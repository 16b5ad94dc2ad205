//! Table `devices`: phones that have enrolled.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Uuid as SqlUuid};
use sync_protocol::ids::{DeviceId, PersonId};
use uuid::Uuid;

use super::rows::{device, device_key, moment, person, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError, people};
use crate::schema::{self, devices, district};
use crate::vault::What;

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
    /// How often what the person may do was changed, for [`super::people::Term`].
    pub changes: i64,
    /// How it stands.
    pub standing: Standing,
    /// Which of the district's signing keys signs tokens now.
    pub signing_number: i64,
}

/// How a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In use.
    Active,
    /// Set aside for a while: it reads and writes nothing, and keeps what it has.
    Suspended,
    /// Ended for good: it may hand in what it has, and nothing else.
    Revoked,
}

impl Standing {
    pub(super) fn of(revoked: bool, suspended: bool) -> Self {
        match (revoked, suspended) {
            (true, _) => Self::Revoked,
            (false, true) => Self::Suspended,
            (false, false) => Self::Active,
        }
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }
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
    let name = seal_name(db, new.id, &new.name)?;
    diesel::insert_into(devices::table)
        .values((
            devices::device_id.eq(device_key(new.id)),
            devices::person_id.eq(person_key(new.person)),
            devices::public_key.eq(new.public_key.as_slice()),
            devices::name.eq(name),
            devices::app.eq(&new.app),
            devices::enrolled_at.eq(moment(now_ms)),
            devices::key_since.eq(moment(now_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// A device that is in use.
///
/// # Errors
/// Those of the database.
pub fn find_active(db: &mut Db, id: DeviceId) -> Result<Option<Device>, StoreError> {
    Ok(find(db, id)?.filter(|device| device.standing == Standing::Active))
}

/// The person, the key, how often the person's roles and the tree of areas were changed, whether it is
/// revoked and suspended, and the signing key's number.
type Row = (Uuid, Vec<u8>, i64, Option<i64>, bool, bool, Option<i64>);

/// A device that has ever enrolled, as it stands now.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, id: DeviceId) -> Result<Option<Device>, StoreError> {
    let row: Option<Row> = devices::table
        .inner_join(schema::people::table)
        .filter(devices::device_id.eq(device_key(id)))
        .select((
            devices::person_id,
            devices::public_key,
            schema::people::grants,
            district::table.select(district::grants).single_value(),
            devices::revoked_at.is_not_null(),
            devices::suspended_at.is_not_null(),
            district::table.select(district::signing_number).single_value(),
        ))
        .first(db.sql())
        .optional()?;
    Ok(row.map(|(whose, public_key, roles, tree, revoked, suspended, signing)| Device {
        id,
        person: person(whose),
        public_key,
        changes: roles + tree.unwrap_or_default(),
        standing: Standing::of(revoked, suspended),
        signing_number: signing.unwrap_or_default(),
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

#[derive(QueryableByName)]
struct WriterRow {
    #[diesel(sql_type = BigInt)]
    device_id: i64,
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
    #[diesel(sql_type = Binary)]
    name: Vec<u8>,
    #[diesel(sql_type = Binary)]
    device_name: Vec<u8>,
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
    // In a SELECT, as in `area_log`: it is not planned anew for another number of devices.
    let rows: Vec<WriterRow> = statement(
        "SELECT d.device_id, d.person_id, p.name, d.name AS device_name
         FROM devices d JOIN people p USING (person_id)
         WHERE d.device_id = ANY ((SELECT ?)::bigint[])",
        bind::<Array<BigInt>, _>(keys),
    )
    .load(db.sql())?;
    let writer = |row: WriterRow| {
        let name = people::name(db, row.person_id, &row.name)?;
        let device_name = open_name(db, row.device_id, &row.device_name)?;
        let writer = Writer { person: person(row.person_id), name, device_name };
        Ok((device(row.device_id), writer))
    };
    rows.into_iter().map(writer).collect()
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

/// Suspends a device, or lets it go on; answers whether that changed anything. A revoked one stays so.
///
/// # Errors
/// Those of the database.
pub fn suspend(db: &mut Db, id: DeviceId, since_ms: Option<i64>) -> Result<bool, StoreError> {
    let other = devices::suspended_at.is_null().eq(since_ms.is_some());
    let found =
        devices::table.find(device_key(id)).filter(devices::revoked_at.is_null()).filter(other);
    let set = devices::suspended_at.eq(since_ms.map(moment));
    Ok(diesel::update(found).set(set).execute(db.sql())? > 0)
}

/// Gives a device another name.
///
/// # Errors
/// Those of the database.
pub fn rename(db: &mut Db, id: DeviceId, name: &str) -> Result<(), StoreError> {
    let name = seal_name(db, id, name)?;
    let found = devices::table.find(device_key(id));
    diesel::update(found).set(devices::name.eq(name)).execute(db.sql())?;
    Ok(())
}

fn seal_name(db: &mut Db, of: DeviceId, name: &str) -> Result<Vec<u8>, StoreError> {
    db.seal_value(What::DeviceName, &device_key(of).to_be_bytes(), name.as_bytes())
}

/// What a device is called, as its column holds it, opened.
pub(super) fn open_name(db: &mut Db, key: i64, sealed: &[u8]) -> Result<String, StoreError> {
    db.open_text(What::DeviceName, &key.to_be_bytes(), sealed, "what a device is called")
}

/// Notes that a device has proved its key.
///
/// # Errors
/// Those of the database.
pub fn note_seen(db: &mut Db, id: DeviceId, now_ms: i64) -> Result<(), StoreError> {
    let found = devices::table.find(device_key(id));
    diesel::update(found).set(devices::seen_at.eq(moment(now_ms))).execute(db.sql())?;
    Ok(())
}
