//! Records that have left and not arrived: whoever moved them was cut short.

use super::arrive;
use crate::store::{Store, StoreError, moves};

/// How many are looked for at once.
const BATCH: i64 = 100;

/// Brings every record that is under way to where it goes; answers how many those were.
///
/// # Errors
/// Those of the database; what arrived until then stays so.
pub fn finish(store: &Store, now_ms: i64) -> Result<usize, StoreError> {
    let mut finished = 0;
    loop {
        let under_way = store.read(|db| moves::under_way(db, BATCH))?;
        if under_way.is_empty() {
            return Ok(finished);
        }
        for left in &under_way {
            arrive(store, left, now_ms)?;
            finished += 1;
        }
    }
}
