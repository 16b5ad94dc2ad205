//! Absences: somebody's roles rest between two dates, and a colleague stands in with just those. What
//! phones hold of areas that a stand-in had goes as it does when an area is taken away: pushed first,
//! then put away.

use sync_protocol::ids::PersonId;

use crate::auth::Operator;
pub use crate::store::absences::Absence;
use crate::store::{Db, StoreError, absences, people};
use crate::trail::{self, About, Act, Actor, Entry};

/// Why an absence is not entered.
#[derive(Debug, thiserror::Error)]
pub enum AbsenceError {
    /// It ends before it begins.
    #[error("an absence ends after it has begun")]
    Dates,
    /// It is over already: what was done meanwhile stays as it was judged.
    #[error("an absence that is over changes nothing")]
    Over,
    /// Somebody would stand in for themselves.
    #[error("nobody stands in for themselves")]
    Oneself,
    /// One of the two is not known.
    #[error("there is no such person")]
    Unknown,
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Enters an absence, with whoever stands in.
///
/// # Errors
/// [`AbsenceError`]; nothing is entered then.
pub fn set(
    db: &mut Db,
    _by: Operator,
    new: &Absence,
    (actor, now_ms): (Actor, i64),
) -> Result<(), AbsenceError> {
    if new.until_ms <= new.from_ms {
        return Err(AbsenceError::Dates);
    }
    if new.until_ms <= now_ms {
        return Err(AbsenceError::Over);
    }
    if new.stand_in == Some(new.person) {
        return Err(AbsenceError::Oneself);
    }
    for who in [Some(new.person), new.stand_in].into_iter().flatten() {
        people::find(db, who)?.ok_or(AbsenceError::Unknown)?;
    }
    absences::insert(db, new)?;
    let entry = |act, who| Entry::new(act, actor.clone(), now_ms).about(About::Person(who));
    trail::note(db, &entry(Act::LeaveSet, new.person))?;
    if let Some(stand_in) = new.stand_in {
        trail::note(db, &entry(Act::StandInSet, stand_in))?;
    }
    Ok(())
}

/// Ends somebody's absences, those to come too: they are back, and nobody stands in any more. Answers
/// how many there were.
///
/// # Errors
/// Those of the database.
pub fn end(
    db: &mut Db,
    _by: Operator,
    who: PersonId,
    (actor, now_ms): (Actor, i64),
) -> Result<usize, StoreError> {
    let ended = absences::end(db, who, now_ms)?;
    if ended > 0 {
        let entry = Entry::new(Act::StandInEnded, actor, now_ms).about(About::Person(who));
        trail::note(db, &entry)?;
    }
    Ok(ended)
}

/// Somebody's absences that are not over, the next first.
///
/// # Errors
/// Those of the database.
pub fn list(
    db: &mut Db,
    _by: Operator,
    who: PersonId,
    now_ms: i64,
) -> Result<Vec<Absence>, StoreError> {
    absences::of(db, who, now_ms)
}
