//! Splitting an area in two: a new area beside it, and homes that go there with everything that hangs
//! on them. It can be repeated: what was cut short is finished, nothing is done twice.

use sync_protocol::ids::{AreaId, RecordId};

use crate::auth::Operator;
use crate::registry::{self, NewArea};
use crate::store::areas::Area;
use crate::store::households::{self, Homes};
use crate::store::posts::{self, Post};
use crate::store::{Store, areas, moves};
use crate::sync::moving::{MoveError, Moving, move_homes};

/// How an area is split.
#[derive(Debug, Clone)]
pub struct Split {
    /// The area that is split.
    pub from: AreaId,
    /// The new one.
    pub new: NewArea,
    /// The homes that go there.
    pub homes: Homes,
    /// Whether everybody gets the role there that they have in the old area, now or later, for as long.
    pub with_roles: bool,
}

/// What a split would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The homes that would go.
    pub homes: Vec<RecordId>,
    /// How many records that is, with what names them.
    pub records: usize,
    /// How many roles would be copied.
    pub roles: usize,
}

/// The area of a code.
///
/// # Errors
/// [`MoveError::NoArea`], or those of the database.
pub fn area(store: &Store, id: AreaId) -> Result<Area, MoveError> {
    store.read(|db| areas::find(db, &[id]))?.pop().ok_or(MoveError::NoArea(id))
}

/// What a split would do; nothing is changed.
///
/// # Errors
/// [`MoveError::NotHere`] for a home that is named and not there, or those of the database.
pub fn plan(store: &Store, by: Operator, split: &Split, now_ms: i64) -> Result<Plan, MoveError> {
    let scope = by.area(split.from);
    let plan = store.read(|db| {
        let homes = households::homes(db, &scope, &split.homes)?;
        let records = homes.len() + households::dependants(db, &scope, &homes)?.len();
        let roles =
            if split.with_roles { posts::open_at(db, split.from, now_ms)?.len() } else { 0 };
        Ok(Plan { homes, records, roles })
    })?;
    all_known(store, by, split, &plan.homes)?;
    Ok(plan)
}

/// Whether every home that was named is there, or went the same way before.
fn all_known(
    store: &Store,
    by: Operator,
    split: &Split,
    found: &[RecordId],
) -> Result<(), MoveError> {
    let Homes::Records(named) = &split.homes else { return Ok(()) };
    let area = split.from;
    let gone = store.read(|db| moves::find(db, &by.area(area), named))?;
    let went = |record| gone.get(record).is_some_and(|left| left.to == split.new.id);
    match named.iter().find(|record| !found.contains(record) && !went(record)) {
        Some(record) => Err(MoveError::NotHere { area, record: *record }),
        None => Ok(()),
    }
}

/// Splits an area. `progress` is told how many records of how many have gone; answers how many that
/// were.
///
/// # Errors
/// [`MoveError`]; what was done until then stays so, and is not done again by a repeat.
pub fn split(
    store: &Store,
    by: Operator,
    split: &Split,
    now_ms: i64,
    progress: impl FnMut(usize, usize),
) -> Result<usize, MoveError> {
    if split.from == split.new.id {
        return Err(MoveError::SameArea);
    }
    area(store, split.from)?;
    let scope = by.area(split.from);
    let homes = store.read(|db| households::homes(db, &scope, &split.homes))?;
    all_known(store, by, split, &homes)?;
    store.transaction(|db| {
        if areas::find(db, &[split.new.id])?.is_empty() {
            registry::create_area(db, by, split.new.clone(), now_ms)?;
        }
        if split.with_roles {
            for post in posts::open_at(db, split.from, now_ms)? {
                posts::carry(db, &Post { area: split.new.id, ..post })?;
            }
        }
        Ok(())
    })?;
    let moving = Moving { store, by, from: split.from, to: split.new.id };
    move_homes(moving, &homes, now_ms, progress)
}
