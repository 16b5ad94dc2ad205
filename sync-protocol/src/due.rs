//! What is due: a pure function of merged records and a district's configuration, the same on phone
//! and server. It knows of a record the few facts that count ([`Fact`]) and no day but the one it is
//! asked for.
//!
//! Two rules go through all of it. What is dated after the day that is asked for has not happened
//! yet. And a draft settles nothing: what it puts down for later counts, that it was written does not
//! count as the visit or the inspection.
//!
//! Of DOMAIN's table, two lines cannot be told from records: a change of permit details, and reports
//! of employers and landlords. Nothing says that they were made.
//!
//! ```
//! use sync_protocol::due::{Cadences, Fact, Reason, day, due};
//! use sync_protocol::ids::RecordId;
//! use sync_protocol::records::check::Sheet;
//! use sync_protocol::records::{Kind, Value};
//! let rented = Value::from("rented");
//! let sheet = Sheet::new(Kind::Premises, 0, [("use", &rented)]);
//! let home = (RecordId([1; 16]), Fact::of(&sheet, Some(1_795_000_000_000)));
//! let on = day::in_china(1_795_000_000_000).expect("a day");
//! let found = due([(home.0, &home.1)], &Cadences::default(), on, on);
//! assert_eq!(found[0].reason, Reason::InspectOrdinary);
//! ```

mod cadences;
pub mod day;
mod facts;
mod household;
mod inspections;
mod reason;
mod rectification;
mod stays;
mod visits;

use chrono::NaiveDate;

use crate::ids::RecordId;
use day::Day;
use household::Household;

pub use cadences::Cadences;
pub use facts::{Fact, Home, Inspection, Stay, Usage, Visit};
pub use reason::Reason;

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The home.
    pub premises: RecordId,
    /// The stay or the report that it comes from; none where it comes from the home itself.
    pub record: Option<RecordId>,
    /// Why.
    pub reason: Reason,
    /// The day on which it is due.
    pub due_on: NaiveDate,
    /// Days since then; below zero where the day is still to come.
    pub overdue_days: i64,
    /// The day that it is counted from, as [`Reason::rests_on`] calls it; none where it has never
    /// been done, or nobody has said.
    pub rests_on: Option<NaiveDate>,
}

/// What is due until a day, as it stands on another: most overdue first; of the same day by reason,
/// home and record.
pub fn due<'f>(
    facts: impl IntoIterator<Item = (RecordId, &'f Fact)>,
    cadences: &Cadences,
    on: NaiveDate,
    until: NaiveDate,
) -> Vec<Due> {
    let asked = Asked { cadences, on: Day::of(on), until: Day::of(until), today: on };
    let mut found = Vec::new();
    for (premises, household) in household::all(facts, asked.on) {
        household.due(premises, &asked, &mut found);
    }
    found.sort_by_key(|due| (due.due_on, due.reason, due.premises, due.record));
    found
}

/// What is asked.
struct Asked<'c> {
    cadences: &'c Cadences,
    on: Day,
    until: Day,
    today: NaiveDate,
}

impl Asked<'_> {
    /// Notes something, if it is due until the last day that is asked for.
    fn note(&self, to: &mut Vec<Due>, reason: Reason, about: About, due_on: Day) {
        if due_on > self.until {
            return;
        }
        to.push(Due {
            premises: about.premises,
            record: about.record,
            reason,
            due_on: due_on.date().unwrap_or(self.today),
            overdue_days: self.on.since(due_on),
            rests_on: about.rests_on.and_then(Day::date),
        });
    }
}

/// What something due is about.
#[derive(Clone, Copy)]
struct About {
    premises: RecordId,
    record: Option<RecordId>,
    rests_on: Option<Day>,
}

impl Household<'_> {
    fn due(&self, premises: RecordId, asked: &Asked<'_>, to: &mut Vec<Due>) {
        if self.home.is_some_and(|home| home.void) {
            return;
        }
        inspections::due(self, premises, asked, to);
        visits::due(self, premises, asked, to);
        stays::due(self, premises, asked, to);
        rectification::due(self, premises, asked, to);
    }
}

#[cfg(test)]
mod tests;
