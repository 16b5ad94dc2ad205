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

/// Notes what came.
pub(super) fn note(transaction: &Transaction<'_>, response: &Response) -> Result<(), StoreError> {
    if let Some(came) = &response.configuration {
        configuration::put(transaction, came)?;
    }
    if let Some(came) = &response.badge {
        badge::put(transaction, came)?;
    }
    Ok(())
}

/// A request on its way, by the phone's clock in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trip {
    pub(crate) asked: i64,
    pub(crate) answered: i64,
}

/// Notes by how much the server's clock is ahead of the phone's.
pub(crate) fn note_clock(
    transaction: &Transaction<'_>,
    server_now: i64,
    trip: Trip,
) -> Result<(), StoreError> {
    let known = device::find(transaction)?.map_or(0, |device| device.clock_ahead);
    device::note_clock(transaction, ahead(known, server_now, trip))
}

/// The server looked at its clock at some moment of the trip, which takes minutes on a weak signal:
/// what was believed is kept if it can be so, else the nearest that can.
fn ahead(known: i64, server_now: i64, trip: Trip) -> i64 {
    let (most, least) =
        (server_now.saturating_sub(trip.asked), server_now.saturating_sub(trip.answered));
    known.clamp(least.min(most), most.max(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn a_slow_answer_says_little_of_the_clock_and_a_quick_one_much() {
        let slow = Trip { asked: 100 * MINUTE, answered: 110 * MINUTE };
        assert_eq!(ahead(0, 101 * MINUTE, slow), 0, "a clock that is right is not put wrong");
        assert_eq!(ahead(0, 109 * MINUTE, slow), 0);
        let off = 3 * 24 * 60 * MINUTE;
        let known = ahead(0, 101 * MINUTE + off, slow);
        assert!((known - off).abs() <= 10 * MINUTE, "no further off than the trip was long");
        let quick = Trip { asked: 120 * MINUTE, answered: 120 * MINUTE + 200 };
        let known = ahead(known, 120 * MINUTE + 100 + off, quick);
        assert!((known - off).abs() <= 100);
        let slow = Trip { asked: 130 * MINUTE, answered: 140 * MINUTE };
        assert_eq!(ahead(known, 131 * MINUTE + off, slow), known, "it stays as exact as it was");
    }

    #[test]
    fn a_clock_that_was_set_back_on_the_way_breaks_nothing() {
        let back = Trip { asked: 100 * MINUTE, answered: 50 * MINUTE };
        assert_eq!(ahead(0, 100 * MINUTE, back), 0);
        let far = Trip { asked: i64::MIN, answered: i64::MAX };
        assert_eq!(ahead(7, 100 * MINUTE, far), 7);
    }
}
