//! Who works where: a coordinator and an inspector in every cell, a supervisor in every street, a
//! reviewer in the district.

use sha2::{Digest, Sha256};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use super::dice::Dice;
use super::{Plan, SeedArea, names, person};

/// A member of the district's staff.
#[derive(Clone, PartialEq, Eq)]
pub struct Worker {
    /// The person.
    pub id: PersonId,
    /// The name on the work card.
    pub name: String,
    /// The number on the work card.
    pub card_number: String,
    /// A telephone for the roster.
    pub phone: String,
    /// What they are in the area.
    pub role: Role,
    /// The area they serve; whatever lies below it is theirs too.
    pub area: AreaId,
}

/// Prints the id alone: a name does not reach a log.
impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Worker {}", self.id)
    }
}

/// The workers of one area; none for the levels that have no staff of their own.
pub fn workers(plan: &Plan, area: &SeedArea) -> Vec<Worker> {
    let roles: &[Role] = match area.level {
        "cell" => &[Role::Coordinator, Role::Inspector],
        "street" => &[Role::Supervisor],
        "district" => &[Role::Reviewer],
        _ => &[],
    };
    roles.iter().map(|role| worker(plan, area.id, *role)).collect()
}

fn worker(plan: &Plan, area: AreaId, role: Role) -> Worker {
    let mut dice = Dice::new(plan.number, role.code(), area.0, 0);
    let (surname, male) = (names::surname(&mut dice), dice.chance(450));
    let born_in = i32::try_from(dice.between(1972, 2000)).unwrap_or(1985);
    let letter = role.code().chars().next().unwrap_or('w').to_ascii_uppercase();
    Worker {
        id: person_id(plan.number, area, role),
        name: names::full(&mut dice, surname, male, born_in),
        card_number: format!("{letter}{area}"),
        phone: person::phone(&mut dice),
        role,
        area,
    }
}

/// A worker's id follows from plan, area and role, so that a home can name its workers alone.
pub(super) fn person_id(number: u64, area: AreaId, role: Role) -> PersonId {
    let mut hash = Sha256::new();
    hash.update(b"doorstep seed worker\0");
    hash.update(number.to_be_bytes());
    hash.update(area.0.to_be_bytes());
    hash.update(role.code().as_bytes());
    let mut id = [0; 16];
    id.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    PersonId(id)
}
