//! Every household is visited once a year, and called back on the day that was put down when nobody
//! answered (training notes). A home that nobody has visited is due since it was opened.

use super::facts::{Usage, Visit};
use super::household::{Household, done_on};
use super::{About, Asked, Due, Reason};
use crate::ids::RecordId;

pub(super) fn due(
    household: &Household<'_>,
    premises: RecordId,
    asked: &Asked<'_>,
    to: &mut Vec<Due>,
) {
    visit(household, premises, asked, to);
    for (record, visit) in &household.visits {
        if let Some(due_on) = visit.call_back.filter(|_| !visit.reached)
            && !is_settled(household, *record, visit, asked)
        {
            let rests_on = visit.at.and_then(super::Day::of_moment);
            let about = About { premises, record: Some(*record), rests_on };
            asked.note(to, Reason::CallBack, about, due_on);
        }
    }
}

fn visit(household: &Household<'_>, premises: RecordId, asked: &Asked<'_>, to: &mut Vec<Due>) {
    let Some(home) = household.home else { return };
    if home.usage == Usage::Other && household.stays.is_empty() {
        return;
    }
    let reached = household.visits.iter().filter(|(_, visit)| visit.reached);
    let last = reached.filter_map(|(_, v)| done_on(v.handed_in, v.at, asked.on)).max();
    let due_on = match last {
        Some(last) => last.plus(asked.cadences.visit_days),
        None => home.known.map_or(asked.on, |known| known.min(asked.on)),
    };
    let about = About { premises, record: None, rests_on: last };
    asked.note(to, Reason::VisitHousehold, about, due_on);
}

/// Whether somebody has been there since, whatever came of it: if nobody answered again, that visit
/// has a day of its own.
fn is_settled(household: &Household<'_>, of: RecordId, visit: &Visit, asked: &Asked<'_>) -> bool {
    household.visits.iter().any(|(record, later)| {
        let happened = done_on(later.handed_in, later.at, asked.on).is_some();
        *record != of && happened && (later.at > visit.at || later.amends == Some(of))
    })
}
