//! What waits and what was refused of a record goes along with it, and so do the pushes that its
//! changes came in, so that their signatures can be checked in the new area too.

use sync_protocol::ids::{ChangeHash, RecordId};

use super::coming::erasures_of;
use crate::auth::AreaScope;
use crate::store::carried::{self, Carried};
use crate::store::held::Held;
use crate::store::moves::{Departure, Noted};
use crate::store::{Db, Store, StoreError, area_log, changes, move_entries, moves, quarantine};

/// Writes into the new area what goes along, again and again if need be; not what was erased while it was
/// on its way.
pub(super) fn bring(store: &Store, left: &Noted) -> Result<Carried, StoreError> {
    loop {
        if let Some(carried) = brought(store, left)? {
            return Ok(carried);
        }
    }
}

/// What was brought; nothing if it has been erased meanwhile, and is to be read again.
fn brought(store: &Store, left: &Noted) -> Result<Option<Carried>, StoreError> {
    let (from, to) = (AreaScope::left_by(left), AreaScope::left_for(left));
    let ends = (from.area(), to.area());
    let (carried, waiting, erasures) = store.read(|db| {
        let erasures = erasures_of(db, ends, left.record)?;
        let history = move_entries::history(db, &from, left.record)?;
        let pushes = history.iter().map(|logged| logged.push);
        let carried = carried::read(db, &from, left.record, pushes)?;
        let waiting = unsettled(db, &to, left, &carried.held)?;
        Ok((carried, waiting, erasures))
    })?;
    store.transaction(|db| {
        if !(carried.refused.is_empty() && waiting.is_empty()) {
            area_log::lock(db, &to)?;
            if erasures_of(db, ends, left.record)? != erasures {
                return Ok(None);
            }
        }
        carried::write(db, &to, &carried)?;
        carried::write_held(db, &to, &waiting)?;
        Ok(Some(carried))
    })
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
