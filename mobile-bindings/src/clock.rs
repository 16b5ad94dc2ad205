//! The phone's clock, read at the edge and passed inwards as a number.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 UTC. A clock before that counts as 0: it orders nothing here.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
