//! What counts of a record: a few bytes, so that a phone keeps them beside the record and a server can
//! take them from its projections.

use chrono::{Months, NaiveDate};
use minicbor::{Decode, Encode};

use super::day::Day;
use crate::ids::RecordId;
use crate::records::check::Sheet;
use crate::records::{Condition, Kind};

/// What counts of a record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Fact {
    /// Of a premises.
    #[n(1)]
    Home(#[n(0)] Home),
    /// Of a residency.
    #[n(2)]
    Stay(#[n(0)] Stay),
    /// Of a visit.
    #[n(3)]
    Visit(#[n(0)] Visit),
    /// Of an inspection.
    #[n(4)]
    Inspection(#[n(0)] Inspection),
}

/// What counts of a premises' use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Usage {
    /// It is let: inspected, and visited.
    #[n(1)]
    Rented,
    /// People live there, or nobody has said what it is used for: visited.
    #[n(2)]
    Dwelling,
    /// A shop, a worksite, an institution, or vacant: visited where somebody stays there all the same.
    #[n(3)]
    Other,
}

/// What counts of a premises.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Home {
    /// Whether it is void.
    #[n(0)]
    pub void: bool,
    /// What it is used for.
    #[n(1)]
    pub usage: Usage,
    /// Whether it is key by its own fields: a reviewer has said so, or it is let by bed (DOMAIN: tier).
    /// What else makes a home key there, many sharers and rapid turnover, has no number in the
    /// sources: a reviewer says it.
    #[n(2)]
    pub key: bool,
    /// The day it was opened.
    #[n(3)]
    pub known: Option<Day>,
}

/// What counts of a residency.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Stay {
    /// The home.
    #[n(0)]
    pub premises: Option<RecordId>,
    /// Whether it is void.
    #[n(1)]
    pub void: bool,
    /// Whether everything is filled in that a registration cannot be without.
    #[n(2)]
    pub registered: bool,
    /// The day the registration was begun.
    #[n(3)]
    pub known: Option<Day>,
    /// The day of arrival.
    #[n(4)]
    pub arrived: Option<Day>,
    /// The day of departure.
    #[n(5)]
    pub departed: Option<Day>,
    /// The day on which an issued residence permit ends.
    #[n(6)]
    pub permit_ends: Option<Day>,
}

/// What counts of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Visit {
    /// The home.
    #[n(0)]
    pub premises: Option<RecordId>,
    /// Whether it is void.
    #[n(1)]
    pub void: bool,
    /// Whether it has left its draft.
    #[n(2)]
    pub handed_in: bool,
    /// When it began, in milliseconds since 1970 UTC.
    #[n(3)]
    pub at: Option<i64>,
    /// Whether the household was met, or found to be gone.
    #[n(4)]
    pub reached: bool,
    /// The day to call back on.
    #[n(5)]
    pub call_back: Option<Day>,
    /// The visit that it amends.
    #[n(6)]
    pub amends: Option<RecordId>,
}

/// What counts of an inspection.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Inspection {
    /// The home.
    #[n(0)]
    pub premises: Option<RecordId>,
    /// Whether it is void.
    #[n(1)]
    pub void: bool,
    /// Whether it has left its draft.
    #[n(2)]
    pub handed_in: bool,
    /// When it began, in milliseconds since 1970 UTC.
    #[n(3)]
    pub at: Option<i64>,
    /// How many people were found to live there.
    #[n(4)]
    pub occupants: Option<i64>,
    /// Whether something was found that has to be put right.
    #[n(5)]
    pub hazard: bool,
    /// The day by which it has to be.
    #[n(6)]
    pub rectify_by: Option<Day>,
    /// Whether an inspection is named that verified it.
    #[n(7)]
    pub verified: bool,
    /// The inspection that it follows.
    #[n(8)]
    pub follows: Option<RecordId>,
    /// The inspection that it amends.
    #[n(9)]
    pub amends: Option<RecordId>,
}

