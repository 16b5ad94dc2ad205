//! Who works in an area, for whoever lives there: name, portrait, card number, and whether they work
//! now. Nobody has an id here, so nothing leads from one person to another. An area without workers,
//! one that is not there and a district that shows no roster are the same.

use sync_protocol::ids::AreaId;

use super::search::area_name;
use crate::configuration;
use crate::review::words::Words;
use crate::store::badges::{self, Card};
use crate::store::{Db, Store, StoreError, areas, rosters};

/// Somebody who works there.
pub struct Worker {
    /// Their badge.
    pub card: Card,
    /// Whether they work now: not while they are away.
    pub works_now: bool,
}

/// Who works in an area.
pub struct Roster {
    /// The area.
    pub area: Words,
    /// Who.
    pub workers: Vec<Worker>,
    /// The number that residents call, if the district has said one.
    pub telephone: Option<String>,
}

/// An area on the list.
pub struct Listed {
    /// The area.
    pub area: AreaId,
    /// Its name.
    pub name: Words,
}

/// Who works in an area at a moment; nothing if nobody does.
///
/// # Errors
/// Those of the database.
pub fn of_area(store: &Store, area: AreaId, now_ms: i64) -> Result<Option<Roster>, StoreError> {
    store.read(|db| {
        let configuration = configuration::current(db)?;
        if configuration.hide_roster {
            return Ok(None);
        }
        let mut workers = Vec::new();
        for (person, works_now) in rosters::workers(db, area, now_ms)? {
            let card = badges::find(db, person)?;
            workers.extend(card.map(|card| Worker { card, works_now }));
        }
        if workers.is_empty() {
            return Ok(None);
        }
        let telephone = configuration.telephone;
        Ok(Some(Roster { area: area_name(db, area)?, workers, telephone }))
    })
}

/// The areas in which somebody works at a moment.
///
/// # Errors
/// Those of the database.
pub fn all(store: &Store, now_ms: i64) -> Result<Vec<Listed>, StoreError> {
    store.read(|db| {
        if configuration::current(db)?.hide_roster {
            return Ok(Vec::new());
        }
        listed(db, now_ms)
    })
}

fn listed(db: &mut Db, now_ms: i64) -> Result<Vec<Listed>, StoreError> {
    let worked_in = rosters::areas(db, now_ms)?;
    let found = areas::find(db, &worked_in)?;
    let listed = |area: areas::Area| Listed {
        area: area.id,
        name: Words { zh: area.name_zh, en: area.name_en },
    };
    Ok(found.into_iter().map(listed).collect())
}
