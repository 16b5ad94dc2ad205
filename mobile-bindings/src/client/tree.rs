//! The homes as they stand: buildings, their units, the rooms, with who lives there and what is due.

use std::collections::BTreeMap;

use serde::Serialize;
use sync_protocol::ids::RecordId;

use super::today::{Mine, day};
use super::{FieldClient, FieldError, parse};
use crate::due::{self, Home};
use crate::error::CoreError;
use crate::finding::{Natural, natural};

/// A building.
#[derive(Clone, Default, Serialize, uniffi::Record)]
pub struct BuildingNode {
    /// Its name; empty for homes of which nobody has said the building.
    pub name: String,
    /// The address that it is part of, its name left out: buildings of two compounds may have the
    /// same name.
    pub compound: String,
    /// Homes.
    pub homes: u32,
    /// People who stay there.
    pub residents: u32,
    /// How much is due there for the person to do.
    pub due: u32,
    /// Since how many days, at most.
    pub overdue_days: Option<i64>,
    /// Its units.
    pub units: Vec<UnitNode>,
}

/// A unit of a building.
#[derive(Clone, Default, Serialize, uniffi::Record)]
pub struct UnitNode {
    /// Its name; empty where there are no units.
    pub name: String,
    /// Homes.
    pub homes: u32,
    /// People who stay there.
    pub residents: u32,
    /// How much is due there for the person to do.
    pub due: u32,
    /// Since how many days, at most.
    pub overdue_days: Option<i64>,
    /// Its rooms.
    pub rooms: Vec<RoomNode>,
}

/// A home.
#[derive(Clone, Serialize, uniffi::Record)]
pub struct RoomNode {
    /// The premises.
    pub premises: String,
    /// The room; the address where nobody has said it.
    pub name: String,
    /// People who stay there.
    pub residents: u32,
    /// How much is due there for the person to do.
    pub due: u32,
    /// Since how many days, at most.
    pub overdue_days: Option<i64>,
}

/// Print counts only: a name may be an address.
macro_rules! counts_only {
    ($($node:ident),*) => {$(
        impl std::fmt::Debug for $node {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({} due)", stringify!($node), self.due)
            }
        }
    )*};
}

counts_only!(BuildingNode, UnitNode, RoomNode);

#[uniffi::export]
impl FieldClient {
    /// The homes of an area (of all the person's areas, unless it is said) by building, unit and room,
    /// numbers in their order: 2 before 10. What is due is what is due on a day (as in 2026-11-22;
    /// today, unless it is said) for the person to do. Void homes are left out.
    ///
    /// # Errors
    /// A code when the area or the day is not of its form.
    pub fn tree(
        &self,
        area: Option<String>,
        on: Option<String>,
    ) -> Result<Vec<BuildingNode>, FieldError> {
        let on = day(on.as_deref())?;
        let area = area.as_deref().map(parse).transpose()?;
        let (round, mine) = self.store.read(|connection| {
            let round = due::round(connection, area, on, on)?;
            Ok::<_, CoreError>((round, Mine::of(connection, false)?))
        })?;
        let mut due: BTreeMap<RecordId, (u32, i64)> = BTreeMap::new();
        for item in round.due.iter().filter(|item| mine.has(&round, item)) {
            let (many, most) = due.entry(item.premises).or_insert((0, i64::MIN));
            *many += 1;
            *most = item.overdue_days.max(*most);
        }
        let mut plan = Plan::new();
        for (premises, home) in &round.homes {
            place(&mut plan, *premises, home, due.get(premises).copied());
        }
        Ok(plan.into_iter().map(building).collect())
    }
}

/// Homes by compound and building, unit, and room, each with what it is called.
type Plan = BTreeMap<[Named; 2], Units>;

/// The rooms of each unit.
type Units = BTreeMap<Named, BTreeMap<(Named, RecordId), RoomNode>>;

/// A name in its order; those without one come last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Named(bool, Natural, String);

impl Named {
    fn of(name: &str) -> Self {
        Self(name.is_empty(), natural(name), name.to_owned())
    }
}

fn place(plan: &mut Plan, premises: RecordId, home: &Home, due: Option<(u32, i64)>) {
    let Some(spot) = &home.spot else { return };
    let name = |name: &Option<String>| name.as_deref().unwrap_or_default().trim().to_owned();
    let (building, unit, room) = (name(&spot.building), name(&spot.unit), name(&spot.room));
    let room = if room.is_empty() { home.title.clone() } else { room };
    let compound = compound_of(&home.title, &building);
    let units = plan.entry([Named::of(compound), Named::of(&building)]).or_default();
    let node = RoomNode {
        premises: premises.to_string(),
        name: room.clone(),
        residents: home.residents,
        due: due.map_or(0, |(many, _)| many),
        overdue_days: due.map(|(_, most)| most),
    };
    units.entry(Named::of(&unit)).or_default().insert((Named::of(&room), premises), node);
}

/// What stands before the building in an address.
fn compound_of<'a>(address: &'a str, building: &str) -> &'a str {
    match address.find(building) {
        Some(at) if !building.is_empty() => address.get(..at).unwrap_or_default().trim(),
        _ => "",
    }
}

fn building(([compound, name], units): ([Named; 2], Units)) -> BuildingNode {
    let mut node = BuildingNode { name: name.2, compound: compound.2, ..BuildingNode::default() };
    for (Named(_, _, name), rooms) in units {
        let unit = unit(name, rooms.into_values().collect());
        node.homes += unit.homes;
        node.residents += unit.residents;
        node.due += unit.due;
        node.overdue_days = node.overdue_days.max(unit.overdue_days);
        node.units.push(unit);
    }
    node
}

fn unit(name: String, rooms: Vec<RoomNode>) -> UnitNode {
    let mut node = UnitNode { name, ..UnitNode::default() };
    for room in rooms {
        node.homes += 1;
        node.residents += room.residents;
        node.due += room.due;
        node.overdue_days = node.overdue_days.max(room.overdue_days);
        node.rooms.push(room);
    }
    node
}

#[cfg(test)]
mod tests;
