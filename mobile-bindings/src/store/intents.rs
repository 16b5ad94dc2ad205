//! What the worker meant by a change: field, value before, value after.

use rusqlite::{Connection, Transaction};
use sync_protocol::document::Written;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Value};

use super::changes::ChangeNo;
use super::{StoreError, column};

/// Notes what a change wrote.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    change: ChangeNo,
    written: &[Written],
) -> Result<(), StoreError> {
    let mut insert = transaction
        .prepare_cached("INSERT INTO intents (change, key, old, new) VALUES (?1, ?2, ?3, ?4)")?;
    for field in written {
        let old = field.old.as_ref().map(to_json).transpose()?;
        insert.execute((change.0, &field.key, old, to_json(&field.new)?))?;
    }
    Ok(())
}

/// What a change wrote, by key.
pub(crate) fn of(connection: &Connection, change: ChangeNo) -> Result<Vec<Written>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT key, old, new FROM intents WHERE change = ?1 ORDER BY key")?;
    let mut rows = query.query([change.0])?;
    let mut written = Vec::new();
    while let Some(row) = rows.next()? {
        let old: Option<String> = row.get(1)?;
        written.push(Written {
            key: row.get(0)?,
            old: old.as_deref().map(from_json).transpose()?,
            new: from_json(&row.get::<_, String>(2)?)?,
        });
    }
    Ok(written)
}

/// What the worker wrote last into a field of a record.
pub(crate) struct Meant {
    pub(crate) record: RecordId,
    pub(crate) kind: Kind,
    pub(crate) key: String,
    pub(crate) value: Value,
    /// When, by the phone's clock, in milliseconds.
    pub(crate) made_at: i64,
}

/// The last value of each field that this phone wrote and the server has accepted, by record; of the
/// records that others wrote in as well.
pub(crate) fn last_accepted(connection: &Connection) -> Result<Vec<Meant>, StoreError> {
    // Of the columns beside a maximum SQLite answers those of its row. A record of which the server
    // sent nothing has `seq` 0: nobody else has written in it.
    let mut query = connection.prepare_cached(
        "SELECT c.record, c.kind, i.key, i.new, c.made_at, max(c.id)
           FROM changes c JOIN intents i ON i.change = c.id JOIN records r ON r.record = c.record
          WHERE c.state IN ('accepted', 'merged') AND r.seq > 0
          GROUP BY c.record, i.key",
    )?;
    let mut rows = query.query(())?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(Meant {
            record: RecordId(row.get(0)?),
            kind: column::get_kind(row, 1)?,
            key: row.get(2)?,
            value: from_json(&row.get::<_, String>(3)?)?,
            made_at: row.get(4)?,
        });
    }
    Ok(all)
}

/// Keeps only the part that was refused; the rest was written again by another change.
pub(crate) fn keep_only(
    transaction: &Transaction<'_>,
    change: ChangeNo,
    key: &str,
) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM intents WHERE change = ?1 AND key <> ?2", (change.0, key))?;
    Ok(())
}

/// Whether the server has accepted a change that wrote a key of a record.
pub(crate) fn is_accepted(
    connection: &Connection,
    record: RecordId,
    key: &str,
) -> Result<bool, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM changes JOIN intents ON change = id
          WHERE record = ?1 AND key = ?2 AND state IN ('accepted', 'merged'))",
    )?;
    Ok(query.query_row((record.0, key), |row| row.get(0))?)
}

fn to_json(value: &Value) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Form("value"))
}

fn from_json(text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Form("value"))
}
