//! The encrypted store: SQLite with SQLCipher, one file a table. The only place that knows SQL.
//!
//! One connection writes and one reads, so that a list is shown while a page of a sync is written.
//! Functions that write take a [`Transaction`], readers a [`Connection`]. It knows bytes and ids; it
//! must not know Automerge, merge rules, HTTP or FFI.

pub(crate) mod areas;
pub(crate) mod changes;
mod column;
pub(crate) mod departures;
pub(crate) mod device;
pub(crate) mod intents;
mod migrations;
mod open;
mod packed;
pub(crate) mod photos;
pub(crate) mod records;
pub(crate) mod strays;
pub(crate) mod writers;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::TransactionBehavior;
pub(crate) use rusqlite::{Connection, Transaction};

pub(crate) use open::StoreKey;
pub(crate) use packed::{Packed, Packer};

/// What goes wrong with the store. No value of a row is in the words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The key does not fit the file, or the file is no store.
    #[error("the key does not open this store")]
    WrongKey,
    /// A newer version of the app wrote the store.
    #[error("the store is of version {0}, newer than this app")]
    Newer(i64),
    /// SQLite was built without SQLCipher: nothing would be encrypted.
    #[error("this build cannot encrypt its store")]
    NoCipher,
    /// A row holds something that this app never writes there.
    #[error("a stored {0} is not of its form")]
    Form(&'static str),
    /// SQLite's own errors: disk full, file busy, input or output failed.
    #[error("the store could not be read or written")]
    Sql(#[from] rusqlite::Error),
}

/// An open store.
pub(crate) struct Store {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

impl Store {
    /// Opens the store in a file, or makes it.
    pub(crate) fn open(path: &Path, key: &StoreKey) -> Result<Self, StoreError> {
        let mut writer = open::connect(path, key)?;
        migrations::run(&mut writer)?;
        let reader = open::connect(path, key)?;
        open::read_only(&reader)?;
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader) })
    }

    /// Reads.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        read(&lock(&self.reader))
    }

    /// Writes in one transaction: everything or, if an error is answered, nothing. When it returns
    /// the file is synced.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = lock(&self.writer);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let outcome = write(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(outcome)
    }

    /// Brings what was written into the file itself, so that what was deleted is nowhere else. When
    /// another connection is just reading, the next checkpoint does it.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        Ok(lock(&self.writer).query_row(sql, (), |_| Ok(()))?)
    }
}

/// A panic in the middle of a write rolled its transaction back, so the connection is sound.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
