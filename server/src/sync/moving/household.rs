//! Moving what belongs together: a home, and everything that names it. The home goes first, so that
//! whatever is written of it meanwhile follows; one that was cut short is finished by moving again.

use sync_protocol::ids::{AreaId, RecordId};

use super::coming::Coming;
use super::{Departing, MoveError, arrive, depart};
use crate::auth::Operator;
use crate::store::moves::Departure;
use crate::store::{Db, Store, StoreError, areas, households, moves, records};

/// What is to be moved, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Moving<'s> {
    /// The database.
    pub store: &'s Store,
    /// Who orders it.
    pub by: Operator,
    /// The area that records leave.
    pub from: AreaId,
    /// The area that they go to.
    pub to: AreaId,
}

/// Moves a record, with everything that names it. `progress` is told how many of how many are done.
/// Answers how many records were moved now.
///
/// # Errors
/// [`MoveError`]; what was moved until then stays so.
pub fn move_record(
    moving: Moving<'_>,
    record: RecordId,
    now_ms: i64,
    progress: impl FnMut(usize, usize),
) -> Result<usize, MoveError> {
    let known = moving.store.read(|db| {
        let scope = moving.by.area(moving.from);
        let here = !records::last_seqs(db, &scope, &[record])?.is_empty();
        Ok(here || moves::any(db, &scope, &[record])?)
    })?;
    if !known {
        return Err(MoveError::NotHere { area: moving.from, record });
    }
    move_homes(moving, &[record], now_ms, progress)
}

/// Moves homes, each with everything that names it; those that went the same way before and were cut
/// short are finished. `progress` is told how many of how many are done. Answers how many records
/// that were.
///
/// # Errors
/// [`MoveError`]; what was moved until then stays so.
pub fn move_homes(
    moving: Moving<'_>,
    homes: &[RecordId],
    now_ms: i64,
    mut progress: impl FnMut(usize, usize),
) -> Result<usize, MoveError> {
    check(moving)?;
    let Moving { store, by, from, to } = moving;
    let scope = by.area(from);
    let gone = |db: &mut Db| -> Result<Vec<RecordId>, StoreError> {
        Ok(moves::gone_to(db, &scope, to)?.iter().map(|left| left.record).collect())
    };
    let of = store.read(|db| {
        let with = [homes.to_vec(), gone(db)?].concat();
        Ok(homes.len() + households::dependants(db, &scope, &with)?.len())
    })?;
    let (mut done, mut moved) = (0, 0);
    let mut go = |record| -> Result<(), MoveError> {
        moved += usize::from(move_one(moving, record, now_ms)?);
        done += 1;
        progress(done, of.max(done));
        Ok(())
    };
    homes.iter().copied().try_for_each(&mut go)?;
    // Those of them that went before, and those that were cut short, may have left something behind.
    for left in store.read(|db| moves::gone_to(db, &scope, to))? {
        arrive(store, &left, now_ms)?;
    }
    let dependants = store.read(|db| {
        let gone = gone(db)?;
        households::dependants(db, &scope, &gone)
    })?;
    dependants.into_iter().try_for_each(&mut go)?;
    Ok(moved)
}

fn check(moving: Moving<'_>) -> Result<(), MoveError> {
    let Moving { store, from, to, .. } = moving;
    if from == to {
        return Err(MoveError::SameArea);
    }
    let known = store.read(|db| areas::find(db, &[from, to]))?;
    let missing = [from, to].into_iter().find(|id| known.iter().all(|area| area.id != *id));
    missing.map_or(Ok(()), |area| Err(MoveError::NoArea(area)))
}

/// Moves one record; answers whether it had not gone before.
fn move_one(moving: Moving<'_>, record: RecordId, now_ms: i64) -> Result<bool, MoveError> {
    let Moving { store, by, from, to } = moving;
    let scope = by.area(from);
    let is_here = !store.read(|db| moves::any(db, &scope, &[record]))?;
    if is_here {
        fits(moving, record)?;
    }
    let departing = store.transaction(|db| depart(db, &scope, record, to, now_ms))?;
    let Departing::Left(left) = departing else {
        return Err(MoveError::NotHere { area: from, record });
    };
    if left.to != to {
        return Err(MoveError::Elsewhere { area: from, record, to: left.to });
    }
    arrive(store, &left, now_ms)?;
    Ok(is_here)
}

/// Whether the new area can take the record, before anything is logged.
fn fits(moving: Moving<'_>, record: RecordId) -> Result<(), MoveError> {
    let Moving { store, by, from, to } = moving;
    let trial = Departure { record, seq: 0, to, at: 0, arrived: false };
    let coming = store.read(|db| Coming::join(db, (by.area(from), by.area(to)), trial))?;
    let waited = |hash| coming.given_up.iter().any(|(_, verdict)| verdict.hash == hash);
    match coming.refused.iter().find(|refused| !waited(refused.hash)) {
        Some(refused) => Err(MoveError::Unfit { record, to, code: refused.code }),
        None => Ok(()),
    }
}
