//! Records of a push that cannot be read: their changes are put off, neither accepted nor refused, and
//! stay on the phone; what the push says of other records is taken.

use std::collections::BTreeSet;

use sync_protocol::ids::RecordId;
use sync_protocol::wire::{Outcome, RecordPush};

use super::push::{Outcomes, all};
use super::{Engine, SyncError};
use crate::store::record_keys;

/// Until somebody has mended the record, the phone offers the change with every sync. A phone fetches no
/// further page until this time is over, so it is not long.
const PUT_OFF: Outcome = Outcome::Retry { after_ms: 5_000 };

/// Calls with the records, and again without those that cannot be read.
///
/// # Errors
/// What is not about single records.
pub(super) fn apart(
    engine: &Engine,
    pushes: &[&RecordPush],
    call: impl Fn(&[&RecordPush]) -> Result<Outcomes, SyncError>,
) -> Result<Outcomes, SyncError> {
    let mut put_off = Outcomes::new();
    let mut rest = pushes.to_vec();
    loop {
        let error = match call(&rest) {
            Ok(mut outcomes) => {
                put_off.append(&mut outcomes);
                return Ok(put_off);
            }
            Err(error) => error,
        };
        let unreadable = at_fault(engine, &rest, &error)?;
        let is_readable = |push: &&RecordPush| !unreadable.contains(&push.record);
        let (readable, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_readable);
        if others.is_empty() {
            return Err(error);
        }
        put_off.append(&mut all(&others, &PUT_OFF));
        rest = readable;
    }
}

/// The records that an error is about. One that came with writing does not say; it is a key that does not
/// open.
fn at_fault(
    engine: &Engine,
    pushes: &[&RecordPush],
    error: &SyncError,
) -> Result<BTreeSet<RecordId>, SyncError> {
    match error {
        SyncError::Unreadable(records) => Ok(records.clone()),
        SyncError::Store(error) if error.is_of_one() => {
            let ids: Vec<RecordId> = pushes.iter().map(|push| push.record).collect();
            Ok(engine.store.read(|db| record_keys::shut(db, &ids))?)
        }
        _ => Ok(BTreeSet::new()),
    }
}
