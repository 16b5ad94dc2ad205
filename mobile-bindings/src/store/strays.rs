//! What came from the server and could not be read. It is kept, and holds nothing else up.

use rusqlite::{Connection, Transaction};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use super::{StoreError, column};

/// A record whose bytes could not be read.
pub(crate) struct Stray {
    pub(crate) area: AreaId,
    pub(crate) record: RecordId,
    pub(crate) kind: Kind,
    pub(crate) seq: u64,
}

/// Keeps an item.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    stray: &Stray,
    bytes: &[u8],
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT OR REPLACE INTO strays (area, record, kind, seq, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
        (
            column::area(stray.area),
            stray.record.0,
            stray.kind.number(),
            column::number(stray.seq),
            bytes,
        ),
    )?;
    Ok(())
}

/// Forgets the items of a record that has been read since.
pub(crate) fn forget(transaction: &Transaction<'_>, record: RecordId) -> Result<(), StoreError> {
    transaction.prepare_cached("DELETE FROM strays WHERE record = ?1")?.execute([record.0])?;
    Ok(())
}

/// Forgets what an area sent of a record that is in another one now.
pub(crate) fn forget_in(
    transaction: &Transaction<'_>,
    record: RecordId,
    area: AreaId,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("DELETE FROM strays WHERE record = ?1 AND area = ?2")?
        .execute((record.0, column::area(area)))?;
    Ok(())
}

/// Every record that could not be read, once.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Stray>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT area, record, kind, max(seq) FROM strays GROUP BY area, record")?;
    let rows = query.query_map((), |row| {
        Ok(Stray {
            area: column::get_area(row, 0)?,
            record: RecordId(row.get(1)?),
            kind: column::get_kind(row, 2)?,
            seq: column::get_number(row, 3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
