//! Changes that have waited too long: after 30 days they go into quarantine, and their phone is told.

use sync_protocol::codes;
use sync_protocol::wire::{Outcome, Verdict};

use crate::store::quarantine::Refused;
use crate::store::{Store, StoreError, held, late_verdicts, quarantine};

/// How long a change waits for what it builds upon, in milliseconds.
pub const PATIENCE_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How many are given up in one transaction.
const BATCH: i64 = 100;

/// Gives up what has waited too long; answers how many changes that were.
///
/// # Errors
/// Those of the database; what was given up until then stays so.
pub fn expire(store: &Store, now_ms: i64) -> Result<usize, StoreError> {
    let (mut given_up, mut passed_over) = (0, 0);
    loop {
        let (old, shut) = store.transaction(|db| {
            let (old, shut) = held::older_than(db, now_ms - PATIENCE_MS, (passed_over, BATCH))?;
            for (area, held) in &old {
                let change = &held.change;
                let refused = Refused {
                    record: change.record,
                    kind: change.kind,
                    hash: change.hash,
                    code: codes::HELD_TOO_LONG.code,
                    field: None,
                    bytes: change.bytes.clone(),
                    device: held.device,
                    push: held.push,
                };
                quarantine::insert(db, *area, now_ms, &[refused])?;
                held::delete(db, *area, change.record, change.hash)?;
                let outcome = Outcome::rejected(&codes::HELD_TOO_LONG, None);
                let verdict = Verdict { record: change.record, hash: change.hash, outcome };
                late_verdicts::insert(db, *area, held.device, &verdict, now_ms)?;
            }
            Ok((old.len(), shut))
        })?;
        given_up += old;
        passed_over += shut;
        if old + shut == 0 {
            return Ok(given_up);
        }
    }
}
