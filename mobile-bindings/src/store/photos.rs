//! Photos: in the parts in which they travel, so that sending one never needs all of it in memory.

use rusqlite::{Connection, OptionalExtension, Transaction};
use sync_protocol::ids::{AreaId, BlobId, RecordId};
use sync_protocol::wire::Words;

use super::{StoreError, column};

/// Bytes of a part (SYNC: fixed, so that every repeat is the same).
pub(crate) const PART_BYTES: usize = 512 * 1024;

/// A photo.
#[derive(Debug, Clone)]
pub(crate) struct Photo {
    pub(crate) area: AreaId,
    pub(crate) photo: BlobId,
    pub(crate) record: RecordId,
    pub(crate) size: u64,
}

/// A photo that the server would not take.
pub(crate) struct TroubledPhoto {
    pub(crate) photo: Photo,
    pub(crate) code: String,
    pub(crate) words: Words,
}

/// Keeps a photo until the server has it; answers whether it is new here.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    photo: &Photo,
    bytes: &[u8],
) -> Result<bool, StoreError> {
    let key = (column::area(photo.area), photo.photo.0);
    let fresh = transaction.execute(
        "INSERT OR IGNORE INTO photos (area, photo, record, size) VALUES (?1, ?2, ?3, ?4)",
        (key.0, key.1, photo.record.0, column::number(photo.size)),
    )? > 0;
    if fresh {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO photo_parts (area, photo, part, bytes) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (part, bytes) in (0_i64..).zip(bytes.chunks(PART_BYTES)) {
            insert.execute((key.0, key.1, part, bytes))?;
        }
    }
    Ok(fresh)
}

/// The photos that the server does not have yet, small ones first.
pub(crate) fn pending(connection: &Connection) -> Result<Vec<Photo>, StoreError> {
    by_state(connection, "pending")
}

/// The photos that the server has and this phone still keeps.
pub(crate) fn stored(connection: &Connection) -> Result<Vec<Photo>, StoreError> {
    by_state(connection, "stored")
}

fn by_state(connection: &Connection, state: &str) -> Result<Vec<Photo>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT area, photo, record, size FROM photos WHERE state = ?1 ORDER BY size, photo",
    )?;
    let rows = query.query_map([state], |row| {
        Ok(Photo {
            area: column::get_area(row, 0)?,
            photo: BlobId(row.get(1)?),
            record: RecordId(row.get(2)?),
            size: column::get_number(row, 3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One part's bytes.
pub(crate) fn part(
    connection: &Connection,
    photo: &Photo,
    part: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT bytes FROM photo_parts WHERE area = ?1 AND photo = ?2 AND part = ?3",
    )?;
    let key = (column::area(photo.area), photo.photo.0, column::number(part));
    Ok(query.query_row(key, |row| row.get(0)).optional()?)
}

/// The server has acknowledged the whole photo.
pub(crate) fn mark_stored(transaction: &Transaction<'_>, photo: &Photo) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE photos SET state = 'stored', code = NULL, words_zh = NULL, words_en = NULL
          WHERE area = ?1 AND photo = ?2",
        (column::area(photo.area), photo.photo.0),
    )?;
    Ok(())
}

/// The server would not take it; it stays here, and a person is told.
pub(crate) fn mark_troubled(
    transaction: &Transaction<'_>,
    photo: &Photo,
    code: &str,
    words: &Words,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE photos SET code = ?3, words_zh = ?4, words_en = ?5 WHERE area = ?1 AND photo = ?2",
        (column::area(photo.area), photo.photo.0, code, &words.zh, &words.en),
    )?;
    Ok(())
}

/// A record's photos belong to another area now.
pub(crate) fn move_to(
    transaction: &Transaction<'_>,
    record: RecordId,
    to: AreaId,
) -> Result<(), StoreError> {
    let key = (record.0, column::area(to));
    transaction.execute(
        "UPDATE OR IGNORE photo_parts SET area = ?2
          WHERE (area, photo) IN (SELECT area, photo FROM photos WHERE record = ?1)",
        key,
    )?;
    transaction.execute("UPDATE OR IGNORE photos SET area = ?2 WHERE record = ?1", key)?;
    Ok(())
}

/// Puts the original away.
pub(crate) fn release(transaction: &Transaction<'_>, photo: &Photo) -> Result<(), StoreError> {
    let key = (column::area(photo.area), photo.photo.0);
    transaction.execute("DELETE FROM photo_parts WHERE area = ?1 AND photo = ?2", key)?;
    transaction
        .execute("UPDATE photos SET state = 'released' WHERE area = ?1 AND photo = ?2", key)?;
    Ok(())
}

/// The photos that the server would not take.
pub(crate) fn troubled(connection: &Connection) -> Result<Vec<TroubledPhoto>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT area, photo, record, size, code, words_zh, words_en FROM photos
          WHERE code IS NOT NULL",
    )?;
    let rows = query.query_map((), |row| {
        Ok(TroubledPhoto {
            photo: Photo {
                area: column::get_area(row, 0)?,
                photo: BlobId(row.get(1)?),
                record: RecordId(row.get(2)?),
                size: column::get_number(row, 3)?,
            },
            code: row.get(4)?,
            words: Words { zh: row.get(5)?, en: row.get(6)? },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many photos the server does not have yet, and their bytes.
pub(crate) fn waiting(connection: &Connection) -> Result<(u64, u64), StoreError> {
    let sql = "SELECT count(*), coalesce(sum(size), 0) FROM photos WHERE state = 'pending'";
    let counted = connection
        .query_row(sql, (), |row| Ok((column::get_number(row, 0)?, column::get_number(row, 1)?)));
    Ok(counted?)
}
