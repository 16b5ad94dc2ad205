//! Who is on duty: people of the areas that somebody plans for, with their roles, dates, absences and
//! who stands in; and what an administrator changes of it. Who may, and of whom, says
//! [`crate::auth::duty`].

mod plan;

use crate::absences::{self, AbsenceError, AbsenceId, By};
use crate::auth::actions::{EndAbsence, EndRole, EnterAbsence, GiveRole, NameStandIn};
use crate::auth::device_care::{CareError, Occasion};
use crate::auth::duty::{self as may, OfRoles, PostScope};
use crate::auth::{Act, StaffMay};
use crate::roles::{self, RoleError};
use crate::store::{Db, Store};
use crate::trail::{Actor, reason};
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

pub use plan::{Plan, plan};

impl From<RoleError> for CareError {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Store(error) => Self::Store(error),
            other => Self::Refused(other.code()),
        }
    }
}

impl From<AbsenceError> for CareError {
    fn from(error: AbsenceError) -> Self {
        match error {
            AbsenceError::Store(error) => Self::Store(error),
            other => Self::Refused(other.code()),
        }
    }
}

/// Gives somebody a role between two moments, in milliseconds since 1970 UTC.
///
/// # Errors
/// Those of [`may::post`] and [`roles::give`], [`codes::WRONG_INPUT`] without a reason.
pub fn give_role(
    store: &Store,
    staff: &StaffMay<GiveRole>,
    which: (PersonId, AreaId, Role),
    dates: (Option<i64>, Option<i64>),
    occasion: &Occasion,
) -> Result<(), CareError> {
    change_role(store, staff, which, occasion, |db, may, by| roles::give(db, may, dates, by))
}

/// Sets when somebody's role ends, in milliseconds since 1970 UTC: now where nothing is said.
///
/// # Errors
/// Those of [`may::post`] and [`roles::end`], [`codes::WRONG_INPUT`] without a reason.
pub fn end_role(
    store: &Store,
    staff: &StaffMay<EndRole>,
    which: (PersonId, AreaId, Role),
    until_ms: Option<i64>,
    occasion: &Occasion,
) -> Result<(), CareError> {
    change_role(store, staff, which, occasion, |db, may, by| roles::end(db, may, until_ms, by))
}

/// Changes one role, for a reason.
fn change_role<A: OfRoles>(
    store: &Store,
    staff: &StaffMay<A>,
    which: (PersonId, AreaId, Role),
    occasion: &Occasion,
    work: impl Fn(&mut Db, &PostScope, (Actor, &Occasion)) -> Result<(), RoleError>,
) -> Result<(), CareError> {
    with_reason(occasion)?;
    at_once(store, |db| {
        let may = may::post(db, staff, which, occasion.now_ms)?;
        Ok(work(db, &may, (Actor::Staff(staff.person()), occasion))?)
    })
}

/// Enters an absence between two moments, in milliseconds since 1970 UTC. No reason is asked for: it is
/// the person's own affair.
///
/// # Errors
/// Those of [`may::leave`] and [`absences::enter`].
pub fn enter_absence(
    store: &Store,
    staff: &StaffMay<EnterAbsence>,
    (person, stand_in): (PersonId, Option<PersonId>),
    dates: (i64, i64),
    occasion: &Occasion,
) -> Result<(), CareError> {
    at_once(store, |db| {
        let may = may::leave(db, staff, (person, stand_in), occasion.now_ms)?;
        Ok(absences::enter(db, &may, dates, &by(staff, occasion))?)
    })
}

/// Has somebody else, or nobody, stand in.
///
/// # Errors
/// Those of [`may::leave`] and [`absences::name_stand_in`].
pub fn name_stand_in(
    store: &Store,
    staff: &StaffMay<NameStandIn>,
    (person, stand_in): (PersonId, Option<PersonId>),
    which: AbsenceId,
    occasion: &Occasion,
) -> Result<(), CareError> {
    at_once(store, |db| {
        let may = may::leave(db, staff, (person, stand_in), occasion.now_ms)?;
        Ok(absences::name_stand_in(db, &may, which, &by(staff, occasion))?)
    })
}

/// Ends an absence, now.
///
/// # Errors
/// Those of [`may::leave`] and [`absences::end_one`].
pub fn end_absence(
    store: &Store,
    staff: &StaffMay<EndAbsence>,
    person: PersonId,
    which: AbsenceId,
    occasion: &Occasion,
) -> Result<(), CareError> {
    at_once(store, |db| {
        let may = may::leave(db, staff, (person, None), occasion.now_ms)?;
        Ok(absences::end_one(db, &may, which, &by(staff, occasion))?)
    })
}

/// One transaction. A refusal comes before anything is written.
fn at_once(
    store: &Store,
    mut work: impl FnMut(&mut Db) -> Result<(), CareError>,
) -> Result<(), CareError> {
    store.transaction(|db| match work(db) {
        Err(CareError::Store(error)) => Err(error),
        other => Ok(other),
    })?
}

fn by<A: Act>(staff: &StaffMay<A>, occasion: &Occasion) -> By {
    By { actor: Actor::Staff(staff.person()), origin: occasion.origin, now_ms: occasion.now_ms }
}

fn with_reason(occasion: &Occasion) -> Result<(), CareError> {
    let reason = occasion.reason.trim();
    let good = !reason.is_empty() && reason.chars().count() <= reason::LONGEST;
    if good { Ok(()) } else { Err(CareError::Refused(&codes::WRONG_INPUT)) }
}
