//! Where a record is that somebody believes to be in an area.

use sync_protocol::ids::{AreaId, RecordId};

use super::arrive;
use crate::auth::PhoneScope;
use crate::store::{Store, StoreError, moves};

/// How many moves are followed: more than anybody makes, so that a damaged table ends the search.
const HOPS: usize = 1_000;

/// Where a record is, and since when it has not been where it was looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whereabouts {
    pub(super) area: AreaId,
    /// In milliseconds since 1970 UTC.
    pub(super) since: i64,
    /// Whether what somebody is in the area where it was looked for counts: it was theirs there.
    pub(super) was_here: bool,
}

/// Where a record went from an area; nothing if it never left. One that is under way arrives first.
pub(super) fn of(
    store: &Store,
    phone: &PhoneScope,
    named: AreaId,
    record: RecordId,
    now_ms: i64,
) -> Result<Option<Whereabouts>, StoreError> {
    let mut found: Option<Whereabouts> = None;
    for _ in 0..HOPS {
        let here = found.map_or(named, |there| there.area);
        let left = store.read(|db| moves::went(db, phone, here, record))?;
        let Some(left) = left else { break };
        arrive(store, &left, now_ms)?;
        let since = found.map_or(left.at, |first| first.since);
        found = Some(Whereabouts { area: left.to, since, was_here: true });
    }
    Ok(found)
}
