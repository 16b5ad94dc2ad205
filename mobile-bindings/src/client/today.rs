//! What is due today, most overdue first, with the reason.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use sync_protocol::due::day::in_china;
use sync_protocol::due::{Due, Reason};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Roles;

use super::{Bilingual, FieldClient, FieldError, parse, record_id};
use crate::clock;
use crate::due::{self, Home, Round};
use crate::error::CoreError;
use crate::finding::natural;
use crate::store::records::scan;
use crate::store::{Connection, StoreError, areas};

/// A position in degrees, WGS 84 (what a phone's receiver says, not what a Chinese map shows).
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Position {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// Which of what is due to list.
#[derive(Debug, Clone, Default, uniffi::Record)]
pub struct TodayFilter {
    /// Of one area.
    #[uniffi(default = None)]
    pub area: Option<String>,
    /// At one premises.
    #[uniffi(default = None)]
    pub premises: Option<String>,
    /// For one reason, by code.
    #[uniffi(default = None)]
    pub reason: Option<String>,
    /// What comes due in so many days as well.
    #[uniffi(default = 0)]
    pub ahead_days: u16,
    /// Where the person is: of what is equally overdue the nearest comes first.
    #[uniffi(default = None)]
    pub near: Option<Position>,
    /// The nearest first, and of the same place the most overdue.
    #[uniffi(default = false)]
    pub nearest_first: bool,
    /// What is for others to do as well: a coordinator's list has no inspections otherwise.
    #[uniffi(default = false)]
    pub everyones: bool,
    /// At most so many.
    #[uniffi(default = None)]
    pub limit: Option<u32>,
}

/// Something that is due.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct DueLine {
    /// The home.
    pub premises: String,
    /// Its address; empty where the home is not on this phone.
    pub title: String,
    /// Its area.
    pub area: String,
    /// The stay or report that it comes from; none where it comes from the home itself.
    pub record: Option<String>,
    /// The person's name, if it comes from their stay.
    pub person: Option<String>,
    /// The reason's code.
    pub reason: String,
    /// The reason.
    pub words: Bilingual,
    /// What it rests on: when it was last done, when a permit ends.
    pub because: Bilingual,
    /// The day on which it is due, as in 2026-11-22.
    pub due_on: String,
    /// Days since then; below zero where the day is still to come.
    pub overdue_days: i64,
    /// How far it is, in metres, where both positions are known.
    pub distance_m: Option<u32>,
}

/// Prints no address and no name.
impl std::fmt::Debug for DueLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DueLine({}, {}, {})", self.premises, self.reason, self.due_on)
    }
}

#[uniffi::export]
impl FieldClient {
    /// What is due on a day (as in 2026-11-22; this phone's day in China unless it is said): most
    /// overdue first, of the same day the nearest first, where no position is known by address. Only
    /// what the person's roles in the area can do, unless everyone's is asked for.
    ///
    /// # Errors
    /// A code when the day or the filter is not of its form.
    pub fn today(
        &self,
        on: Option<String>,
        filter: TodayFilter,
    ) -> Result<Vec<DueLine>, FieldError> {
        let on = day(on.as_deref())?;
        let wanted = Wanted::of(&filter)?;
        let until = on.checked_add_days(chrono::Days::new(filter.ahead_days.into())).unwrap_or(on);
        let lines = self.store.read(|connection| {
            let round = due::round(connection, wanted.area, on, until)?;
            let mine = Mine::of(connection, filter.everyones)?;
            let due = round.due.iter().filter(|due| wanted.has(due) && mine.has(&round, due));
            lines(connection, &round, listed(&round, due, &filter)).map_err(CoreError::from)
        })?;
        Ok(lines)
    }
}

/// The day that is asked for.
pub(super) fn day(on: Option<&str>) -> Result<NaiveDate, CoreError> {
    match on {
        Some(on) => parse(on),
        None => Ok(in_china(clock::now_ms()).unwrap_or_default()),
    }
}

/// What the filter asks for.
struct Wanted {
    area: Option<AreaId>,
    premises: Option<RecordId>,
    reason: Option<Reason>,
}

impl Wanted {
    fn of(filter: &TodayFilter) -> Result<Self, CoreError> {
        let reason = |code: &String| {
            let reason = Reason::from_code(code);
            reason.ok_or_else(|| CoreError::refused(&sync_protocol::codes::WRONG_INPUT))
        };
        Ok(Self {
            area: filter.area.as_deref().map(parse).transpose()?,
            premises: filter.premises.as_deref().map(record_id).transpose()?,
            reason: filter.reason.as_ref().map(reason).transpose()?,
        })
    }

