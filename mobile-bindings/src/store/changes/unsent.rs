//! The changes that this phone has not read back, one by one: what the outbox shows.

use rusqlite::{Connection, Row};
use sync_protocol::ids::{PushId, RecordId};
use sync_protocol::records::Kind;

use super::super::{StoreError, column};

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It has not been sent.
    Pending,
    /// It was sent, and not answered.
    Sent,
    /// It waits for another change.
    Held,
    /// It was refused.
    Refused,
    /// It is in the server's log.
    Accepted,
}

/// A change that this phone has not read back.
pub(crate) struct Unsent {
    pub(crate) record: RecordId,
    pub(crate) kind: Kind,
    pub(crate) state: State,
    pub(crate) bytes: u64,
    pub(crate) push: Option<PushId>,
    /// What the server judged it with.
    pub(crate) code: Option<String>,
}

const OPEN: &str = "FROM changes WHERE state IN ('pending', 'held', 'rejected', 'accepted')";

/// Those changes, in the order in which they were made.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Unsent>, StoreError> {
    let sql =
        format!("SELECT record, kind, state, length(bytes), push_id, code {OPEN} ORDER BY id");
    let mut query = connection.prepare_cached(&sql)?;
    let rows = query.query_map((), read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The records that they are of, and those of photos that are still here.
pub(crate) fn records(connection: &Connection) -> Result<Vec<RecordId>, StoreError> {
    let sql =
        format!("SELECT record {OPEN} UNION SELECT record FROM photos WHERE state = 'pending'");
    let mut query = connection.prepare_cached(&sql)?;
    let rows = query.query_map((), |row| Ok(RecordId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Unsent> {
    let push = row.get::<_, Option<[u8; 16]>>(4)?.map(PushId);
    let state = match row.get::<_, String>(2)?.as_str() {
        "held" => State::Held,
        "rejected" => State::Refused,
        "accepted" => State::Accepted,
        _ if push.is_some() => State::Sent,
        _ => State::Pending,
    };
    Ok(Unsent {
        record: RecordId(row.get(0)?),
        kind: column::get_kind(row, 1)?,
        state,
        bytes: column::get_number(row, 3)?,
        push,
        code: row.get(5)?,
    })
}
