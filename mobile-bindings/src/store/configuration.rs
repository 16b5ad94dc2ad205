//! The district's configuration as the server sent it: kept word for word, so that a newer app reads
//! more of it.

use rusqlite::{Connection, OptionalExtension, Transaction};
use sync_protocol::configuration::Configuration;
use sync_protocol::wire::Configured;

use super::{StoreError, column};

/// The version that is here, 0 before the first.
pub(crate) fn version(connection: &Connection) -> Result<u64, StoreError> {
    let mut query = connection.prepare_cached("SELECT version FROM configuration")?;
    Ok(query.query_row((), |row| column::get_number(row, 0)).optional()?.unwrap_or_default())
}

/// The configuration that is here; the defaults before the first.
pub(crate) fn current(connection: &Connection) -> Result<Configuration, StoreError> {
    let mut query = connection.prepare_cached("SELECT version, json FROM configuration")?;
    let found = query.query_row((), |row| {
        Ok(Configuration::received(column::get_number(row, 0)?, &row.get::<_, String>(1)?))
    });
    Ok(found.optional()?.unwrap_or_default())
}

/// Takes another in its place; in the transaction that applies the answer.
pub(crate) fn put(transaction: &Transaction<'_>, came: &Configured) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO configuration (one, version, json) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET version = ?1, json = ?2",
        )?
        .execute((column::number(came.version), &came.json))?;
    Ok(())
}
