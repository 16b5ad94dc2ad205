//! Agreeing to a request, or declining it. Whoever agrees names the version that they read.

use sync_protocol::codes;

use super::request::{RequestId, RequestKind, State};
use super::{Occasion, RequestError};
use crate::auth::StaffMay;
use crate::auth::actions::{ApproveRequest, DeclineRequest};
use crate::store::{Store, requests};
use crate::trail::{Act, note};

/// Fewest characters of a reason, blanks aside.
const FEWEST: usize = 4;

/// Longest reason, in characters.
const LONGEST: usize = 500;

/// Somebody agrees to a request as they read it.
///
/// # Errors
/// [`codes::NOT_FOUND`], [`codes::REQUEST_CLOSED`], [`codes::REQUEST_CHANGED`] when it says something
/// else by now, [`codes::REQUEST_OWN`], [`codes::REQUEST_AGREED`], or those of the database.
pub fn approve(
    store: &Store,
    staff: &StaffMay<ApproveRequest>,
    (id, version): (RequestId, i64),
    reason: &str,
    occasion: Occasion,
) -> Result<(), RequestError> {
    let reason = of_enough_words(reason)?;
    super::within(store, |db| {
        let refused = |code| Err(RequestError::Refused(code));
        let request = super::of_staff(db, staff, id)?;
        // A correction changes nothing by itself: the area's worker does, and that is in the log.
        if request.state != State::Open {
            return refused(&codes::REQUEST_CLOSED);
        }
        if request.kind == RequestKind::Correction {
            return refused(&codes::WRONG_INPUT);
        }
        if request.version != version {
            return refused(&codes::REQUEST_CHANGED);
        }
        if request.is_asked_by(staff.person()) {
            return refused(&codes::REQUEST_OWN);
        }
        if !requests::approve(db, &request, staff.person(), occasion.now_ms)? {
            return refused(&codes::REQUEST_AGREED);
        }
        let entry = super::entry(Act::RequestApproved, staff, &request, occasion);
        note(db, &entry.reason(reason))?;
        Ok(())
    })
}

/// Declines a request, for a reason that the resident is told.
///
/// # Errors
/// [`codes::NOT_FOUND`], [`codes::REQUEST_CLOSED`], or those of the database.
pub fn decline(
    store: &Store,
    staff: &StaffMay<DeclineRequest>,
    id: RequestId,
    reason: &str,
    occasion: Occasion,
) -> Result<(), RequestError> {
    let reason = of_enough_words(reason)?;
    super::within(store, |db| {
        let mut request = super::of_staff(db, staff, id)?;
        if request.state != State::Open {
            return Err(RequestError::Refused(&codes::REQUEST_CLOSED));
        }
        request.state = State::Declined;
        request.closed_by = Some(staff.person());
        request.closed_at = Some(occasion.now_ms);
        if let Some(words) = &mut request.words {
            words.decision = Some(reason.to_owned());
        }
        requests::stand(db, &request)?;
        let entry = super::entry(Act::RequestDeclined, staff, &request, occasion);
        note(db, &entry.reason(reason))?;
        Ok(())
    })
}

fn of_enough_words(reason: &str) -> Result<&str, RequestError> {
    let reason = reason.trim();
    let count = reason.chars().filter(|letter| !letter.is_whitespace()).count();
    let enough = count >= FEWEST && reason.chars().count() <= LONGEST;
    enough.then_some(reason).ok_or(RequestError::Refused(&codes::REQUEST_WORDS))
}
