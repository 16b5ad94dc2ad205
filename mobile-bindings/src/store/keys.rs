//! The device's keys: the one in use, the one that is to take its place, the one before it.

use rusqlite::{Connection, Transaction};
use sync_protocol::keys::DeviceKey;

use super::StoreError;

/// The keys beside the one in use.
pub(crate) struct Others {
    /// The one that the server was or will be asked for.
    pub(crate) next: Option<DeviceKey>,
    /// The one before.
    pub(crate) former: Option<DeviceKey>,
    /// Since when the one in use is, by the phone's clock in milliseconds since 1970 UTC.
    pub(crate) since: Option<i64>,
}

/// The keys beside the one in use.
pub(crate) fn others(connection: &Connection) -> Result<Others, StoreError> {
    let sql = "SELECT next_seed, former_seed, key_since FROM device";
    let others = connection.query_row(sql, (), |row| {
        let seed = |place| {
            row.get::<_, Option<[u8; 32]>>(place).map(|seed| seed.map(DeviceKey::from_seed))
        };
        Ok(Others { next: seed(0)?, former: seed(1)?, since: row.get(2)? })
    })?;
    Ok(others)
}

/// Keeps the key that the server is to be asked for, before it is asked: should the answer be lost, the
/// same one is asked for again. The one that is there already stays.
pub(crate) fn prepare(
    transaction: &Transaction<'_>,
    fresh: &DeviceKey,
) -> Result<DeviceKey, StoreError> {
    let seed = transaction.query_row(
        "UPDATE device SET next_seed = coalesce(next_seed, ?1) RETURNING next_seed",
        [fresh.seed()],
        |row| row.get(0),
    )?;
    Ok(DeviceKey::from_seed(seed))
}

/// The server knows the new key.
pub(crate) fn promote(transaction: &Transaction<'_>, now: i64) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE device SET former_seed = seed, seed = next_seed, next_seed = NULL, key_since = ?1
          WHERE next_seed IS NOT NULL",
        [now],
    )?;
    Ok(())
}

/// The server knows only the key before: the present one is to be asked for anew.
pub(crate) fn step_back(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE device SET next_seed = seed, seed = former_seed, former_seed = NULL
          WHERE former_seed IS NOT NULL",
        (),
    )?;
    Ok(())
}

/// Notes since when the present key is used, where that is not known.
pub(crate) fn note_since(transaction: &Transaction<'_>, now: i64) -> Result<(), StoreError> {
    transaction.execute("UPDATE device SET key_since = ?1 WHERE key_since IS NULL", [now])?;
    Ok(())
}

/// Forgets the key that was to take the present one's place.
pub(crate) fn forget_next(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute("UPDATE device SET next_seed = NULL", ())?;
    Ok(())
}
