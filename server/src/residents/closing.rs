//! Closing a correction: the area's worker has written what was asked for, and the record says so.

use sync_protocol::codes;
use sync_protocol::document::Effective;
use sync_protocol::records::Value;

use super::request::{RequestId, RequestKind, State};
use super::{Occasion, RequestError};
use crate::auth::StaffMay;
use crate::auth::actions::CarryOutRequest;
use crate::store::{Store, records, requests};
use crate::trail::{Act, note};

/// Closes a request for correction.
///
/// # Errors
/// [`codes::NOT_FOUND`], [`codes::REQUEST_CLOSED`], [`codes::REQUEST_NOT_MET`] while the record says
/// something else, or those of the database.
pub fn close(
    store: &Store,
    staff: &StaffMay<CarryOutRequest>,
    id: RequestId,
    occasion: Occasion,
) -> Result<(), RequestError> {
    super::within(store, |db| {
        let refused = |code| Err(RequestError::Refused(code));
        let mut request = super::of_staff(db, staff, id)?;
        if request.state != State::Open {
            return refused(&codes::REQUEST_CLOSED);
        }
        if request.kind != RequestKind::Correction {
            return refused(&codes::WRONG_INPUT);
        }
        let Some(scope) = staff.area(request.area) else { return refused(&codes::NOT_FOUND) };
        let found = records::load(db, &scope, &[request.record])?.remove(&request.record);
        let Some(found) = found else { return refused(&codes::REQUEST_NOT_MET) };
        let effective = Effective::of(&found.registers);
        let wishes = request.words.iter().flat_map(|words| &words.wishes);
        let mut wishes =
            wishes.map(|wish| effective.value(&wish.key).unwrap_or(&Value::Null) == &wish.wanted);
        if !wishes.all(|met| met) {
            return refused(&codes::REQUEST_NOT_MET);
        }
        request.state = State::Done;
        request.closed_by = Some(staff.person());
        request.closed_at = Some(occasion.now_ms);
        requests::stand(db, &request)?;
        note(db, &super::entry(Act::RequestDone, staff, &request, occasion))?;
        Ok(())
    })
}
