//! Records that went from one of the person's areas to another of theirs. They stay on the phone; the
//! person is told where they are now.

use rusqlite::{Connection, Transaction};
use sync_protocol::ids::{AreaId, RecordId};

use super::{StoreError, column};

/// A record that moved.
pub(crate) struct Moved {
    pub(crate) record: RecordId,
    pub(crate) from: AreaId,
    pub(crate) to: AreaId,
    /// When this phone heard of it, by the server's clock.
    pub(crate) at: i64,
}

/// Notes a move. One that goes back to where it was first is nothing to tell.
pub(crate) fn note(transaction: &Transaction<'_>, moved: &Moved) -> Result<(), StoreError> {
    let Moved { record, from, to, at } = moved;
    transaction
        .prepare_cached(
            "INSERT INTO moved (record, from_area, to_area, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (record) DO UPDATE SET to_area = ?3, at = ?4",
        )?
        .execute((record.0, column::area(*from), column::area(*to), at))?;
    transaction
        .prepare_cached("DELETE FROM moved WHERE record = ?1 AND from_area = to_area")?
        .execute([record.0])?;
    Ok(())
}

/// The moves of records that are here, latest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Moved>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT record, from_area, to_area, m.at FROM moved m JOIN records USING (record)
          ORDER BY m.at DESC, record",
    )?;
    let rows = query.query_map((), |row| {
        Ok(Moved {
            record: RecordId(row.get(0)?),
            from: column::get_area(row, 1)?,
            to: column::get_area(row, 2)?,
            at: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets the moves before a moment.
pub(crate) fn prune(transaction: &Transaction<'_>, before: i64) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM moved WHERE at < ?1", [before])?;
    Ok(())
}