impl Stay {
    /// Whether somebody stays there on a day: that of arrival counts, that of departure does not.
    pub fn is_there(&self, on: Day) -> bool {
        let left = self.departed.is_some_and(|departed| departed <= on);
        let comes = self.arrived.is_some_and(|arrived| arrived > on);
        !self.void && !left && !comes
    }
}

impl Fact {
    /// What counts of a record's effective values. `opened_ms` is when it was begun, in milliseconds
    /// since 1970 UTC. What is not filled in, or no day of the calendar, counts as nobody having said.
    pub fn of(sheet: &Sheet<'_>, opened_ms: Option<i64>) -> Self {
        let known = opened_ms.and_then(Day::of_moment);
        match sheet.kind {
            Kind::Premises => Self::Home(home(sheet, known)),
            Kind::Residency => Self::Stay(stay(sheet, known)),
            Kind::Visit => Self::Visit(visit(sheet)),
            Kind::Inspection => Self::Inspection(inspection(sheet)),
        }
    }
}

fn home(sheet: &Sheet<'_>, known: Option<Day>) -> Home {
    let usage = match sheet.text("use") {
        Some("rented") => Usage::Rented,
        Some("owner_occupied" | "dormitory") | None => Usage::Dwelling,
        Some(_) => Usage::Other,
    };
    let by_bed = usage == Usage::Rented && sheet.text("letting_mode") == Some("by_bed");
    let key = by_bed || sheet.text("tier") == Some("key");
    Home { void: is_void(sheet), usage, key, known }
}

fn stay(sheet: &Sheet<'_>, known: Option<Day>) -> Stay {
    let needed = Kind::Residency.fields().iter().filter(|f| f.required == Condition::Always);
    Stay {
        premises: record(sheet, "premises"),
        void: is_void(sheet),
        registered: needed.into_iter().all(|field| sheet.value(field.key).is_some()),
        known,
        arrived: day(sheet, "arrived_on"),
        departed: day(sheet, "departed_on"),
        permit_ends: permit_ends(sheet).map(Day::of),
    }
}

/// A permit of so many years ends on the same day of the year; one issued on 29 February on the 28th
/// where there is no 29th.
fn permit_ends(sheet: &Sheet<'_>) -> Option<NaiveDate> {
    if sheet.text("permit") != Some("issued") {
        return None;
    }
    let years = u32::try_from(sheet.value("permit_years")?.as_int()?).ok()?;
    sheet.day("permit_issued_on")?.checked_add_months(Months::new(years.checked_mul(12)?))
}

fn visit(sheet: &Sheet<'_>) -> Visit {
    Visit {
        premises: record(sheet, "premises"),
        void: is_void(sheet),
        handed_in: is_handed_in(sheet),
        at: sheet.value("started_at").and_then(|at| at.as_int()),
        reached: matches!(sheet.text("outcome"), Some("met" | "vacant" | "moved_out")),
        call_back: day(sheet, "call_back_on"),
        amends: record(sheet, "amends"),
    }
}

fn inspection(sheet: &Sheet<'_>) -> Inspection {
    Inspection {
        premises: record(sheet, "premises"),
        void: is_void(sheet),
        handed_in: is_handed_in(sheet),
        at: sheet.value("started_at").and_then(|at| at.as_int()),
        occupants: sheet.value("occupants_found").and_then(|found| found.as_int()),
        hazard: matches!(sheet.text("verdict"), Some("rectify" | "unsafe")),
        rectify_by: day(sheet, "rectify_by"),
        verified: sheet.value("verified_by").is_some(),
        follows: record(sheet, "follows"),
        amends: record(sheet, "amends"),
    }
}

fn is_void(sheet: &Sheet<'_>) -> bool {
    sheet.value("voided").is_some()
}

fn is_handed_in(sheet: &Sheet<'_>) -> bool {
    sheet.text("state").is_some_and(|state| state != "draft")
}

fn day(sheet: &Sheet<'_>, key: &str) -> Option<Day> {
    sheet.day(key).map(Day::of)
}

fn record(sheet: &Sheet<'_>, key: &str) -> Option<RecordId> {
    sheet.text(key)?.parse().ok()
}
