//! What somebody may do with a record that moved out of their area. An honest phone hears of the move
//! with its first answer, and what was pending then comes with the requests around it: for that, what
//! its person is in the old area counts, for as long as a change may wait.

use std::collections::{BTreeMap, HashSet};

use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Roles;

use crate::auth::{self, AreaScope, PhoneScope};
use crate::store::held::Held;
use crate::store::move_entries::Origin;
use crate::store::{Db, StoreError, move_entries};
use crate::sync::expiry::PATIENCE_MS;

/// How long after a move what somebody wrote in the old area is let in, in milliseconds.
pub const GRACE_MS: i64 = PATIENCE_MS;

/// Whether a move is recent enough.
pub(super) fn is_within(moved_at: i64, now_ms: i64) -> bool {
    now_ms < moved_at.saturating_add(GRACE_MS)
}

/// The areas that a record of this area came from, near and far, each with when it came last.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn origins(
    db: &mut Db,
    scope: &AreaScope,
    record: RecordId,
) -> Result<BTreeMap<AreaId, Origin>, StoreError> {
    let mut origins = BTreeMap::<AreaId, Origin>::new();
    let mut seen = HashSet::from([scope.area()]);
    let mut next = vec![*scope];
    while let Some(here) = next.pop() {
        for origin in move_entries::origins(db, &here, record)? {
            let latest = origins.entry(origin.from()).or_insert(origin);
            if latest.at() < origin.at() {
                *latest = origin;
            }
            if seen.insert(origin.from()) {
                next.push(AreaScope::origin(&origin));
            }
        }
    }
    origins.remove(&scope.area());
    Ok(origins)
}

/// What the author of a change that waits is for its record: in its area, or else through a move that
/// was recent when the change came.
pub(in crate::sync) fn roles_through(
    db: &mut Db,
    scope: &AreaScope,
    held: &Held,
) -> Result<Roles, StoreError> {
    let Some(author) = auth::devices::scope(db, held.device, held.received_at)? else {
        return Ok(Roles::default());
    };
    if let Some(there) = author.area(scope.area()) {
        return Ok(there.roles());
    }
    let origins = origins(db, scope, held.change.record)?;
    let origins = origins.values().map(|origin| (origin.from(), origin.at()));
    Ok(of_origins(&author, scope.area(), origins, held.received_at))
}

/// The same for a record that is just arriving: its log does not say yet where from.
pub(super) fn roles_on_arrival(
    db: &mut Db,
    to: &AreaScope,
    from: AreaId,
    held: &Held,
    moved_at: i64,
) -> Result<Roles, StoreError> {
    let Some(author) = auth::devices::scope(db, held.device, held.received_at)? else {
        return Ok(Roles::default());
    };
    if let Some(there) = author.area(to.area()) {
        return Ok(there.roles());
    }
    Ok(of_origins(&author, to.area(), [(from, moved_at)], held.received_at))
}

fn of_origins(
    author: &PhoneScope,
    to: AreaId,
    origins: impl IntoIterator<Item = (AreaId, i64)>,
    came_at: i64,
) -> Roles {
    let through = origins.into_iter().filter(|(_, at)| is_within(*at, came_at));
    let mut scopes = through.filter_map(|(from, _)| author.through_move(from, to));
    scopes.next().map(|scope| scope.roles()).unwrap_or_default()
}
