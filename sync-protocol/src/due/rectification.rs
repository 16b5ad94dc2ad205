//! What has to be put right is looked at on its date (training notes): until an inspection that
//! follows has verified it, or one was made on that day or later.

use super::day::Day;
use super::facts::Inspection;
use super::household::{Household, done_on};
use super::{About, Asked, Due, Reason};
use crate::ids::RecordId;

pub(super) fn due(
    household: &Household<'_>,
    premises: RecordId,
    asked: &Asked<'_>,
    to: &mut Vec<Due>,
) {
    for (record, inspection) in open(household, asked.on) {
        // Without a date it is due since it was found.
        let found_on = inspection.at.and_then(Day::of_moment);
        let due_on = check_on(inspection).unwrap_or(asked.on);
        let about = About { premises, record: Some(record), rests_on: found_on };
        asked.note(to, Reason::CheckRectification, about, due_on);
    }
}

/// Whether something at the home is still to be put right.
pub(super) fn is_open(household: &Household<'_>, on: Day) -> bool {
    open(household, on).next().is_some()
}

fn open<'h>(
    household: &'h Household<'_>,
    on: Day,
) -> impl Iterator<Item = (RecordId, &'h Inspection)> {
    household
        .inspections
        .iter()
        .filter(move |(record, inspection)| {
            let found = inspection.at.and_then(Day::of_moment).is_none_or(|day| day <= on);
            inspection.hazard && found && !is_settled(household, *record, inspection, on)
        })
        .map(|(record, inspection)| (*record, *inspection))
}

fn check_on(inspection: &Inspection) -> Option<Day> {
    inspection.rectify_by.or_else(|| inspection.at.and_then(Day::of_moment))
}

fn is_settled(household: &Household<'_>, of: RecordId, found: &Inspection, on: Day) -> bool {
    if found.verified {
        return true;
    }
    household.inspections.iter().any(|(record, later)| {
        let Some(day) = done_on(later.handed_in, later.at, on).filter(|_| *record != of) else {
            return false;
        };
        let on_its_date = later.at > found.at && check_on(found).is_some_and(|date| day >= date);
        on_its_date || later.follows == Some(of) || later.amends == Some(of)
    })
}
