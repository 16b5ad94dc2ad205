//! Records that have left and not arrived: whoever moved them was cut short.

use std::collections::HashSet;

use sync_protocol::ids::{AreaId, RecordId};

use super::arrive;
use crate::store::{Store, StoreError, moves};

/// How many are looked for at once.
const BATCH: usize = 100;

/// Brings every record that is under way to where it goes; answers how many those were.
///
/// # Errors
/// Those of the database; what arrived until then stays so. Of records that cannot be read the last one,
/// when all others have arrived.
pub fn finish(store: &Store, now_ms: i64) -> Result<usize, StoreError> {
    let mut finished = 0;
    let mut stuck: HashSet<(AreaId, RecordId)> = HashSet::new();
    let mut last = None;
    loop {
        let most = i64::try_from(BATCH + stuck.len()).unwrap_or(i64::MAX);
        let mut under_way = store.read(|db| moves::under_way(db, most))?;
        under_way.retain(|left| !stuck.contains(&(left.from(), left.record)));
        if under_way.is_empty() {
            return last.map_or(Ok(finished), Err);
        }
        for left in &under_way {
            match arrive(store, left, now_ms) {
                Ok(()) => finished += 1,
                Err(error) if error.is_of_one() => {
                    let (area, record) = (left.from(), left.record);
                    tracing::error!(%area, %record, %error, "stays under way");
                    stuck.insert((area, record));
                    last = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Brings one record to where it goes, if it is under way. One that cannot be read stays where it is.
///
/// # Errors
/// Those of the database.
pub(in crate::sync) fn finish_one(
    store: &Store,
    record: RecordId,
    now_ms: i64,
) -> Result<(), StoreError> {
    for left in store.read(|db| moves::of_under_way(db, record))? {
        match arrive(store, &left, now_ms) {
            Err(error) if !error.is_of_one() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