    fn has(&self, due: &Due) -> bool {
        self.premises.is_none_or(|premises| premises == due.premises)
            && self.reason.is_none_or(|reason| reason == due.reason)
    }
}

/// What the person's roles can do.
pub(super) struct Mine(Option<HashMap<AreaId, Roles>>);

impl Mine {
    /// Reads the roles; with `everyones` nothing is left out.
    pub(super) fn of(connection: &Connection, everyones: bool) -> Result<Self, StoreError> {
        if everyones {
            return Ok(Self(None));
        }
        let areas = areas::list(connection)?;
        Ok(Self(Some(areas.into_iter().map(|area| (area.area, area.roles)).collect())))
    }

    pub(super) fn has(&self, round: &Round, due: &Due) -> bool {
        let Some(areas) = &self.0 else { return true };
        let area = round.homes.get(&due.premises).map(|home| home.area);
        let roles = area.and_then(|area| areas.get(&area));
        roles.is_some_and(|roles| roles.meets(due.reason.done_by()))
    }
}

/// What is listed, in its order, with how far it is. Addresses are compared only among those that
/// nothing else puts in order, and only as far as the list goes.
fn listed<'r>(
    round: &'r Round,
    due: impl Iterator<Item = &'r Due>,
    filter: &TodayFilter,
) -> Vec<(&'r Due, Option<u32>)> {
    let far = |home: Option<&Home>| home.and_then(|home| distance(filter.near?, home));
    let mut all: Vec<_> = due.map(|due| (due, far(round.homes.get(&due.premises)))).collect();
    let rank = |(due, far): &(&Due, Option<u32>)| {
        let (overdue, far) = (-due.overdue_days, far.map_or(i64::MAX, i64::from));
        if filter.nearest_first { (far, overdue) } else { (overdue, far) }
    };
    all.sort_by_key(rank);
    let most = filter.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let mut done = 0;
    for equal in all.chunk_by_mut(|one, other| rank(one) == rank(other)) {
        if done >= most {
            break;
        }
        done += equal.len();
        equal.sort_by_cached_key(|(due, _)| {
            let title = round.homes.get(&due.premises).map(|home| natural(&home.title));
            (title, due.premises, due.reason, due.record)
        });
    }
    all.truncate(most);
    all
}

/// The mean radius of the earth in metres.
const EARTH_M: f64 = 6_371_008.8;

/// Metres to a home, as if the ground between were flat: within a city that is true to a metre.
fn distance(from: Position, home: &Home) -> Option<u32> {
    let (latitude, longitude) = home.spot.as_ref()?.position?;
    let degrees = |millionths: i64| millionths as f64 / 1e6;
    let north = (degrees(latitude) - from.latitude).to_radians();
    let middle = ((degrees(latitude) + from.latitude) / 2.0).to_radians();
    let east = (degrees(longitude) - from.longitude).to_radians() * middle.cos();
    let metres = EARTH_M * north.hypot(east);
    // A float becomes the nearest whole number there is; what is no number becomes 0.
    metres.is_finite().then_some(metres.round() as u32)
}

fn lines(
    connection: &Connection,
    round: &Round,
    listed: Vec<(&Due, Option<u32>)>,
) -> Result<Vec<DueLine>, StoreError> {
    let mut lines = Vec::with_capacity(listed.len());
    for (due, distance_m) in listed {
        let home = round.homes.get(&due.premises);
        let about = due.record.filter(|_| is_of_a_person(due.reason));
        let person = about.map(|record| scan::title_of(connection, record)).transpose()?.flatten();
        lines.push(DueLine {
            premises: due.premises.to_string(),
            title: home.map(|home| home.title.clone()).unwrap_or_default(),
            area: home.map(|home| home.area.to_string()).unwrap_or_default(),
            record: due.record.map(|record| record.to_string()),
            person,
            reason: due.reason.code().to_owned(),
            words: due.reason.label().into(),
            because: because(due),
            due_on: due.due_on.to_string(),
            overdue_days: due.overdue_days,
            distance_m,
        });
    }
    Ok(lines)
}

fn is_of_a_person(reason: Reason) -> bool {
    matches!(reason, Reason::RegisterStay | Reason::RenewPermit)
}

fn because(due: &Due) -> Bilingual {
    let Some(day) = due.rests_on else { return due.reason.never().into() };
    let words = due.reason.rests_on();
    Bilingual { zh: format!("{} {day}", words.zh), en: format!("{} {day}", words.en) }
}

#[cfg(test)]
mod tests;
