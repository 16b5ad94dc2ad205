//! Walks the audit trail from its first place to its head: gapless, every chain value following from
//! the one before, every reason the one that was given. Nothing that the database says is believed.
//!
//! A trail that was cut at its end, with the head set back, is whole in itself: only heads that were
//! exported elsewhere (see [`super::heads`]) tell.

use std::fmt;

use super::BATCH;
use crate::auth::Operator;
use crate::store::trail::{self, Kept};
use crate::store::{Store, StoreError};
use crate::trail::{chain, reason};

/// How the trail was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailChecked {
    /// Entries that are good, from the first one on.
    pub entries: u64,
    /// The first thing that is wrong.
    pub finding: Option<TrailFinding>,
}

/// The first place of the trail where something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailFinding {
    /// The place.
    pub place: u64,
    /// What is wrong.
    pub fault: TrailFault,
}

/// What is wrong with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailFault {
    /// The trail has no row in `trail_head`.
    NoHead,
    /// The place is not there, though the trail goes on or its head is further.
    Missing,
    /// The chain value does not follow from the one before.
    Chain,
    /// The reason is not the one that was given.
    Reason,
    /// There are places behind the head.
    BehindHead,
    /// The head names another chain value than its place.
    HeadChain,
}

/// Walks the trail as it stood when the walk began; whoever adds to it meanwhile is not waited for.
///
/// # Errors
/// Those of the database.
pub fn trail(
    store: &Store,
    _by: Operator,
    mut progress: impl FnMut(u64, u64),
) -> Result<TrailChecked, StoreError> {
    let found = |place, fault| Some(TrailFinding { place, fault });
    let Some(end) = store.read(trail::end)? else {
        return Ok(TrailChecked { entries: 0, finding: found(0, TrailFault::NoHead) });
    };
    let (mut place, mut value) = (0, chain::start().to_vec());
    while place < end.head.place {
        let entries = store.read(|db| trail::entries(db, place, end.head.place, BATCH))?;
        for entry in &entries {
            if let Some(fault) = fault(entry, place + 1, &value) {
                return Ok(TrailChecked { entries: place, finding: found(place + 1, fault) });
            }
            (place, value) = (entry.place, entry.chain.clone());
        }
        if entries.is_empty() {
            let finding = found(place + 1, TrailFault::Missing);
            return Ok(TrailChecked { entries: place, finding });
        }
        progress(place, end.head.place);
    }
    let finding = if end.last > end.head.place {
        found(end.head.place + 1, TrailFault::BehindHead)
    } else if end.head.chain != value {
        found(end.head.place, TrailFault::HeadChain)
    } else {
        None
    };
    Ok(TrailChecked { entries: place, finding })
}

/// What is wrong with the entry that should stand at a place.
fn fault(entry: &Kept, place: u64, before: &[u8]) -> Option<TrailFault> {
    if entry.place != place {
        return Some(TrailFault::Missing);
    }
    if entry.chain != chain::next(before, entry) {
        return Some(TrailFault::Chain);
    }
    let given = entry.reason.as_deref().map(|kept| reason::sha256(kept).to_vec());
    (given != entry.reason_sha256).then_some(TrailFault::Reason)
}

impl TrailFault {
    /// What is wrong, and what to do.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoHead => "its row in trail_head is missing. Take it from a backup",
            Self::Missing => {
                "the place is missing. Take the rows from there on from a backup, and find out who \
                 could write to the database past the server"
            }
            Self::Chain => {
                "the chain value does not follow from the place before: a column was altered, or \
                 places were exchanged. Hold the row against an export or a backup, and find out who \
                 could write to the database past the server"
            }
            Self::Reason => {
                "the reason is not the one that was given. Take it from a backup, and find out who \
                 could write to the database past the server"
            }
            Self::BehindHead => "there are places behind the head. Take trail_head from a backup",
            Self::HeadChain => {
                "trail_head names another chain value than the last place. Take it from a backup, or, \
                 if `doorstep heads check` agrees with the trail, set it to the last place"
            }
        }
    }
}

impl fmt::Display for TrailFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "audit trail, place {}: {}.", self.place, self.fault.words())
    }
}
