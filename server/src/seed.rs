//! A district of people who do not exist, of any size and repeatable by its number: the same
//! [`Plan`] gives the same district on every machine. Pure: no clock, no I/O, no SQL.
//!
//! - The place is real where codes are concerned: 沈阳市 (210100) 和平区 (210102) and eight of its
//!   streets with their statistical division codes. Communities, cells and roads are invented in
//!   the standards' form (see `place`).
//! - Places of registration are real county-level divisions with their GB/T 2260 codes (`divisions`).
//! - People are invented. Their citizen identity numbers check, their telephones and passports have
//!   prefixes that nobody has (`person`).
//! - A few homes in a hundred are incomplete or overdue, so that lists of what is due have
//!   something to show.
//!
//! [`district`] gives the hierarchy, [`workers`] the staff of an area, [`homes`] the homes of a cell
//! one at a time. A home follows from plan, cell and index alone.

use chrono::NaiveDate;
use sync_protocol::ids::AreaId;

mod days;
mod dice;
mod divisions;
mod home;
mod household;
mod inspection;
mod names;
mod permit;
mod person;
mod place;
mod premises;
mod report;
mod residency;
mod row;
mod site;
#[cfg(test)]
mod tests;
mod visit;
mod work;
mod worker;

pub use home::{Home, homes};
pub use report::{Report, Review};
pub use residency::Resident;
pub use row::Values;
pub use worker::{Worker, workers};

/// Which district, and how large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The number that everything is drawn from.
    pub number: u64,
    /// How many grid cells: the areas that a phone carries.
    pub areas: usize,
    /// How many homes each of them has.
    pub homes_per_area: usize,
    /// The day on which the district stands as it does.
    pub today: NaiveDate,
}

/// The hierarchy of a district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// Its name, zh-CN.
    pub name_zh: String,
    /// Its name, English.
    pub name_en: String,
    /// Every area from the city down to the cells, parents before their children.
    pub areas: Vec<SeedArea>,
}

/// One area of the hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedArea {
    /// Its division code.
    pub id: AreaId,
    /// The area it belongs to; the city belongs to none.
    pub parent: Option<AreaId>,
    /// `city`, `district`, `street`, `community` or `cell`.
    pub level: &'static str,
    /// Its name, zh-CN.
    pub name_zh: String,
    /// Its name, English.
    pub name_en: String,
    /// How many homes it has itself: none above the cells.
    pub homes: usize,
}

/// The hierarchy of a plan. There are at most 1,590,408 cells: 8 streets of 199 communities of 999.
pub fn district(plan: &Plan) -> District {
    place::district(plan)
}
