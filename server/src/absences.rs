//! Absences: somebody's roles rest between two dates, and a colleague stands in with just those. What
//! phones hold of areas that a stand-in had goes as it does when an area is taken away: pushed first,
//! then put away.

use sync_protocol::codes::{self, Code};
use sync_protocol::ids::PersonId;

use crate::auth::Operator;
use crate::auth::duty::LeaveScope;
use crate::calendar;
pub use crate::store::absences::Absence;
pub use crate::store::leaves::AbsenceId;
use crate::store::{Db, StoreError, absences, leaves, people};
use crate::trail::{self, About, Act, Actor, Entry, Origin};

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

impl AbsenceError {
    /// What a client is told.
    pub fn code(&self) -> &'static Code {
        match self {
            Self::Dates | Self::Over => &codes::DATES_WRONG,
            Self::Oneself => &codes::WRONG_INPUT,
            Self::Unknown => &codes::NOT_FOUND,
            Self::Store(_) => &codes::INTERNAL,
        }
    }
}

/// Who changes somebody's absences, from where and when.
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    /// When, in milliseconds since 1970 UTC.
    pub now_ms: i64,
}

impl By {
    fn operator((actor, now_ms): (Actor, i64)) -> Self {
        Self { actor, origin: Origin::default(), now_ms }
    }

    fn entry(&self, act: Act, who: PersonId) -> Entry {
        Entry::new(act, self.actor.clone(), self.now_ms).about(About::Person(who)).from(self.origin)
    }
}

/// Enters an absence, with whoever stands in, at the command line.
///
/// # Errors
/// [`AbsenceError`]; nothing is entered then.
pub fn set(
    db: &mut Db,
    by: Operator,
    new: &Absence,
    when: (Actor, i64),
) -> Result<(), AbsenceError> {
    let may = by.leave(new.person, new.stand_in);
    enter(db, &may, (new.from_ms, new.until_ms), &By::operator(when))
}

/// Enters an absence between two moments, in milliseconds since 1970 UTC, with whoever stands in.
///
/// # Errors
/// [`AbsenceError`]; nothing is entered then.
pub fn enter(
    db: &mut Db,
    may: &LeaveScope,
    (from_ms, until_ms): (i64, i64),
    by: &By,
) -> Result<(), AbsenceError> {
    let (person, stand_in) = (may.person(), may.stand_in());
    if until_ms <= from_ms {
        return Err(AbsenceError::Dates);
    }
    if until_ms <= by.now_ms {
        return Err(AbsenceError::Over);
    }
    if stand_in == Some(person) {
        return Err(AbsenceError::Oneself);
    }
    for who in [Some(person), stand_in].into_iter().flatten() {
        people::find(db, who)?.ok_or(AbsenceError::Unknown)?;
    }
    absences::insert(db, &Absence { person, from_ms, until_ms, stand_in })?;
    let dates = calendar::span(Some(from_ms), Some(until_ms));
    trail::note(db, &by.entry(Act::LeaveSet, person).detail(dates.clone()))?;
    if let Some(stand_in) = stand_in {
        trail::note(db, &by.entry(Act::StandInSet, stand_in).detail(dates))?;
    }
    Ok(())
}

/// Has somebody else, or nobody, stand in from now on in an absence that is not over.
///
/// # Errors
/// [`AbsenceError::Unknown`] if the person has no such absence, [`AbsenceError::Oneself`], or those of
/// the database.
pub fn name_stand_in(
    db: &mut Db,
    may: &LeaveScope,
    which: AbsenceId,
    by: &By,
) -> Result<(), AbsenceError> {
    if may.stand_in() == Some(may.person()) {
        return Err(AbsenceError::Oneself);
    }
    let open = leaves::find_open(db, may, which, by.now_ms)?.ok_or(AbsenceError::Unknown)?;
    if open.stand_in == may.stand_in() {
        return Ok(());
    }
    leaves::name_stand_in(db, may, which, by.now_ms)?;
    let dates = calendar::span(Some(open.from_ms.max(by.now_ms)), Some(open.until_ms));
    for (act, who) in [(Act::StandInEnded, open.stand_in), (Act::StandInSet, may.stand_in())] {
        if let Some(who) = who {
            trail::note(db, &by.entry(act, who).detail(dates.clone()))?;
        }
    }
    Ok(())
}

/// Ends one absence, now; one that has not begun never does.
///
/// # Errors
/// [`AbsenceError::Unknown`] if the person has no such absence any more, or those of the database.
pub fn end_one(
    db: &mut Db,
    may: &LeaveScope,
    which: AbsenceId,
    by: &By,
) -> Result<(), AbsenceError> {
    let open = leaves::find_open(db, may, which, by.now_ms)?.ok_or(AbsenceError::Unknown)?;
    leaves::end(db, may, which, by.now_ms)?;
    trail::note(db, &by.entry(Act::LeaveEnded, may.person()))?;
    if let Some(who) = open.stand_in {
        trail::note(db, &by.entry(Act::StandInEnded, who))?;
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
        let entry = Entry::new(Act::LeaveEnded, actor, now_ms).about(About::Person(who));
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
