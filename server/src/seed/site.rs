//! A cell as a housing compound: buildings > units > floors > rooms, built at one time and so of one
//! shape. A door follows from its index alone.
//!
//! A standard address code is the cell's 15 digits, three of the building, two of the unit and four
//! of the room (two of the floor, two of the door): `210102019001001` `003` `02` `0501`.

use super::dice::Dice;
use super::{Plan, SeedArea, place};

/// The middle of the district (WGS 84, millionths of a degree). Cells lie around it, not on the
/// streets that they are named for.
const MIDDLE: (i64, i64) = (41_785_000, 123_405_000);

/// A compound.
pub(super) struct Site {
    area: u64,
    number: u64,
    address: String,
    middle: (i64, i64),
    units: u64,
    floors: u64,
    doors: u64,
}

/// One home's place in it.
pub(super) struct Door {
    /// The standard address code.
    pub(super) code: String,
    /// The address as people write it.
    pub(super) address: String,
    /// The building's number.
    pub(super) building: u64,
    /// The unit's number.
    pub(super) unit: u64,
    /// The floor.
    pub(super) floor: u64,
    /// The room as on its door: floor and door.
    pub(super) room: String,
    /// Latitude and longitude in millionths of a degree.
    pub(super) position: (i64, i64),
}

impl Site {
    /// The compound of a cell; none for the levels above.
    pub(super) fn of(plan: &Plan, area: &SeedArea) -> Option<Self> {
        let address = place::address(area.id)?;
        let mut dice = Dice::new(plan.number, "site", area.id.0, 0);
        let (latitude, longitude) = MIDDLE;
        Some(Self {
            area: area.id.0,
            number: plan.number,
            address,
            middle: (
                latitude + dice.between(-12_000, 12_000),
                longitude + dice.between(-16_000, 16_000),
            ),
            units: dice.weigh(&[(3, 2), (4, 3), (3, 4)]),
            floors: dice.weigh(&[(6, 6), (3, 7), (1, 11), (1, 18)]),
            doors: dice.weigh(&[(5, 2), (3, 3), (2, 4)]),
        })
    }

    /// The door of an index.
    pub(super) fn door(&self, index: u64) -> Door {
        let floor = index / self.doors % self.floors + 1;
        let unit = index / (self.doors * self.floors) % self.units + 1;
        let building = index / (self.doors * self.floors * self.units) + 1;
        let room = format!("{floor}{:02}", index % self.doors + 1);
        let mut dice = Dice::new(self.number, "building", self.area, building);
        let (latitude, longitude) = self.middle;
        Door {
            code: format!("{}{building:03}{unit:02}{room:0>4}", self.area),
            address: format!("{}{building}号楼{unit}单元{room}室", self.address),
            building,
            unit,
            floor,
            room,
            position: (
                latitude + dice.between(-1_200, 1_200) + unit as i64 * 40,
                longitude + dice.between(-1_600, 1_600) + unit as i64 * 90,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_code_names_one_door_even_past_a_thousand_buildings() {
        let plan = Plan { number: 3, areas: 3, homes_per_area: 1, today: Default::default() };
        let mut seen = BTreeSet::new();
        for area in super::super::district(&plan).areas.iter().filter(|area| area.homes > 0) {
            let site = Site::of(&plan, area).unwrap();
            for index in (0..5_000).chain(400_000..400_500) {
                let door = site.door(index);
                assert!(door.code.starts_with(&area.id.to_string()) && door.code.len() <= 40);
                assert!(seen.insert(door.code), "{index}");
            }
        }
    }
}
