//! Changes of which the log has the name alone, because their record was erased. The table of erasures
//! is not believed: an entry further on in the log must say the same.

use std::collections::BTreeMap;

use sync_protocol::entries::Erased;
use sync_protocol::ids::{ChangeHash, RecordId};

use super::fault::Fault;
use crate::store::audit::LogRow;

/// What is said to be erased, and what of that the log has confirmed.
#[derive(Clone, Default)]
pub(super) struct Erasures {
    /// The place of each record's last erasure, as the table has it.
    last: BTreeMap<RecordId, u64>,
    /// By the record and place of an erasure that was relied on and has not been met: the first change
    /// that is gone by it.
    relied_on: BTreeMap<(RecordId, u64), u64>,
}

impl Erasures {
    pub(super) fn of(last: BTreeMap<RecordId, u64>) -> Self {
        Self { last, relied_on: BTreeMap::new() }
    }

    /// Takes in what the table says now.
    pub(super) fn read_again(&mut self, last: &BTreeMap<RecordId, u64>) {
        self.last.extend(last);
    }

    /// Whether something is gone by an erasure behind a place.
    pub(super) fn reach_beyond(&self, place: u64) -> bool {
        self.relied_on.keys().any(|(_, erased)| *erased > place)
    }

    /// The name of a change that is gone with its record; nothing when it is there.
    pub(super) fn name(&mut self, row: &LogRow) -> Result<Option<ChangeHash>, Fault> {
        if !row.is_gone() {
            return Ok(None);
        }
        let erased = self.last.get(&row.record).filter(|seq| **seq > row.seq).ok_or(Fault::Gone)?;
        self.relied_on.entry((row.record, *erased)).or_insert(row.seq);
        let name = row.hash.as_slice().try_into().map_err(|_| Fault::Bytes)?;
        Ok(Some(ChangeHash(name)))
    }

    /// An entry of the log says that a record is erased.
    pub(super) fn confirm(&mut self, entry: &Erased) {
        self.relied_on.remove(&(entry.record, entry.seq));
    }

    /// The first change that is gone though no entry says that its record was erased.
    pub(super) fn unconfirmed(&self) -> Option<u64> {
        self.relied_on.values().min().copied()
    }
}
