//! A day of the calendar as a number, so that facts are small and cadences are sums.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use minicbor::{Decode, Encode};

/// A day: the first of January of the year 1 is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Day(#[n(0)] i32);

impl Day {
    /// The number of a day.
    pub fn of(date: NaiveDate) -> Self {
        Self(date.num_days_from_ce())
    }

    /// The day of a moment, in milliseconds since 1970 UTC.
    pub fn of_moment(at_ms: i64) -> Option<Self> {
        in_china(at_ms).map(Self::of)
    }

    /// The day as a date; none past the calendar's end.
    pub fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.0)
    }

    /// So many days later.
    pub(super) fn plus(self, days: u16) -> Self {
        Self(self.0.saturating_add(i32::from(days)))
    }

    /// So many days earlier.
    pub(super) fn minus(self, days: u16) -> Self {
        Self(self.0.saturating_sub(i32::from(days)))
    }

    /// Days since an earlier day; below zero since a later one.
    pub(super) fn since(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }
}

/// The day of a moment (milliseconds since 1970 UTC), as a calendar on a wall in China shows it: the
/// country has one time, UTC+8.
pub fn in_china(at_ms: i64) -> Option<NaiveDate> {
    let china = FixedOffset::east_opt(8 * 3600)?;
    Some(DateTime::from_timestamp_millis(at_ms)?.with_timezone(&china).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let midnight = 1_795_017_600_000_i64; // 2026-11-19 00:00 +08:00
        let date = |at| in_china(at).unwrap().to_string();
        assert_eq!(date(midnight - 1), "2026-11-18");
        assert_eq!(date(midnight), "2026-11-19");
        assert_eq!(in_china(i64::MAX), None);
    }

    #[test]
    fn a_day_leads_back_to_its_date() {
        for text in ["0001-01-01", "1970-01-01", "2024-02-29", "2026-11-22", "9999-12-31"] {
            let date: NaiveDate = text.parse().unwrap();
            assert_eq!(Day::of(date).date(), Some(date));
        }
        let leap: NaiveDate = "2024-02-29".parse().unwrap();
        assert_eq!(Day::of(leap).plus(365).date().unwrap().to_string(), "2025-02-28");
        assert_eq!(Day(i32::MAX).plus(u16::MAX).date(), None);
    }
}
