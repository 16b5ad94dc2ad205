//! What belongs to records that were erased: which pushed change is of one, and shall not come back.

use std::collections::{HashMap, HashSet};

use sync_protocol::codes::{self, Code};
use sync_protocol::document::DecodedChange;
use sync_protocol::entries::Cause;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::judge;
use sync_protocol::wire::RecordPush;

use crate::store::erasures::{self, Changes, Erasure};
use crate::store::{Db, StoreError};

/// The name of a change, with its record.
type Name = (RecordId, ChangeHash);

/// The erased among some records of an area.
#[derive(Debug, Default)]
pub(super) struct ErasedRecords {
    last: HashMap<RecordId, Erasure>,
    /// The changes that went with them, or were refused since because they are of them.
    changes: HashSet<Name>,
    /// The changes that are in the log, or wait: they were written since.
    since: HashSet<Name>,
}

/// Why what falls under an erasure is refused.
pub(super) fn code_of(erasure: Erasure) -> &'static Code {
    match erasure.cause {
        Cause::Request => &codes::RECORD_ERASED,
        Cause::Retention => &codes::RECORD_PUT_AWAY,
    }
}

/// What was made of the changes of erased records that stand earlier in a push.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    /// They fall under an erasure.
    taken: HashSet<Name>,
    /// They do not.
    spared: HashSet<Name>,
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
        let Changes { gone, since } = erasures::changes(db, area, &erased)?;
        Ok(Self { last, changes: gone, since })
    }

    /// Whether a change went with its record, or was refused since because it is of it.
    pub(super) fn has(&self, record: RecordId, change: ChangeHash) -> bool {
        self.changes.contains(&(record, change))
    }

    /// The erasure that a change falls under: it went with the record, or builds upon what went, or was
    /// written before, by the phone's clock. What was written since is a beginning like any, and what
    /// builds upon that was written later, whatever the clock said. `earlier` is what was made of the
    /// push's changes before it, and hears of this one.
    pub(super) fn takes(
        &self,
        record: RecordId,
        change: &DecodedChange,
        earlier: &mut Earlier,
    ) -> Option<Erasure> {
        let erasure = self.last.get(&record)?;
        let name = |hash: ChangeHash| (record, hash);
        let went = |of: Name| self.changes.contains(&of) || earlier.taken.contains(&of);
        let stays = |of: Name| self.since.contains(&of) || earlier.spared.contains(&of);
        let deps = || change.deps.iter().copied().map(name);
        let before = || change.time.saturating_mul(1000) < erasure.at && !deps().any(stays);
        let this = name(change.hash);
        if went(this) || deps().any(went) || before() {
            earlier.taken.insert(this);
            return Some(*erasure);
        }
        earlier.spared.insert(this);
        None
    }

    /// Those of the pushed changes that fall under an erasure, in their order.
    pub(super) fn sift(&self, pushes: &[&RecordPush]) -> Vec<(Name, Erasure)> {
        let (mut earlier, mut sifted) = (Earlier::default(), Vec::new());
        for push in pushes.iter().filter(|push| self.last.contains_key(&push.record)) {
            let read = push.changes.iter().filter_map(|bytes| judge::read(bytes, push.kind).ok());
            for change in read {
                if let Some(erasure) = self.takes(push.record, &change, &mut earlier) {
                    sifted.push(((push.record, change.hash), erasure));
                }
            }
        }
        sifted
    }
}
