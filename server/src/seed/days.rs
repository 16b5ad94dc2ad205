//! Days around a day, and moments of the Chinese working day. No clock: everything is counted from
//! a date that is given.

use chrono::{Days, Months, NaiveDate, NaiveTime};

/// So many days earlier, or later where the number is negative; the same day past the calendar.
pub(super) fn before(day: NaiveDate, days: i64) -> NaiveDate {
    let step = Days::new(days.unsigned_abs());
    let moved = if days < 0 { day.checked_add_days(step) } else { day.checked_sub_days(step) };
    moved.unwrap_or(day)
}

/// So many days later.
pub(super) fn after(day: NaiveDate, days: i64) -> NaiveDate {
    before(day, -days)
}

/// The milliseconds since 1970 UTC of a minute of a day by Beijing's clock (UTC+8).
pub(super) fn moment(day: NaiveDate, minute: i64) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis() + (minute - 8 * 60) * 60_000
}

/// The same day so many years later or earlier; the last of February for its 29th.
pub(super) fn years_after(day: NaiveDate, years: i32) -> NaiveDate {
    let step = Months::new(years.unsigned_abs().saturating_mul(12));
    let moved = if years < 0 { day.checked_sub_months(step) } else { day.checked_add_months(step) };
    moved.unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_counted_from_the_day_given() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(before(day, 29).to_string(), "2024-01-31");
        assert_eq!(after(day, 1).to_string(), "2024-03-01");
        assert_eq!(years_after(day, 1).to_string(), "2025-02-28");
        assert_eq!(years_after(day, -4).to_string(), "2020-02-29");
        assert_eq!(moment(day, 8 * 60), 1_709_164_800_000);
    }
}
