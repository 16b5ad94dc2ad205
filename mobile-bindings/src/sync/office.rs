//! What an answer says besides areas and records: the district's configuration, the person's badge,
//! and what time it is.

use sync_protocol::wire::{Request, Response};

use crate::store::{Connection, StoreError, Transaction, badge, configuration, device};

/// Says in a request which versions are here.
pub(super) fn ask(connection: &Connection, request: &mut Request) -> Result<(), StoreError> {
    request.configuration = Some(configuration::version(connection)?);
    request.badge = Some(badge::version(connection)?);
    Ok(())
}

/// Notes what came; `now` is the phone's clock.
pub(super) fn note(
    transaction: &Transaction<'_>,
    response: &Response,
    now: i64,
) -> Result<(), StoreError> {
    if let Some(came) = &response.configuration {
        configuration::put(transaction, came)?;
    }
    if let Some(came) = &response.badge {
        badge::put(transaction, came)?;
    }
    device::note_clock(transaction, response.now.saturating_sub(now))
}
