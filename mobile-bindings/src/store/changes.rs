//! The outbox and this phone's own log of changes.
//!
//! A change is `pending` until the server has judged it; `held` while it waits for another one that
//! the server does not have (`kept`: the server has it too, and waits with it); `accepted` once it is in the server's log and `merged` once this phone
//! has read that log past it; `rejected` when it was refused, and then it stays for the person to
//! see; `replaced` when what it meant was written again as another change.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use sync_protocol::ids::{AreaId, ChangeHash, PushId, RecordId};
use sync_protocol::records::Kind;
use sync_protocol::wire::Words;

use super::{StoreError, column};

mod counts;
mod transitions;
pub(crate) mod unsent;

pub(crate) use counts::{Counts, Open, Standings, counts, open_by_record, standings};
pub(crate) use transitions::{
    accept, dismiss, hold, keep, merge_up_to, move_to, note_copy, offer, offer_again, offer_held,
    prune, put_back, put_off, reject, release_push, replace, set_apart,
};

/// A change by its number in this phone's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ChangeNo(pub(in crate::store) i64);

/// A change that is to be pushed.
pub(crate) struct Pending {
    pub(crate) no: ChangeNo,
    pub(crate) hash: ChangeHash,
    pub(crate) area: AreaId,
    pub(crate) record: RecordId,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
    pub(crate) push: Option<PushId>,
}

/// A new change.
pub(crate) struct Fresh<'a> {
    pub(crate) hash: ChangeHash,
    pub(crate) area: AreaId,
    pub(crate) record: RecordId,
    pub(crate) kind: Kind,
    pub(crate) bytes: &'a [u8],
    pub(crate) made_at: i64,
}

/// A change that the server has not accepted.
pub(crate) struct Unaccepted {
    pub(crate) no: ChangeNo,
    pub(crate) hash: ChangeHash,
    pub(crate) made_at: i64,
    /// It waits for another change.
    pub(crate) held: bool,
    /// The code it was judged with.
    pub(crate) judged: Option<String>,
    pub(crate) field: Option<String>,
}

/// A change that was refused or waits, for the person to see.
pub(crate) struct Troubled {
    pub(crate) no: ChangeNo,
    pub(crate) record: RecordId,
    pub(crate) kind: Kind,
    pub(crate) made_at: i64,
    pub(crate) held: bool,
    pub(crate) code: String,
    pub(crate) field: Option<String>,
    pub(crate) words: Words,
    /// Why staff decided against it.
    pub(crate) reason: Option<String>,
}

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The server has not judged it for good.
    Open,
    /// It was refused.
    Refused,
    /// It is in the server's log, or was written again as another.
    Through,
}

/// A change that the record on this phone was rebuilt without.
pub(crate) struct Apart {
    pub(crate) no: ChangeNo,
    pub(crate) record: RecordId,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
    pub(crate) area: AreaId,
    /// Its place in the area's log, if the server has accepted it nevertheless.
    pub(crate) accepted: Option<u64>,
}

/// A change that writes again what another one meant.
pub(crate) struct Copy {
    pub(crate) no: ChangeNo,
    /// Whether the server has it.
    pub(crate) sent: bool,
}

/// Notes a new change as pending.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    fresh: &Fresh<'_>,
) -> Result<ChangeNo, StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO changes (hash, area, record, kind, bytes, made_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            fresh.hash.0,
            column::area(fresh.area),
            fresh.record.0,
            fresh.kind.number(),
            fresh.bytes,
            fresh.made_at,
        ))?;
    Ok(ChangeNo(transaction.last_insert_rowid()))
}

const PENDING: &str = "SELECT id, hash, area, record, kind, bytes, push_id FROM changes
      WHERE state = 'pending'";

/// The oldest pending changes, as many as fit. If the oldest was sent before, those of its push.
pub(crate) fn next_to_push(
    connection: &Connection,
    most_changes: usize,
    most_bytes: usize,
) -> Result<Vec<Pending>, StoreError> {
    let mut query =
        connection.prepare_cached(&format!("{PENDING} ORDER BY push_id IS NULL, id"))?;
    let mut rows = query.query(())?;
    let mut chosen: Vec<Pending> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let next = pending(row)?;
        let same_push = chosen.first().is_none_or(|first| first.push == next.push);
        bytes += next.bytes.len();
        let full = chosen.len() >= most_changes || bytes > most_bytes;
        if !same_push || (full && next.push.is_none() && !chosen.is_empty()) {
            break;
        }
        chosen.push(next);
    }
    Ok(chosen)
}

/// The changes behind one of them that the server has not accepted, oldest first, as many as fit: to
/// hand them over otherwise than by a push.
pub(crate) fn unaccepted_after(
    connection: &Connection,
    after: Option<ChangeNo>,
    most_changes: usize,
    most_bytes: usize,
) -> Result<Vec<Pending>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT id, hash, area, record, kind, bytes, NULL FROM changes
          WHERE state IN ('pending', 'held', 'rejected') AND id > ?1 ORDER BY id",
    )?;
    let mut rows = query.query([after.map_or(0, |no| no.0)])?;
    let mut chosen: Vec<Pending> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let next = pending(row)?;
        bytes += next.bytes.len();
        if !chosen.is_empty() && (chosen.len() >= most_changes || bytes > most_bytes) {
            break;
        }
        chosen.push(next);
    }
    Ok(chosen)
}

