//! One home with everything about it. A home follows from plan, cell and index alone, so homes come
//! one at a time, in any number and in constant memory.

use chrono::NaiveDate;
use sync_protocol::ids::PersonId;
use sync_protocol::records::{Role, derived};

use super::dice::Dice;
use super::report::{Occasion, Report};
use super::residency::{Resident, Stay};
use super::row::Values;
use super::site::Site;
use super::worker::person_id;
use super::{Plan, SeedArea, days, household, inspection, place, premises, residency, visit};

/// A premises, who lives there, and who has called.
#[derive(PartialEq, Eq)]
pub struct Home {
    /// The standard address code, from which the premises' id is derived.
    pub address_code: String,
    /// The coordinator who registered the premises and its residents.
    pub registered_by: PersonId,
    /// When the premises was registered, in milliseconds since 1970 UTC.
    pub recorded_at: i64,
    /// The values of the premises.
    pub premises: Values,
    /// Who lives there, and sometimes who did.
    pub residents: Vec<Resident>,
    /// Past visits and inspections; a kind's earlier ones stand before its later ones.
    pub reports: Vec<Report>,
}

/// Prints the address code alone: what is known of people does not reach a log.
impl std::fmt::Debug for Home {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Home {}", self.address_code)
    }
}

/// The homes of a cell, one after the other; no other level has any.
pub fn homes(plan: &Plan, area: &SeedArea) -> impl Iterator<Item = Home> {
    let site = Site::of(plan, area);
    (0..area.homes as u64).filter_map(move |index| Some(home(plan, area, site.as_ref()?, index)))
}

fn home(plan: &Plan, area: &SeedArea, site: &Site, index: u64) -> Home {
    let today = plan.today;
    let dice = &mut Dice::new(plan.number, "home", area.id.0, index);
    let door = site.door(index);
    let (usage, letting) = premises::usage(dice, door.floor);
    let members = household::members(dice, today, usage, letting);
    let values = premises::values(dice, today, &door, usage, letting, &members);
    let id = derived::premises_id(&door.code);

    let family = household::is_family(&members);
    let mut arrived = residency::arrival(dice, today, usage);
    let since = arrived;
    let mut residents = Vec::new();
    for member in &members {
        let stay = Stay { arrived, departed: None };
        residents.push(residency::resident(dice, today, id, &door.address, member, stay));
        if !family {
            arrived = residency::arrival(dice, today, usage);
        }
    }
    let coordinator = person_id(plan.number, area.id, Role::Coordinator);
    let at = Occasion {
        premises: id,
        day: today,
        today,
        worker: coordinator,
        reviewer: person_id(plan.number, place::DISTRICT, Role::Reviewer),
    };
    if matches!(usage, "rented" | "vacant") && dice.chance(160) {
        residents.extend(departed(dice, at, &door.address, since));
    }

    let mut reports = visit::visits(dice, at, usage, since, &members);
    if matches!(usage, "rented" | "dormitory") {
        let inspector = person_id(plan.number, area.id, Role::Inspector);
        let at = Occasion { worker: inspector, ..at };
        let present = members.first().map(|member| member.person.name.as_str());
        let by_bed = letting == Some("by_bed");
        reports.extend(inspection::inspections(dice, at, by_bed, members.len(), present));
    }
    Home {
        address_code: door.code,
        registered_by: coordinator,
        recorded_at: days::moment(days::before(today, dice.between(901, 1_500)), 600),
        premises: values,
        residents,
        reports,
    }
}

/// Somebody who lived there before and has left (人走注销).
fn departed(dice: &mut Dice, at: Occasion, address: &str, since: NaiveDate) -> Option<Resident> {
    let gone = days::before(since, dice.between(1, 60));
    let came = days::before(gone, dice.between(60, 800));
    let members = household::members(dice, at.today, "rented", Some("shared"));
    let stay = Stay { arrived: came, departed: Some(gone) };
    let member = members.first()?;
    Some(residency::resident(dice, at.today, at.premises, address, member, stay))
}
