//! The encrypted store: SQLite with SQLCipher, one file a table. The only place that knows SQL.
//!
//! One connection writes and one reads, so that a list is shown while a page of a sync is written.
//! Functions that write take a [`Transaction`], readers a [`Connection`]. It knows bytes and ids; it
//! must not know Automerge, merge rules, HTTP or FFI.

pub(crate) mod areas;
pub(crate) mod badge;
pub(crate) mod changes;
mod column;
pub(crate) mod configuration;
pub(crate) mod departures;
pub(crate) mod derived;
pub(crate) mod device;
mod files;
mod integrity;
pub(crate) mod intents;
pub(crate) mod keys;
mod log;
mod migrations;
pub(crate) mod moved;
mod open;
mod packed;
pub(crate) mod photos;
mod proof;
pub(crate) mod records;
mod reserve;
mod salvage;
pub(crate) mod set_aside;
pub(crate) mod strays;
pub(crate) mod tries;
pub(crate) mod wipe;
pub(crate) mod writers;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use rusqlite::{Connection, Transaction};
use rusqlite::{ErrorCode, TransactionBehavior};

pub(crate) use open::StoreKey;
pub(crate) use packed::{Packed, Packer};
use reserve::Reserve;

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
    /// Pages of the file are not what was written there.
    #[error("the store is damaged")]
    Damaged,
    /// There is no space left to write.
    #[error("there is no space left for the store")]
    Full,
    /// SQLite's other errors: file busy, input or output failed.
    #[error("the store could not be read or written")]
    Sql(#[source] rusqlite::Error),
    /// A file beside the store, or the store as a file.
    #[error("a file of the store could not be read or written")]
    File(#[source] std::io::Error),
}

impl StoreError {
    /// Whether more room might help: where SQLite cannot make the files that it needs beside the
    /// store, it says no more than that it could not.
    fn may_be_full(&self) -> bool {
        let code = match self {
            Self::Full => return true,
            Self::Sql(error) => error.sqlite_error_code(),
            _ => None,
        };
        matches!(code, Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Sql(error),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            _ => Self::File(error),
        }
    }
}

/// An open store.
pub(crate) struct Store {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    reserve: Reserve,
}

impl Store {
    /// Opens the store in a file, or makes it. A store of a newer app and one of another key are
    /// left as they are; one that is damaged is too, and [`Store::set_aside`] makes a new one of it.
    pub(crate) fn open(path: &Path, key: &StoreKey) -> Result<Self, StoreError> {
        let reserve = Reserve::of(path);
        let opened = match Self::connect(path, key) {
            Err(error) if error.may_be_full() && reserve.give_up() => Self::connect(path, key),
            opened => opened,
        };
        let (writer, reader) = opened?;
        reserve.keep();
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader), reserve })
    }

    /// The connection that writes and the one that reads.
    fn connect(path: &Path, key: &StoreKey) -> Result<(Connection, Connection), StoreError> {
        files::finish(path)?;
        let known = proof::fits(path, key);
        let emptied = path.metadata().is_ok_and(|file| file.len() == 0);
        if known && (emptied || log::is_damaged(&files::beside(path, files::LOG))) {
            return Err(StoreError::Damaged);
        }
        let mut writer = open::connect(path, key).map_err(|error| match error {
            // This key has opened it before: it is the first page that is not what it was.
            StoreError::WrongKey if known => StoreError::Damaged,
            error => error,
        })?;
        migrations::refuse_newer(&writer)?;
        integrity::quick(&writer)?;
        migrations::run(&mut writer)?;
        proof::keep(path, key)?;
        let reader = open::connect(path, key)?;
        open::read_only(&reader)?;
        Ok((writer, reader))
    }

    /// Checks everything in the store, if that has not been done for a week.
    pub(crate) fn check(&self, now: i64) -> Result<(), StoreError> {
        if integrity::full_if_due(&lock(&self.writer), now)? {
            match self.write(|transaction| integrity::note_full(transaction, now)) {
                // It is checked again at the next opening.
                Err(StoreError::Full) => {}
                noted => noted?,
            }
        }
        Ok(())
    }

    /// Makes a new store of what can be read of a damaged one, whose files lie beside it under
    /// another name from then on. `sort` puts what came over in order, in the same transaction. Cut
    /// short at any point, it begins again at the next opening or is brought to its end there.
    pub(crate) fn set_aside<E: From<StoreError>>(
        path: &Path,
        key: &StoreKey,
        now: i64,
        sort: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        set_aside::run(path, key, now, sort)
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

    /// The name of a file beside the store.
    pub(crate) fn beside(&self, suffix: &str) -> Result<PathBuf, StoreError> {
        let path =
            self.read(|connection| Ok::<_, StoreError>(connection.path().map(PathBuf::from)))?;
        let path = path.ok_or(StoreError::Form("file name"))?;
        Ok(files::beside(&path, suffix))
    }

    /// Gives up the room that is kept for sending from a full phone; answers whether there is more
    /// room now.
    pub(crate) fn give_up_reserve(&self) -> bool {
        self.reserve.give_up()
    }

    /// Keeps that room again, if there is any.
    pub(crate) fn keep_reserve(&self) {
        self.reserve.keep();
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