/// The changes of a record that the server has not accepted, oldest first.
pub(crate) fn unaccepted_of(
    connection: &Connection,
    record: RecordId,
) -> Result<Vec<Unaccepted>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT id, hash, made_at, state = 'held', code, field FROM changes
          WHERE record = ?1 AND state IN ('pending', 'held', 'rejected') ORDER BY id",
    )?;
    let rows = query.query_map([record.0], |row| {
        Ok(Unaccepted {
            no: ChangeNo(row.get(0)?),
            hash: ChangeHash(row.get(1)?),
            made_at: row.get(2)?,
            held: row.get(3)?,
            judged: row.get(4)?,
            field: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One of this phone's changes of a record.
pub(crate) struct Own {
    pub(crate) hash: ChangeHash,
    /// Its place in the area's log, if the server has accepted it.
    pub(crate) accepted: Option<u64>,
    /// Whether the server has not judged it for good.
    pub(crate) open: bool,
}

/// This phone's changes of a record, whatever became of them.
pub(crate) fn own(connection: &Connection, record: RecordId) -> Result<Vec<Own>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT hash, CASE WHEN state IN ('accepted', 'merged') THEN seq END,
                state IN ('pending', 'held')
           FROM changes WHERE record = ?1",
    )?;
    let rows = query.query_map([record.0], |row| {
        let accepted = row.get::<_, Option<i64>>(1)?.and_then(|seq| u64::try_from(seq).ok());
        Ok(Own { hash: ChangeHash(row.get(0)?), accepted, open: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn pending(row: &Row<'_>) -> rusqlite::Result<Pending> {
    Ok(Pending {
        no: ChangeNo(row.get(0)?),
        hash: ChangeHash(row.get(1)?),
        area: column::get_area(row, 2)?,
        record: RecordId(row.get(3)?),
        kind: column::get_kind(row, 4)?,
        bytes: row.get(5)?,
        push: row.get::<_, Option<[u8; 16]>>(6)?.map(PushId),
    })
}

/// Writes down under which push changes are about to be sent.
pub(crate) fn assign_push(
    transaction: &Transaction<'_>,
    push: PushId,
    changes: &[Pending],
) -> Result<(), StoreError> {
    let mut update = transaction.prepare_cached("UPDATE changes SET push_id = ?1 WHERE id = ?2")?;
    for change in changes {
        update.execute((push.0, change.no.0))?;
    }
    Ok(())
}

/// A change's number and how far it has come, if it is one of this phone's.
pub(crate) fn find(
    connection: &Connection,
    hash: &ChangeHash,
) -> Result<Option<(ChangeNo, Stage)>, StoreError> {
    let mut query = connection.prepare_cached("SELECT id, state FROM changes WHERE hash = ?1")?;
    let found = query.query_row([hash.0], |row| {
        let stage = match row.get::<_, String>(1)?.as_str() {
            "pending" | "held" => Stage::Open,
            "rejected" => Stage::Refused,
            _ => Stage::Through,
        };
        Ok((ChangeNo(row.get(0)?), stage))
    });
    Ok(found.optional()?)
}

/// The changes that their records were rebuilt without, by name: few, refused ones mostly.
pub(crate) fn apart(connection: &Connection) -> Result<HashMap<ChangeHash, Apart>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT hash, id, record, kind, bytes, area,
                CASE WHEN state IN ('accepted', 'merged') THEN seq END
           FROM changes WHERE apart",
    )?;
    let rows = query.query_map((), |row| {
        let apart = Apart {
            no: ChangeNo(row.get(1)?),
            record: RecordId(row.get(2)?),
            kind: column::get_kind(row, 3)?,
            bytes: row.get(4)?,
            area: column::get_area(row, 5)?,
            accepted: row.get::<_, Option<i64>>(6)?.and_then(|seq| u64::try_from(seq).ok()),
        };
        Ok((ChangeHash(row.get(0)?), apart))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The later changes that write again what a change meant, or what that one had written again.
pub(crate) fn copies(connection: &Connection, of: ChangeNo) -> Result<Vec<Copy>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT id, kept OR state IN ('accepted', 'merged') FROM changes
          WHERE copy_of = coalesce((SELECT copy_of FROM changes WHERE id = ?1), ?1) AND id > ?1
            AND state IN ('pending', 'held', 'accepted', 'merged')",
    )?;
    let rows =
        query.query_map([of.0], |row| Ok(Copy { no: ChangeNo(row.get(0)?), sent: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The changes that were refused or wait for another, oldest first.
pub(crate) fn troubled(connection: &Connection) -> Result<Vec<Troubled>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT id, record, kind, made_at, state = 'held', code, field, words_zh, words_en,
                reason
           FROM changes WHERE state IN ('held', 'rejected') AND code IS NOT NULL ORDER BY id",
    )?;
    let rows = query.query_map((), |row| {
        Ok(Troubled {
            no: ChangeNo(row.get(0)?),
            record: RecordId(row.get(1)?),
            kind: column::get_kind(row, 2)?,
            made_at: row.get(3)?,
            held: row.get(4)?,
            code: row.get(5)?,
            field: row.get(6)?,
            words: Words { zh: row.get(7)?, en: row.get(8)? },
            reason: row.get(9)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
