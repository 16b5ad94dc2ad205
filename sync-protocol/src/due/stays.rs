//! A stay is registered within 7 days of arrival (Liaoning art. 9 and 10; older rule: 3), and a
//! residence permit is renewed before it ends (art. 13: reminded 30 days before).

use super::household::{Household, done_on};
use super::{About, Asked, Due, Reason};
use crate::ids::RecordId;

pub(super) fn due(
    household: &Household<'_>,
    premises: RecordId,
    asked: &Asked<'_>,
    to: &mut Vec<Due>,
) {
    for (record, stay) in &household.stays {
        let about = |rests_on| About { premises, record: Some(*record), rests_on };
        if !stay.registered {
            let since = stay.arrived.or(stay.known).unwrap_or(asked.on).min(asked.on);
            let due_on = since.plus(asked.cadences.register_days);
            asked.note(to, Reason::RegisterStay, about(stay.arrived), due_on);
        }
        if let Some(ends) = stay.permit_ends {
            let due_on = ends.minus(asked.cadences.renewal_days);
            asked.note(to, Reason::RenewPermit, about(Some(ends)), due_on);
        }
    }
    occupants(household, premises, asked, to);
}

/// The last inspection found more people there than are registered.
fn occupants(household: &Household<'_>, premises: RecordId, asked: &Asked<'_>, to: &mut Vec<Due>) {
    let counted = household.inspections.iter().filter(|(_, i)| i.occupants.is_some());
    let done = counted
        .filter_map(|(record, i)| Some((done_on(i.handed_in, i.at, asked.on)?, i.at, *record, i)));
    let Some((day, _, record, last)) = done.max_by_key(|(_, at, record, _)| (*at, *record)) else {
        return;
    };
    let registered = i64::try_from(household.stays.len()).unwrap_or(i64::MAX);
    if last.occupants.is_some_and(|found| found > registered) {
        let about = About { premises, record: Some(record), rests_on: Some(day) };
        let due_on = day.plus(asked.cadences.register_days);
        asked.note(to, Reason::RegisterOccupants, about, due_on);
    }
}
