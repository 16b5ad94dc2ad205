//! How many changes stand where, over all and by record.

use std::collections::HashMap;

use rusqlite::Connection;
use sync_protocol::ids::RecordId;
use sync_protocol::records::Kind;

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

/// The least advanced of what this phone wrote in a record, where not all is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// Something of it, a change or a photo, is on this phone alone.
    OnPhone,
    /// All of it is on the server.
    OnServer,
}

/// Every change and every photo that is not refused, with how far it has come: 2 on this phone alone,
/// 1 on the server, 0 merged. What the server keeps while it waits for another change is there.
const STEPS: &str = "SELECT record, kind, CASE
            WHEN state = 'pending' OR (state = 'held' AND NOT kept) THEN 2
            WHEN state IN ('held', 'accepted') THEN 1 ELSE 0 END AS step
       FROM changes WHERE state IN ('pending', 'held', 'accepted', 'merged')
     UNION ALL
     SELECT p.record, coalesce(r.kind, ?1), 2 FROM photos p LEFT JOIN records r USING (record)
      WHERE p.state = 'pending'";

/// The records of which not everything that this phone wrote is merged.
pub(crate) fn open_by_record(
    connection: &Connection,
) -> Result<HashMap<RecordId, Open>, StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT record, max(step) FROM ({STEPS}) GROUP BY record HAVING max(step) > 0"
    ))?;
    let rows = query.query_map([Kind::Visit.number()], |row| {
        let open = if row.get::<_, u8>(1)? > 1 { Open::OnPhone } else { Open::OnServer };
        Ok((RecordId(row.get(0)?), open))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many records that this phone wrote in stand where, by the least advanced of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standings {
    pub(crate) here: u64,
    pub(crate) on_server: u64,
    pub(crate) merged: u64,
}

/// Counts reports, and the other records.
pub(crate) fn standings(connection: &Connection) -> Result<(Standings, Standings), StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT kind IN (?1, ?2), step, count(*)
           FROM (SELECT kind, max(step) AS step FROM ({STEPS}) GROUP BY record)
          GROUP BY 1, 2"
    ))?;
    let (mut reports, mut others) = (Standings::default(), Standings::default());
    let mut rows = query.query((Kind::Visit.number(), Kind::Inspection.number()))?;
    while let Some(row) = rows.next()? {
        let of = if row.get(0)? { &mut reports } else { &mut others };
        let count = column::get_number(row, 2)?;
        match row.get::<_, u8>(1)? {
            2 => of.here = count,
            1 => of.on_server = count,
            _ => of.merged = count,
        }
    }
    Ok((reports, others))
}
