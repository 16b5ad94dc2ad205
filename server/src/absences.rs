//! Absences: somebody's roles rest between two dates, and a colleague stands in with just those. What
//! phones hold of areas that a stand-in had goes as it does when an area is taken away: pushed first,
//! then put away.

use std::collections::BTreeSet;

use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{AreaId, PersonId};

use crate::auth::Operator;
use crate::auth::duty::LeaveScope;
use crate::calendar;
pub use crate::store::absences::Absence;
pub use crate::store::leaves::AbsenceId;
use crate::store::leaves::Leave;
use crate::store::{Db, StoreError, absences, leaves, people, posts};
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

    /// What is noted of an absence: an entry for each area where the person has roles that rest by it, so
    /// that its auditors read it; one without an area if there is none.
    fn of_leave(&self, db: &mut Db, act: Act, leave: &Leave) -> Result<Vec<Entry>, StoreError> {
        let dates = calendar::span(Some(leave.from_ms), Some(leave.until_ms));
        let entry = self.entry(act, leave.person).detail(dates);
        self.in_areas(db, leave.person, &entry)
    }

    /// The same of who stands in from now on, or did, and for whom; nothing without a stand-in.
    fn of_stand_in(&self, db: &mut Db, act: Act, leave: &Leave) -> Result<Vec<Entry>, StoreError> {
        let Some(stand_in) = leave.stand_in else { return Ok(Vec::new()) };
        let dates = calendar::span(Some(leave.from_ms.max(self.now_ms)), Some(leave.until_ms));
        let detail = format!("{dates} {}", About::Person(leave.person));
        self.in_areas(db, leave.person, &self.entry(act, stand_in).detail(detail))
    }

    fn in_areas(
        &self,
        db: &mut Db,
        whose: PersonId,
        entry: &Entry,
    ) -> Result<Vec<Entry>, StoreError> {
        let posts = posts::of_person(db, whose)?;
        let open = posts.iter().filter(|post| !post.is_over(self.now_ms));
        let areas: BTreeSet<AreaId> = open.map(|post| post.area).collect();
        if areas.is_empty() {
            return Ok(vec![entry.clone()]);
        }
        Ok(areas.into_iter().map(|area| entry.clone().area(area)).collect())
    }
}

fn note(db: &mut Db, entries: &[Entry]) -> Result<(), StoreError> {
    entries.iter().try_for_each(|entry| trail::note(db, entry).map(drop))
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
    let leave = Leave { id: AbsenceId(0), person, from_ms, until_ms, stand_in };
    let mut entries = by.of_leave(db, Act::LeaveSet, &leave)?;
    entries.extend(by.of_stand_in(db, Act::StandInSet, &leave)?);
    Ok(note(db, &entries)?)
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
    let mut entries = by.of_stand_in(db, Act::StandInEnded, &open)?;
    let named = Leave { stand_in: may.stand_in(), ..open };
    entries.extend(by.of_stand_in(db, Act::StandInSet, &named)?);
    Ok(note(db, &entries)?)
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
    let entries = endings(db, by, &[open], open.person)?;
    Ok(note(db, &entries)?)
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
    when: (Actor, i64),
) -> Result<usize, StoreError> {
    let by = By::operator(when);
    let mut open = leaves::around(db, &[who], by.now_ms)?;
    open.retain(|leave| leave.person == who);
    let entries = endings(db, &by, &open, who)?;
    let ended = absences::end(db, who, by.now_ms)?;
    note(db, &entries)?;
    Ok(ended)
}

/// What is to be noted of the absences that end, and of those in which nobody stands in any more, because
/// somebody leaves. Asked for before they do, noted when they have.
///
/// # Errors
/// Those of the database.
pub fn ending_with(
    db: &mut Db,
    _by: Operator,
    who: PersonId,
    when: (Actor, i64),
) -> Result<Vec<Entry>, StoreError> {
    let by = By::operator(when);
    let open = leaves::around(db, &[who], by.now_ms)?;
    endings(db, &by, &open, who)
}

/// That these absences are over, if they are this person's, and that nobody stands in there any more.
fn endings(db: &mut Db, by: &By, open: &[Leave], who: PersonId) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    for leave in open {
        if leave.person == who {
            entries.extend(by.of_leave(db, Act::LeaveEnded, leave)?);
        }
        entries.extend(by.of_stand_in(db, Act::StandInEnded, leave)?);
    }
    Ok(entries)
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
