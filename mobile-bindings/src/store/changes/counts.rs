//! How many changes stand where, over all and by record.

use std::collections::HashMap;

use rusqlite::Connection;
use sync_protocol::ids::RecordId;

use super::super::{StoreError, column};

/// How many changes stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// On this phone alone.
    pub(crate) pending: u64,
    /// On this phone alone, waiting for another change.
    pub(crate) held: u64,
    /// Waiting for another change, here and on the server.
    pub(crate) kept: u64,
    /// In the server's log.
    pub(crate) accepted: u64,
    /// In the server's log, which this phone has read past them.
    pub(crate) merged: u64,
    /// Refused.
    pub(crate) rejected: u64,
}

/// Counts this phone's changes.
pub(crate) fn counts(connection: &Connection) -> Result<Counts, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT state, count(*), kept FROM changes GROUP BY state, kept")?;
    let mut rows = query.query(())?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        let count = column::get_number(row, 1)?;
        let kept = row.get::<_, bool>(2)?;
        match row.get::<_, String>(0)?.as_str() {
            "pending" => counts.pending += count,
            "held" if kept => counts.kept += count,
            "held" => counts.held += count,
            "accepted" => counts.accepted += count,
            "merged" => counts.merged += count,
            "rejected" => counts.rejected += count,
            _ => {}
        }
    }
    Ok(counts)
}

/// The least advanced of a record's changes, where not all are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// Something of it is on this phone alone.
    OnPhone,
    /// All of it is in the server's log.
    OnServer,
}

/// The records with changes that are not merged yet.
pub(crate) fn open_by_record(
    connection: &Connection,
) -> Result<HashMap<RecordId, Open>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT record, max(state <> 'accepted') FROM changes
          WHERE state IN ('pending', 'held', 'accepted') AND state <> 'merged' GROUP BY record",
    )?;
    let rows = query.query_map((), |row| {
        let open = if row.get(1)? { Open::OnPhone } else { Open::OnServer };
        Ok((RecordId(row.get(0)?), open))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
