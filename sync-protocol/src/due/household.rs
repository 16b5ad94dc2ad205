//! A home with everything that is about it.

use std::collections::HashMap;

use super::day::Day;
use super::facts::{Fact, Home, Inspection, Stay, Visit};
use crate::ids::RecordId;

/// A home with everything that is about it; what is void is left out.
#[derive(Default)]
pub(super) struct Household<'f> {
    /// None where the home itself is not known: the rest counts all the same.
    pub(super) home: Option<&'f Home>,
    /// Those who stay there on the day that is asked for.
    pub(super) stays: Vec<(RecordId, &'f Stay)>,
    pub(super) visits: Vec<(RecordId, &'f Visit)>,
    pub(super) inspections: Vec<(RecordId, &'f Inspection)>,
}

/// The homes of these facts, as they stand on a day.
pub(super) fn all<'f>(
    facts: impl IntoIterator<Item = (RecordId, &'f Fact)>,
    on: Day,
) -> HashMap<RecordId, Household<'f>> {
    let mut all: HashMap<RecordId, Household<'f>> = HashMap::new();
    for (record, fact) in facts {
        match fact {
            Fact::Home(home) => all.entry(record).or_default().home = Some(home),
            Fact::Stay(stay) => {
                if let Some(premises) = stay.premises.filter(|_| stay.is_there(on)) {
                    all.entry(premises).or_default().stays.push((record, stay));
                }
            }
            Fact::Visit(visit) => {
                if let Some(premises) = visit.premises.filter(|_| !visit.void) {
                    all.entry(premises).or_default().visits.push((record, visit));
                }
            }
            Fact::Inspection(inspection) => {
                if let Some(premises) = inspection.premises.filter(|_| !inspection.void) {
                    all.entry(premises).or_default().inspections.push((record, inspection));
                }
            }
        }
    }
    all
}

/// The day of a report that was handed in, if that is not after a day.
pub(super) fn done_on(handed_in: bool, at: Option<i64>, on: Day) -> Option<Day> {
    let day = at.filter(|_| handed_in).and_then(Day::of_moment)?;
    (day <= on).then_some(day)
}
