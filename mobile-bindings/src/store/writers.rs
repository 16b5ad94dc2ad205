//! Who writes with which device.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction};
use sync_protocol::ids::DeviceId;

use super::{StoreError, column};

/// Every device's person, by name.
pub(crate) fn all(connection: &Connection) -> Result<HashMap<DeviceId, String>, StoreError> {
    let mut query = connection.prepare_cached("SELECT device, name FROM writers")?;
    let rows = query.query_map((), |row| Ok((column::get_device(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
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
