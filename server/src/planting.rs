//! Planting a synthetic district into a database, by the way every field report takes: people with
//! devices, documents with changes, signed pushes through the engine. Nothing is inserted past it.

mod hands;
mod sowing;

use std::collections::HashMap;

use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::derived::AreaKey;

use crate::auth::Operator;
use crate::http::Server;
use crate::registry::{self, NewArea};
use crate::seed::{self, Plan, SeedArea, Worker};
use crate::store::people::Person;
use crate::store::{Db, StoreError, areas};
use crate::sync::SyncError;
use hands::Hand;

/// How far the planting has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Homes planted.
    pub homes: usize,
    /// Homes altogether.
    pub of: usize,
    /// Changes pushed.
    pub changes: usize,
}

/// What was planted.
#[derive(Debug, Clone)]
pub struct Planted {
    /// The areas that phones carry.
    pub cells: Vec<AreaId>,
    /// The workers of each.
    pub workers: Vec<Worker>,
    /// Changes pushed.
    pub changes: usize,
}

/// What went wrong while planting.
#[derive(Debug, thiserror::Error)]
pub enum PlantError {
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine did not answer well.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// A record could not be written.
    #[error(transparent)]
    Document(#[from] sync_protocol::document::DocumentError),
    /// The engine refused a change of the seed: seed and field tables disagree.
    #[error("a change of the seed was refused: {code} {field}")]
    Refused {
        /// Why.
        code: String,
        /// The field at fault.
        field: String,
    },
    /// A worker of the seed has no device: the seed names somebody it did not list.
    #[error("the seed names a worker that it does not list")]
    NoSuchWorker,
}

/// Enters the district, its areas and its workers; call it before a server is put together.
///
/// # Errors
/// Those of the database.
pub fn enter(db: &mut Db, by: Operator, plan: &Plan, now_ms: i64) -> Result<(), StoreError> {
    let district = seed::district(plan);
    registry::create_district(db, by, &district.name_zh, &district.name_en, now_ms)?;
    for area in &district.areas {
        registry::create_area(db, by, new_area(area), now_ms)?;
        for worker in seed::workers(plan, area) {
            let person = Person { id: worker.id, name: worker.name.clone() };
            registry::enter_person(db, by, &person, (worker.role, worker.area), now_ms)?;
        }
    }
    Ok(())
}

/// Plants the homes of every cell through the server's engine.
///
/// # Errors
/// [`PlantError`]; what was pushed until then stays.
pub fn plant(
    server: &Server,
    by: Operator,
    plan: &Plan,
    now_ms: i64,
    mut progress: impl FnMut(Progress),
) -> Result<Planted, PlantError> {
    let district = seed::district(plan);
    let workers: Vec<Worker> =
        district.areas.iter().flat_map(|area| seed::workers(plan, area)).collect();
    let mut hands = hands(server, by, &workers, now_ms)?;
    let cells: Vec<&SeedArea> = district.areas.iter().filter(|area| area.homes > 0).collect();
    let of = cells.iter().map(|cell| cell.homes).sum();
    let mut so_far = Progress { homes: 0, of, changes: 0 };
    for cell in &cells {
        let key = area_key(server, cell.id)?;
        sowing::sow(server, plan, cell, &key, &mut hands, now_ms, &mut |homes, changes| {
            so_far.homes += homes;
            so_far.changes += changes;
            progress(so_far);
        })?;
    }
    let cells = cells.into_iter().map(|cell| cell.id).collect();
    Ok(Planted { cells, workers, changes: so_far.changes })
}

fn hands(
    server: &Server,
    by: Operator,
    workers: &[Worker],
    now_ms: i64,
) -> Result<HashMap<PersonId, Hand>, StoreError> {
    workers.iter().map(|w| Ok((w.id, Hand::enrol(server, by, w, now_ms)?))).collect()
}

fn area_key(server: &Server, area: AreaId) -> Result<AreaKey, StoreError> {
    let found = server.engine().store.read(|db| areas::find(db, &[area]))?;
    let area = found.into_iter().next().ok_or(StoreError::Corrupt("an area that was entered"))?;
    Ok(area.key)
}

fn new_area(area: &SeedArea) -> NewArea {
    NewArea {
        id: area.id,
        parent: area.parent,
        level: area.level.to_owned(),
        name_zh: area.name_zh.clone(),
        name_en: area.name_en.clone(),
    }
}
