//! What waits and what was refused of a record goes along with it, and so do the pushes that its
//! changes came in, so that their signatures can be checked in the new area too.

use sync_protocol::ids::{ChangeHash, RecordId};

use crate::auth::AreaScope;
use crate::store::carried::{self, Carried};
use crate::store::held::Held;
use crate::store::moves::{Departure, Noted};
use crate::store::{Db, Store, StoreError, changes, move_entries, moves, quarantine};

/// Writes into the new area what goes along, again and again if need be.
pub(super) fn bring(store: &Store, left: &Noted) -> Result<Carried, StoreError> {
    let (from, to) = (AreaScope::left_by(left), AreaScope::left_for(left));
    let (carried, waiting) = store.read(|db| {
        let history = move_entries::history(db, &from, left.record)?;
        let pushes = history.iter().map(|logged| logged.push);
        let carried = carried::read(db, &from, left.record, pushes)?;
        let waiting = unsettled(db, &to, left, &carried.held)?;
        Ok((carried, waiting))
    })?;
    store.transaction(|db| {
        carried::write(db, &to, &carried)?;
        carried::write_held(db, &to, &waiting)
    })?;
    Ok(carried)
}

/// Those that still wait as far as the new area knows: what is in its log or was refused there, when
/// the record arrived before, waits no more.
fn unsettled(
    db: &mut Db,
    to: &AreaScope,
    left: &Departure,
    waiting: &[Held],
) -> Result<Vec<Held>, StoreError> {
    let names: Vec<ChangeHash> = waiting.iter().map(|held| held.change.hash).collect();
    let sought: Vec<(RecordId, ChangeHash)> =
        names.iter().map(|hash| (left.record, *hash)).collect();
    let logged = changes::known(db, to, &sought)?;
    let refused = quarantine::reasons(db, left.to, &[left.record], &names)?;
    let settled = |held: &&Held| {
        let key = (left.record, held.change.hash);
        logged.contains_key(&key) || refused.contains_key(&key)
    };
    Ok(waiting.iter().filter(|held| !settled(held)).cloned().collect())
}

/// Takes it out of the old area, and notes there that the record has arrived.
pub(super) fn let_go(store: &Store, left: &Noted, carried: &Carried) -> Result<(), StoreError> {
    let from = AreaScope::left_by(left);
    store.transaction(|db| {
        carried::clear(db, &from, carried)?;
        moves::set_arrived(db, &from, left)
    })
}
