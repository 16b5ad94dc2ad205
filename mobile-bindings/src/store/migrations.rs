//! The store's versions: a numbered list of SQL files, run by a loop. A landed one never changes.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Number n leads from version n - 1 to version n.
const MIGRATIONS: &[&str] = &[include_str!("../sql/0001_begin.sql")];

/// Brings the store to the newest version; each step and its number in one transaction.
pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    for (version, step) in (1_i64..).zip(MIGRATIONS) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if self::version(&transaction)? < version {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", version)?;
        }
        transaction.commit()?;
    }
    let found = version(connection)?;
    if usize::try_from(found) == Ok(MIGRATIONS.len()) {
        Ok(())
    } else {
        Err(StoreError::Newer(found))
    }
}

/// The version the store has.
pub(super) fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", (), |row| row.get(0))?)
}
