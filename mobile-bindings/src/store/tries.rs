//! What was tried and did not come through: how often, why, and when it is tried again by itself. It
//! outlives the app, so that a phone that is killed does not begin to hurry again.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction};

use super::{StoreError, column};

/// What was tried so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tried {
    pub(crate) attempts: u64,
    /// Not before then by itself, in milliseconds since 1970 UTC by the phone's clock.
    pub(crate) next_at: i64,
    /// Why it did not come through, by the catalogue.
    pub(crate) code: String,
}

/// One more attempt that did not come through; `what` is a push's id or a photo's SHA-256. Answers how
/// many there were.
pub(crate) fn note(
    transaction: &Transaction<'_>,
    what: &[u8],
    code: &str,
) -> Result<u64, StoreError> {
    let attempts = transaction
        .prepare_cached(
            "INSERT INTO tries (what, attempts, next_at, code) VALUES (?1, 1, 0, ?2)
             ON CONFLICT (what) DO UPDATE SET attempts = attempts + 1, code = ?2
             RETURNING attempts",
        )?
        .query_row((what, code), |row| column::get_number(row, 0))?;
    Ok(attempts)
}

/// When it is tried again.
pub(crate) fn put_off(
    transaction: &Transaction<'_>,
    what: &[u8],
    until: i64,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE tries SET next_at = ?2 WHERE what = ?1")?
        .execute((what, until))?;
    Ok(())
}

/// It is through.
pub(crate) fn forget(transaction: &Transaction<'_>, what: &[u8]) -> Result<(), StoreError> {
    transaction.prepare_cached("DELETE FROM tries WHERE what = ?1")?.execute([what])?;
    Ok(())
}

/// Everything that was tried in vain, by what it is.
pub(crate) fn all(connection: &Connection) -> Result<HashMap<Vec<u8>, Tried>, StoreError> {
    let mut query = connection.prepare_cached("SELECT what, attempts, next_at, code FROM tries")?;
    let rows = query.query_map((), |row| {
        let tried = Tried {
            attempts: column::get_number(row, 1)?,
            next_at: row.get(2)?,
            code: row.get(3)?,
        };
        Ok((row.get(0)?, tried))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
