//! Who may say when somebody works: the proofs that a role may be given or ended, and that an absence
//! may be entered with a stand-in. An administrator reaches people who work in the administrator's areas,
//! and by nothing here gets, or gives, more than these areas:
//!
//! - a role is given and ended in these areas alone;
//! - an absence hands all of somebody's roles to the stand-in, so all of them must lie in these areas,
//!   and the stand-in's work: whoever looks after it reaches their phones;
//! - whoever had a role there and works elsewhere now is nobody's of these areas any more;
//! - nobody changes their own, nor stands in at their own word;
//! - auditors watch administrators, who therefore neither make, move nor unmake them: the server's
//!   command line does.

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use super::action::{Act, actions};
use super::device_care::CareError;
use super::scope::{AreaScope, Operator, StaffMay};
use crate::store::posts::{self, Reach};
use crate::store::{Db, StoreError, stand_ins};

/// Proof that one role of one person in one area may be given and ended.
#[derive(Debug, Clone, Copy)]
pub struct PostScope {
    person: PersonId,
    area: AreaId,
    role: Role,
}

impl PostScope {
    /// Whose role.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Where.
    pub fn area(&self) -> AreaId {
        self.area
    }

    /// Which.
    pub fn role(&self) -> Role {
        self.role
    }
}

/// Proof that somebody's absences may be entered, changed and ended, with this stand-in.
#[derive(Debug, Clone, Copy)]
pub struct LeaveScope {
    person: PersonId,
    stand_in: Option<PersonId>,
}

impl LeaveScope {
    /// Whose absences.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Who stands in.
    pub fn stand_in(&self) -> Option<PersonId> {
        self.stand_in
    }
}

impl Operator {
    /// The proof for any role of anybody.
    pub fn post(self, person: PersonId, area: AreaId, role: Role) -> PostScope {
        PostScope { person, area, role }
    }

    /// The proof for any absence.
    pub fn leave(self, person: PersonId, stand_in: Option<PersonId>) -> LeaveScope {
        LeaveScope { person, stand_in }
    }
}

/// Actions that change somebody's roles.
pub trait OfRoles: Act {}
impl OfRoles for actions::GiveRole {}
impl OfRoles for actions::EndRole {}

/// Actions that change somebody's absences.
pub trait OfAbsences: Act {}
impl OfAbsences for actions::EnterAbsence {}
impl OfAbsences for actions::NameStandIn {}
impl OfAbsences for actions::EndAbsence {}

/// What an administrator may change of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Changeable {
    /// Roles in the administrator's areas.
    pub roles: bool,
    /// Absences, and that they stand in.
    pub absences: bool,
}

impl Changeable {
    /// By whoever asks, of somebody in their reach.
    pub fn by(asking: PersonId, reach: &Reach) -> Self {
        let roles = reach.person != asking && !reach.audits;
        Self { roles, absences: roles && reach.wholly }
    }
}

/// The proof to give or end a role.
///
/// # Errors
/// [`codes::NOT_FOUND`] if the area is not the administrator's or nobody of that id works in their
/// areas, [`codes::FORBIDDEN`] for their own roles, an auditor's, and the auditor's role; or those of the
/// database.
pub fn post<A: OfRoles>(
    db: &mut Db,
    staff: &StaffMay<A>,
    (person, area, role): (PersonId, AreaId, Role),
    now_ms: i64,
) -> Result<PostScope, CareError> {
    let found = one(db, &staff.areas(), person, now_ms)?;
    let (Some(found), Some(_)) = (found, staff.area(area)) else {
        return Err(CareError::Refused(&codes::NOT_FOUND));
    };
    if role == Role::Auditor || !Changeable::by(staff.person(), &found).roles {
        return Err(CareError::Refused(&codes::FORBIDDEN));
    }
    Ok(PostScope { person, area, role })
}

/// The proof to change somebody's absences, and to let this stand-in have their roles meanwhile.
///
/// # Errors
/// [`codes::NOT_FOUND`] if one of the two works in none of the administrator's areas,
/// [`codes::FORBIDDEN`] if one of the two works elsewhere too, is an auditor or is whoever asks; or those
/// of the database.
pub fn leave<A: OfAbsences>(
    db: &mut Db,
    staff: &StaffMay<A>,
    (person, stand_in): (PersonId, Option<PersonId>),
    now_ms: i64,
) -> Result<LeaveScope, CareError> {
    let areas = staff.areas();
    // What they are given meanwhile would go to the stand-in unseen.
    stand_ins::hold(db, &stand_in.into_iter().chain([person]).collect::<Vec<_>>())?;
    let found = one(db, &areas, person, now_ms)?.ok_or(CareError::Refused(&codes::NOT_FOUND))?;
    let mut allowed = Changeable::by(staff.person(), &found).absences;
    if let Some(stand_in) = stand_in {
        let found = one(db, &areas, stand_in, now_ms)?;
        let found = found.ok_or(CareError::Refused(&codes::NOT_FOUND))?;
        allowed &= Changeable::by(staff.person(), &found).absences;
    }
    let refused = CareError::Refused(&codes::FORBIDDEN);
    if allowed { Ok(LeaveScope { person, stand_in }) } else { Err(refused) }
}

/// Whether whoever can act for somebody gets nothing by it beyond these areas; nothing if nobody of that
/// id works in them.
///
/// # Errors
/// Those of the database.
pub(super) fn is_wholly_within(
    db: &mut Db,
    areas: &[AreaScope],
    person: PersonId,
    now_ms: i64,
) -> Result<Option<bool>, StoreError> {
    Ok(one(db, areas, person, now_ms)?.map(|reach| reach.wholly))
}

fn one(
    db: &mut Db,
    areas: &[AreaScope],
    person: PersonId,
    now_ms: i64,
) -> Result<Option<Reach>, StoreError> {
    Ok(posts::reach(db, areas, &[person], now_ms)?.pop())
}
