//! The proofs to read the audit trail and to see a value that is masked.

use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use super::action::Act;
use super::action::actions::ShowValue;
use super::scope::{AreaScope, Operator, StaffMay};
use crate::store::{Db, StoreError, areas, people};

/// Proof that somebody may read the audit trail.
#[derive(Debug, Clone)]
pub struct TrailScope {
    /// The areas whose entries they may read; nothing means all, also those of no area.
    areas: Option<Vec<AreaId>>,
}

impl TrailScope {
    /// All of it, for what two people agreed to.
    pub(super) fn everything() -> Self {
        Self { areas: None }
    }

    /// The areas whose entries they may read; nothing means all, also those of no area.
    pub fn areas(&self) -> Option<&[AreaId]> {
        self.areas.as_deref()
    }

    /// Whether they may read all of it: who may not cannot follow its chain.
    pub fn is_whole(&self) -> bool {
        self.areas.is_none()
    }
}

/// The proof to read the trail of the areas where somebody is auditor: all of it for who is auditor
/// everywhere. An administrator never gets it, whatever else they are: it is about them too.
///
/// # Errors
/// Those of the database.
pub fn trail<A: Act>(
    db: &mut Db,
    staff: &StaffMay<A>,
    now_ms: i64,
) -> Result<Option<TrailScope>, StoreError> {
    let held = people::areas_of(db, staff.person(), now_ms)?;
    if held.values().any(|roles| roles.has(Role::Administrator)) {
        return Ok(None);
    }
    let audited: Vec<AreaId> = staff.areas().iter().map(AreaScope::area).collect();
    let everywhere = areas::all(db)?.iter().all(|area| audited.contains(&area.id));
    Ok(Some(TrailScope { areas: (!everywhere).then_some(audited) }))
}

impl Operator {
    /// The proof to read all of the trail: who has the database's password could anyway.
    pub fn trail(self) -> TrailScope {
        TrailScope { areas: None }
    }
}

/// Proof that somebody may have masked values of one area shown.
#[derive(Debug, Clone, Copy)]
pub struct ShowScope {
    area: AreaScope,
    person: PersonId,
}

impl ShowScope {
    /// The area.
    pub fn area(&self) -> AreaScope {
        self.area
    }

    /// Who asks.
    pub fn person(&self) -> PersonId {
        self.person
    }
}

impl StaffMay<ShowValue> {
    /// The proof to have masked values of an area shown.
    pub fn showing(&self, area: AreaId) -> Option<ShowScope> {
        self.area(area).map(|area| ShowScope { area, person: self.person() })
    }
}
