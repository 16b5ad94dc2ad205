//! Roles with dates: what somebody is in an area and all below it, from a day and until a day. Who may
//! give and end one says [`crate::auth::duty`].

use sync_protocol::codes::{self, Code};
use sync_protocol::ids::PersonId;
use sync_protocol::records::Role;

use crate::auth::Operator;
use crate::auth::device_care::Occasion;
use crate::auth::duty::PostScope;
use crate::calendar;
pub use crate::store::posts::Post;
use crate::store::{Db, StoreError, areas, people, posts, stand_ins};
use crate::trail::{self, About, Act, Actor, Entry};

/// Why a role is not given or ended.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// It would end before it begins, or is over already.
    #[error("a role ends after it has begun, and is not over before it is given")]
    Dates,
    /// They have it there, now or later.
    #[error(
        "they have that role there already, now or later: end it first, or change when it ends"
    )]
    Held,
    /// Whoever stands in for them would have it too, and must not.
    #[error(
        "whoever stands in for them would have this role too, but does not work there for as long, or is \
         an auditor: have nobody stand in, or somebody else, then give the role"
    )]
    StandIn,
    /// They do not have it there, or no more.
    #[error("they do not have that role there")]
    NotHeld,
    /// There is no such person or area.
    #[error("there is no such person or no such area")]
    Unknown,
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RoleError {
    /// What a client is told.
    pub fn code(&self) -> &'static Code {
        match self {
            Self::Dates => &codes::DATES_WRONG,
            Self::Held => &codes::ROLE_HELD,
            Self::StandIn => &codes::STAND_IN_WOULD_GET_IT,
            Self::NotHeld | Self::Unknown => &codes::NOT_FOUND,
            Self::Store(_) => &codes::INTERNAL,
        }
    }
}

/// Gives a role between two moments, in milliseconds since 1970 UTC; from now on and without an end where
/// none is said.
///
/// # Errors
/// [`RoleError`]; nothing is given then.
pub fn give(
    db: &mut Db,
    may: &PostScope,
    (from_ms, until_ms): (Option<i64>, Option<i64>),
    (actor, occasion): (Actor, &Occasion),
) -> Result<(), RoleError> {
    let now_ms = occasion.now_ms;
    let from_ms = from_ms.filter(|from| *from > now_ms);
    if until_ms.is_some_and(|until| until <= from_ms.unwrap_or(now_ms)) {
        return Err(RoleError::Dates);
    }
    people::find(db, may.person())?.ok_or(RoleError::Unknown)?;
    areas::find(db, &[may.area()])?.first().ok_or(RoleError::Unknown)?;
    stand_ins::hold(db, &[may.person()])?;
    keep_from_stand_ins(db, may, (from_ms, until_ms), now_ms)?;
    if !posts::give(db, may, (from_ms, until_ms), now_ms)? {
        return Err(RoleError::Held);
    }
    note(db, Act::RoleGranted, may, (from_ms, until_ms), (actor, occasion))
}

/// Sets when a role ends, in milliseconds since 1970 UTC: now where nothing is said. One that would never
/// begin is over now; a later end than before gives more of it, and is noted so.
///
/// # Errors
/// [`RoleError`]; nothing is changed then.
pub fn end(
    db: &mut Db,
    may: &PostScope,
    until_ms: Option<i64>,
    (actor, occasion): (Actor, &Occasion),
) -> Result<(), RoleError> {
    let now_ms = occasion.now_ms;
    let until = until_ms.unwrap_or(now_ms);
    if until < now_ms {
        return Err(RoleError::Dates);
    }
    stand_ins::hold(db, &[may.person()])?;
    let held = posts::find_open(db, may, now_ms)?.ok_or(RoleError::NotHeld)?;
    if held.until_ms.is_some_and(|before| before < until) {
        let dates = (held.from_ms, Some(until));
        keep_from_stand_ins(db, may, dates, now_ms)?;
        posts::set_dates(db, may, dates)?;
        return note(db, Act::RoleGranted, may, dates, (actor, occasion));
    }
    let never_begins = held.from_ms.is_some_and(|from| from >= until);
    let (from_ms, until) =
        if never_begins { (Some(now_ms), now_ms) } else { (held.from_ms, until) };
    posts::set_dates(db, may, (from_ms, Some(until)))?;
    note(db, Act::RoleTaken, may, (None, Some(until)), (actor, occasion))
}

/// Refuses what would go to a stand-in who must not have it: whoever named them did not know of it. An
/// auditor's role goes to none.
fn keep_from_stand_ins(
    db: &mut Db,
    may: &PostScope,
    dates: (Option<i64>, Option<i64>),
    now_ms: i64,
) -> Result<(), RoleError> {
    let refused = may.role() != Role::Auditor && stand_ins::must_not_have(db, may, dates, now_ms)?;
    if refused { Err(RoleError::StandIn) } else { Ok(()) }
}

/// What somebody was given, over or not, by area and role.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db, _by: Operator, who: PersonId) -> Result<Vec<Post>, StoreError> {
    posts::of_person(db, who)
}

fn note(
    db: &mut Db,
    act: Act,
    may: &PostScope,
    (from_ms, until_ms): (Option<i64>, Option<i64>),
    (actor, occasion): (Actor, &Occasion),
) -> Result<(), RoleError> {
    let dates = calendar::span(from_ms, until_ms);
    let entry = Entry::new(act, actor, occasion.now_ms)
        .about(About::Person(may.person()))
        .area(may.area())
        .detail(format!("{} {dates}", may.role().code()))
        .from(occasion.origin);
    let reason = occasion.reason.trim();
    let entry = if reason.is_empty() { entry } else { entry.reason(reason) };
    trail::note(db, &entry)?;
    Ok(())
}
