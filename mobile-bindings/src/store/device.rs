//! The one phone that the store belongs to: its key, its server, its person, its incarnation.

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use sync_protocol::ids::{Actor, DeviceId, PersonId, ServerEpoch};
use sync_protocol::keys::DeviceKey;

use super::{StoreError, column};

/// A phone that has enrolled.
pub(crate) struct Device {
    /// The server's base address.
    pub(crate) server: String,
    /// The device.
    pub(crate) device: DeviceId,
    /// Its key.
    pub(crate) key: DeviceKey,
    /// Its person's name.
    pub(crate) person_name: String,
    /// The district's name, zh and en.
    pub(crate) district: (String, String),
    /// Which of the device's lives this is.
    pub(crate) incarnation: u32,
    /// The server's life that the phone last spoke to.
    pub(crate) server_epoch: Option<ServerEpoch>,
    /// The last late verdict that was noted.
    pub(crate) late_seen: u64,
    /// When a sync last came through.
    pub(crate) synced_at: Option<i64>,
    /// The district's public key that rescue bundles are sealed to.
    pub(crate) rescue_key: Option<[u8; 32]>,
    /// By how many milliseconds the server's clock was ahead of this phone's then.
    pub(crate) clock_ahead: i64,
    /// When everything was last through: nothing on this phone alone, every area fetched whole.
    pub(crate) completed_at: Option<i64>,
}

impl Device {
    /// Who writes with it.
    pub(crate) fn actor(&self) -> Actor {
        Actor::new(self.device, self.incarnation)
    }
}

/// What the server said of an enrolment.
pub(crate) struct Enrolled {
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
    pub(crate) person_name: String,
    pub(crate) district: (String, String),
    pub(crate) server_epoch: ServerEpoch,
    pub(crate) rescue_key: Option<[u8; 32]>,
    /// When, by the phone's clock in milliseconds since 1970 UTC.
    pub(crate) at: i64,
}

/// The phone, if it has enrolled.
pub(crate) fn find(connection: &Connection) -> Result<Option<Device>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT server, device, seed, person_name, district_zh, district_en, incarnation,
                server_epoch, synced_at, late_seen, rescue_key, clock_ahead, completed_at
         FROM device WHERE device IS NOT NULL AND person IS NOT NULL",
    )?;
    Ok(query.query_row((), read).optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        server: row.get(0)?,
        device: column::get_device(row, 1)?,
        key: DeviceKey::from_seed(row.get(2)?),
        person_name: row.get(3)?,
        district: (row.get(4)?, row.get(5)?),
        incarnation: row.get(6)?,
        server_epoch: row.get::<_, Option<[u8; 16]>>(7)?.map(ServerEpoch),
        synced_at: row.get(8)?,
        late_seen: column::get_number(row, 9)?,
        rescue_key: row.get(10)?,
        clock_ahead: row.get(11)?,
        completed_at: row.get(12)?,
    })
}

/// Keeps the key before the server is asked; answers the one that is there already, if any.
pub(crate) fn prepare(
    transaction: &Transaction<'_>,
    server: &str,
    fresh: &DeviceKey,
) -> Result<DeviceKey, StoreError> {
    let seed = transaction.query_row(
        "INSERT INTO device (one, server, seed) VALUES (1, ?1, ?2)
         ON CONFLICT (one) DO UPDATE SET server = ?1
         RETURNING seed",
        (server, fresh.seed()),
        |row| row.get(0),
    )?;
    Ok(DeviceKey::from_seed(seed))
}

/// Notes the server's answer.
pub(crate) fn enrol(transaction: &Transaction<'_>, answer: &Enrolled) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE device SET device = ?1, person = ?2, person_name = ?3, district_zh = ?4,
                district_en = ?5, server_epoch = ?6, rescue_key = ?7, key_since = ?8",
        (
            column::device(answer.device),
            answer.person.0,
            &answer.person_name,
            &answer.district.0,
            &answer.district.1,
            answer.server_epoch.0,
            answer.rescue_key,
            answer.at,
        ),
    )?;
    Ok(())
}

/// Notes which life of the server was spoken to, and when.
pub(crate) fn note_sync(
    transaction: &Transaction<'_>,
    epoch: ServerEpoch,
    now: i64,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE device SET server_epoch = ?1, synced_at = ?2")?
        .execute((epoch.0, now))?;
    Ok(())
}

/// Notes the district's public rescue key.
pub(crate) fn note_rescue_key(
    transaction: &Transaction<'_>,
    key: &[u8; 32],
) -> Result<(), StoreError> {
    transaction.prepare_cached("UPDATE device SET rescue_key = ?1")?.execute([key])?;
    Ok(())
}

/// Notes by how many milliseconds the server's clock is ahead of this phone's.
pub(crate) fn note_clock(transaction: &Transaction<'_>, ahead: i64) -> Result<(), StoreError> {
    transaction.prepare_cached("UPDATE device SET clock_ahead = ?1")?.execute([ahead])?;
    Ok(())
}

/// Notes that everything is through.
pub(crate) fn note_complete(transaction: &Transaction<'_>, now: i64) -> Result<(), StoreError> {
    transaction.prepare_cached("UPDATE device SET completed_at = ?1")?.execute([now])?;
    Ok(())
}

/// Notes the last late verdict; in the transaction that applied it.
pub(crate) fn note_late(transaction: &Transaction<'_>, number: u64) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE device SET late_seen = ?1")?
        .execute([column::number(number)])?;
    Ok(())
}

/// Takes the next incarnation; answers who writes from now on.
pub(crate) fn next_actor(transaction: &Transaction<'_>) -> Result<Actor, StoreError> {
    let (device, incarnation) = transaction.query_row(
        "UPDATE device SET incarnation = incarnation + 1 WHERE device IS NOT NULL
         RETURNING device, incarnation",
        (),
        |row| Ok((column::get_device(row, 0)?, row.get(1)?)),
    )?;
    Ok(Actor::new(device, incarnation))
}
