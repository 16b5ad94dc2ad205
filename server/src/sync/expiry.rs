//! Changes that have waited too long: after 30 days they go into quarantine, and their phone is told.

use sync_protocol::codes;
use sync_protocol::ids::RecordId;
use sync_protocol::wire::{Outcome, Verdict};

use crate::auth::AreaScope;
use crate::store::held::Held;
use crate::store::quarantine::Refused;
use crate::store::{Db, Store, StoreError, area_log, held, late_verdicts, quarantine};

/// How long a change waits for what it builds upon, in milliseconds.
pub const PATIENCE_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The records that are looked at in one transaction.
const BATCH: usize = 100;

/// Gives up what has waited too long; answers how many changes that were.
///
/// # Errors
/// Those of the database; what was given up until then stays so.
pub fn expire(store: &Store, now_ms: i64) -> Result<usize, StoreError> {
    let before = now_ms - PATIENCE_MS;
    let mut given_up = 0;
    for overdue in store.read(|db| held::overdue(db, before))? {
        let scope = overdue.scope();
        for records in overdue.records().chunks(BATCH) {
            given_up += store.transaction(|db| give_up(db, &scope, records, (before, now_ms)))?;
        }
    }
    Ok(given_up)
}

/// Gives up what still waits in these records: whoever lets it in or erases it takes the area's lock, too.
/// What cannot be opened is left as it is, and holds nothing else up.
fn give_up(
    db: &mut Db,
    scope: &AreaScope,
    records: &[RecordId],
    (before, now_ms): (i64, i64),
) -> Result<usize, StoreError> {
    area_log::lock(db, scope)?;
    let mut given_up = 0;
    for record in records {
        let waiting = match held::of_records(db, scope, &[*record]) {
            Err(StoreError::Sealed(_) | StoreError::Corrupt(_)) => continue,
            waiting => waiting?,
        };
        for held in waiting.iter().filter(|held| held.received_at < before) {
            given_up += usize::from(refuse(db, scope, held, now_ms)?);
        }
    }
    Ok(given_up)
}

/// Whether it waited until now. The lock must be held.
fn refuse(db: &mut Db, scope: &AreaScope, held: &Held, now_ms: i64) -> Result<bool, StoreError> {
    let (area, change) = (scope.area(), &held.change);
    if !held::delete(db, area, change.record, change.hash)? {
        return Ok(false);
    }
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
    quarantine::insert(db, area, now_ms, &[refused])?;
    let outcome = Outcome::rejected(&codes::HELD_TOO_LONG, None);
    let verdict = Verdict { record: change.record, hash: change.hash, outcome };
    late_verdicts::insert(db, area, held.device, &verdict, now_ms)?;
    Ok(true)
}
