//! The clock, read at the edge and handed on as a number.

/// Now, in milliseconds since 1970 UTC.
pub fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}
