//! What the badge of this phone's person says besides name and areas.

use rusqlite::{Connection, OptionalExtension, Transaction};
use sync_protocol::wire::BadgeCard;

use super::{StoreError, column};

/// The version that is here, 0 before the first.
pub(crate) fn version(connection: &Connection) -> Result<u64, StoreError> {
    let mut query = connection.prepare_cached("SELECT version FROM badge")?;
    Ok(query.query_row((), |row| column::get_number(row, 0)).optional()?.unwrap_or_default())
}

/// Card number and portrait.
pub(crate) fn current(
    connection: &Connection,
) -> Result<(Option<String>, Option<Vec<u8>>), StoreError> {
    let mut query = connection.prepare_cached("SELECT card_number, portrait FROM badge")?;
    let found = query.query_row((), |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?.unwrap_or_default())
}

/// Takes another in its place; in the transaction that applies the answer.
pub(crate) fn put(transaction: &Transaction<'_>, came: &BadgeCard) -> Result<(), StoreError> {
    let portrait: Option<&[u8]> = came.portrait.as_deref();
    transaction
        .prepare_cached(
            "INSERT INTO badge (one, version, card_number, portrait) VALUES (1, ?1, ?2, ?3)
             ON CONFLICT (one) DO UPDATE SET version = ?1, card_number = ?2, portrait = ?3",
        )?
        .execute((column::number(came.version), &came.card_number, portrait))?;
    Ok(())
}
