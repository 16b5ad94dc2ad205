//! What belongs to records that were erased: which pushed change is of one, and shall not come back.

use std::collections::{HashMap, HashSet};

use sync_protocol::document::DecodedChange;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};

use crate::store::erasures::{self, Erasure};
use crate::store::{Db, StoreError};

/// The erased among some records of an area.
#[derive(Debug, Default)]
pub(super) struct ErasedRecords {
    last: HashMap<RecordId, Erasure>,
    /// The changes that went with them, or were refused since because they are of them.
    changes: HashSet<(RecordId, ChangeHash)>,
}

impl ErasedRecords {
    /// Reads them. It takes a bare area: what of an erased record somebody may *not* write there is not
    /// kept either.
    pub(super) fn find(db: &mut Db, area: AreaId, ids: &[RecordId]) -> Result<Self, StoreError> {
        let last = erasures::find(db, area, ids)?;
        if last.is_empty() {
            return Ok(Self::default());
        }
        let erased: Vec<RecordId> = last.keys().copied().collect();
        Ok(Self { last, changes: erasures::changes(db, area, &erased)? })
    }

    /// Whether a change went with its record, or was refused since because it is of it.
    pub(super) fn has(&self, record: RecordId, change: ChangeHash) -> bool {
        self.changes.contains(&(record, change))
    }

    /// The erasure that a change falls under: it was written before, by the phone's clock, or builds
    /// upon what went, or upon one of `others`. What was written since is a beginning like any.
    pub(super) fn takes(
        &self,
        record: RecordId,
        change: &DecodedChange,
        others: &[(RecordId, ChangeHash)],
    ) -> Option<Erasure> {
        let erasure = self.last.get(&record)?;
        let went = |dep: &ChangeHash| self.has(record, *dep) || others.contains(&(record, *dep));
        let before = change.time.saturating_mul(1000) < erasure.at;
        (before || change.deps.iter().any(went)).then_some(*erasure)
    }
}
