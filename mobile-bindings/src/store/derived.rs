//! By which rules the columns that follow from the documents were worked out.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::StoreError;

/// The version of the rules; none where they have not been worked out for every record.
pub(crate) fn version(connection: &Connection) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT version FROM derived";
    Ok(connection.query_row(sql, (), |row| row.get(0)).optional()?)
}

/// Notes that they were worked out for every record, in the transaction that did.
pub(crate) fn note(transaction: &Transaction<'_>, version: i64) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO derived (one, version) VALUES (1, ?1)";
    transaction.execute(sql, [version])?;
    Ok(())
}
