//! How much is kept in a day of what a revoked phone hands in. Whoever has the phone in hand holds its key:
//! without an end they could fill the server's disk. What a worker wrote is never lost by it: what was
//! kept stays, the phone keeps the rest, and an operator takes in a bundle of any size.

use sync_protocol::codes;
use sync_protocol::wire::RecordPush;

use super::{By, Desk, TakeInError};
use crate::store::hand_ins;
use crate::work;

/// What a change counts for at least: it costs rows and their indexes too.
const CHANGE_BYTES: usize = 4 * 1024;

impl Desk {
    /// Counts what is about to be kept, if it is a revoked phone that hands it in.
    ///
    /// # Errors
    /// [`codes::HAND_IN_FULL`] when it would be too much, or those of the database.
    pub(super) async fn count(&self, by: &By, bytes: u64, now_ms: i64) -> Result<(), TakeInError> {
        let By::Revoked(phone) = by else { return Ok(()) };
        let (store, phone, most) = (self.engine.store.clone(), phone.clone(), self.a_day);
        let count =
            move || store.transaction(|db| hand_ins::count(db, &phone, (bytes, most), now_ms));
        let counted = work::block(count).await??;
        if counted { Ok(()) } else { Err(TakeInError::Refused(&codes::HAND_IN_FULL)) }
    }
}

/// What the changes of pushed records count for.
pub(super) fn weight<'p>(pushed: impl Iterator<Item = &'p RecordPush>) -> u64 {
    let changes = pushed.flat_map(|push| &push.changes);
    changes.map(|change| change.0.len().max(CHANGE_BYTES) as u64).sum()
}
