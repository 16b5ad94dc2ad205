//! A connection to the encrypted file: its key, its durability. It must not know what is stored.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::StoreError;

/// The raw key of the store, 32 bytes from the platform's key store. A raw key opens in a
/// millisecond; a passphrase would take a hundred.
pub(crate) struct StoreKey([u8; 32]);

impl StoreKey {
    /// The key of 32 bytes; nothing if there are not 32.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Opens the file with its key and sets how it is written: what a caller was told is saved survives
/// a power cut (WAL with synchronous=FULL syncs at every commit; Apple's systems empty the drive's own
/// cache only when asked to, with fullfsync), and what was deleted is overwritten.
pub(super) fn connect(path: &Path, key: &StoreKey) -> Result<Connection, StoreError> {
    unlock(path, key, "")
}

/// Opens a copy of a damaged file. SQLite refuses one that is shorter than it says, unless its
/// schema may be written.
pub(super) fn connect_damaged(path: &Path, key: &StoreKey) -> Result<Connection, StoreError> {
    unlock(path, key, "PRAGMA writable_schema = ON;")
}

/// One connection at a time takes its key: where the first ones of a process do so at the same moment,
/// SQLCipher has been seen (2026-11-22, 200 stores) to refuse some of them as if no key were given.
static KEYING: Mutex<()> = Mutex::new(());

fn unlock(path: &Path, key: &StoreKey, first: &str) -> Result<Connection, StoreError> {
    let keying = KEYING.lock().unwrap_or_else(PoisonError::into_inner);
    let connection = Connection::open(path)?;
    let hex: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
    // SQLCipher would write of a wrong key to the terminal; the caller says it in its own words.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&format!("PRAGMA key = \"x'{hex}'\";"))?;
    let cipher = connection.query_row("PRAGMA cipher_version", (), |row| row.get::<_, String>(0));
    if cipher.is_err() {
        return Err(StoreError::NoCipher);
    }
    connection.execute_batch(first)?;
    connection
        .query_row("SELECT count(*) FROM sqlite_master", (), |row| row.get::<_, i64>(0))
        .map_err(not_this_key)?;
    drop(keying);
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -8192;
         PRAGMA journal_size_limit = 4194304;",
    )?;
    Ok(connection)
}

/// Keeps a connection from writing.
pub(super) fn read_only(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("PRAGMA query_only = ON;")?;
    Ok(())
}

fn not_this_key(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::WrongKey,
        _ => error.into(),
    }
}
