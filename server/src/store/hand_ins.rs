//! Table `hand_ins`: how much was kept of what a revoked phone handed in, by device and day.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::rows::device_key;
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::hand_in::HandIn;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Counts bytes that are about to be kept, unless there would be more than `most` in the day of this
/// moment then; answers whether they were counted.
///
/// # Errors
/// Those of the database.
pub fn count(
    db: &mut Db,
    by: &HandIn,
    (bytes, most): (u64, u64),
    now_ms: i64,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        INSERT INTO hand_ins AS h (device_id, day, bytes) VALUES (?, ?, ?)
        ON CONFLICT (device_id) DO UPDATE
        SET day = excluded.day,
            bytes = excluded.bytes + CASE WHEN h.day = excluded.day THEN h.bytes ELSE 0 END
        WHERE excluded.bytes + CASE WHEN h.day = excluded.day THEN h.bytes ELSE 0 END <= ?";
    if bytes > most {
        return Ok(false);
    }
    let number = |bytes| i64::try_from(bytes).unwrap_or(i64::MAX);
    let binds = (
        bind::<BigInt, _>(device_key(by.device())),
        bind::<BigInt, _>(now_ms.div_euclid(DAY_MS)),
        bind::<BigInt, _>(number(bytes)),
        bind::<BigInt, _>(number(most)),
    );
    Ok(statement(SQL, binds).execute(db.sql())? > 0)
}
