//! Who writes with which device.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Transaction};
use sync_protocol::ids::DeviceId;

use super::{StoreError, column};

/// Every device's person, by name.
pub(crate) fn all(connection: &Connection) -> Result<HashMap<DeviceId, String>, StoreError> {
    let mut query = connection.prepare_cached("SELECT device, name FROM writers")?;
    let rows = query.query_map((), |row| Ok((column::get_device(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets everybody but those who wrote with these devices.
pub(crate) fn keep_only(
    transaction: &Transaction<'_>,
    needed: &HashSet<DeviceId>,
) -> Result<(), StoreError> {
    let mut delete = transaction.prepare_cached("DELETE FROM writers WHERE device = ?1")?;
    for device in all(transaction)?.keys().filter(|device| !needed.contains(device)) {
        delete.execute([column::device(*device)])?;
    }
    Ok(())
}

/// Notes whose device it is.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    device: DeviceId,
    name: &str,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO writers (device, name) VALUES (?1, ?2)")?
        .execute((column::device(device), name))?;
    Ok(())
}
