//! The district's days: China has one time, UTC+8. Days that people name begin and end at its midnight.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone as _};

/// UTC+8, in seconds.
const EAST: i32 = 8 * 3600;

/// When a day begins, in milliseconds since 1970 UTC; nothing for a day that no clock knows.
pub fn begins(day: NaiveDate) -> Option<i64> {
    let zone = FixedOffset::east_opt(EAST)?;
    let midnight = day.and_time(NaiveTime::MIN);
    zone.from_local_datetime(&midnight).single().map(|at| at.timestamp_millis())
}

/// When a last day is over, in milliseconds since 1970 UTC.
pub fn ends(day: NaiveDate) -> Option<i64> {
    begins(day.checked_add_days(Days::new(1))?)
}

/// The day of a moment in milliseconds since 1970 UTC.
pub fn day_of(at_ms: i64) -> Option<NaiveDate> {
    let zone = FixedOffset::east_opt(EAST)?;
    Some(DateTime::from_timestamp_millis(at_ms)?.with_timezone(&zone).date_naive())
}

/// The last day before a moment that is itself outside.
pub fn last_day(until_ms: i64) -> Option<NaiveDate> {
    day_of(until_ms.checked_sub(1)?)
}

/// Two days as an entry of the trail says them, the last one inside; one that is open is left out.
pub fn span(from_ms: Option<i64>, until_ms: Option<i64>) -> String {
    let words = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    format!("{}/{}", words(from_ms.and_then(day_of)), words(until_ms.and_then(last_day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_chinas_from_midnight_to_midnight() {
        let day: NaiveDate = "2026-12-01".parse().unwrap();
        let (from, until) = (begins(day).unwrap(), ends(day).unwrap());
        // 2026-11-30T16:00:00Z.
        assert_eq!(from, 1_796_054_400_000);
        assert_eq!(until - from, 24 * 3_600_000);
        assert_eq!((day_of(from), last_day(until)), (Some(day), Some(day)));
        assert_ne!(day_of(from - 1), Some(day));
        assert_eq!(span(Some(from), Some(until)), "2026-12-01/2026-12-01");
        assert_eq!(span(None, None), "/");
    }

    #[test]
    fn a_day_beyond_all_clocks_is_none() {
        assert_eq!(ends(NaiveDate::MAX), None);
    }
}
