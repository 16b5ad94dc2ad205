//! Key rental premises are inspected every 7 days, ordinary ones every 30 (training notes). One that
//! nobody has inspected is due since it was opened.

use super::facts::Usage;
use super::household::{Household, done_on};
use super::{About, Asked, Due, Reason, rectification};
use crate::ids::RecordId;

pub(super) fn due(
    household: &Household<'_>,
    premises: RecordId,
    asked: &Asked<'_>,
    to: &mut Vec<Due>,
) {
    let Some(home) = household.home.filter(|home| home.usage == Usage::Rented) else {
        return;
    };
    // Open hazards make a home key (DOMAIN: tier).
    let (reason, every) = if home.key || rectification::is_open(household, asked.on) {
        (Reason::InspectKey, asked.cadences.inspect_key_days)
    } else {
        (Reason::InspectOrdinary, asked.cadences.inspect_ordinary_days)
    };
    let done = household.inspections.iter().map(|(_, i)| done_on(i.handed_in, i.at, asked.on));
    let last = done.flatten().max();
    let due_on = match last {
        Some(last) => last.plus(every),
        None => home.known.map_or(asked.on, |known| known.min(asked.on)),
    };
    asked.note(to, reason, About { premises, record: None, rests_on: last }, due_on);
}
