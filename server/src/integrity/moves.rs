//! The entries that moves leave in a log: whether they are what they must be, and which places an
//! arrival says that its copies take.

use std::collections::VecDeque;

use sync_protocol::entries::{Arrived, DEVICE, PUSH, ServerEntry};
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::records::Kind;

use super::fault::Fault;
use crate::store::audit::LogRow;

/// The move that a row is; nothing when it is a change.
pub(super) fn read(row: &LogRow) -> Result<Option<ServerEntry>, Fault> {
    if row.device != DEVICE {
        return Ok(None);
    }
    let entry = row.bytes.as_deref().and_then(ServerEntry::from_bytes).ok_or(Fault::Unreadable)?;
    if row.hash != entry.name().as_bytes() {
        return Err(Fault::Bytes);
    }
    let fits = (entry.place().1, entry.record()) == (row.seq, row.record);
    if !fits || Kind::from_number(row.kind).is_none() || row.max_op != 0 || row.push != PUSH {
        return Err(Fault::Columns);
    }
    Ok(Some(entry))
}

/// The copies that are still to come of the last arrival.
#[derive(Default)]
pub(super) struct Arrival {
    record: Option<RecordId>,
    changes: VecDeque<ChangeHash>,
}

impl Arrival {
    /// Those that an arrival names.
    pub(super) fn of(arrived: &Arrived) -> Self {
        let changes = arrived.changes.iter().copied().collect();
        Self { record: Some(arrived.record), changes }
    }

    /// Whether a row is the next copy; it must be, as long as some are to come.
    pub(super) fn takes(&mut self, row: &LogRow) -> Result<bool, Fault> {
        let Some(next) = self.changes.pop_front() else { return Ok(false) };
        let fits = Some(row.record) == self.record && row.hash == next.as_bytes();
        if fits { Ok(true) } else { Err(Fault::NotCopied) }
    }

    /// Whether all of them have come.
    pub(super) fn is_whole(&self) -> bool {
        self.changes.is_empty()
    }
}
