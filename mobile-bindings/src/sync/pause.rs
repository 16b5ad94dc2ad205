//! How long something that was tried in vain waits before it is tried again by itself: twice as long
//! each time, up to five minutes, each shortened by a random part of up to a half, so that phones that
//! lost their server together do not come back together.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// The moment of the next attempt, after so many. `jitter` is between 0 and 1; moments are in
/// milliseconds since 1970 UTC.
pub(crate) fn until(now: i64, attempts: u64, jitter: f64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST);
    let pause = doubled.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0);
    now.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
}

/// Whether a moment that [`until`] gave is still ahead. One further ahead than it ever gives was noted
/// by a clock that has been put back since: it is over.
pub(crate) fn is_ahead(moment: i64, now: i64) -> bool {
    let longest = i64::try_from(LONGEST.as_millis()).unwrap_or(i64::MAX);
    moment > now && moment <= now.saturating_add(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_jitter_takes_up_to_a_half() {
        let plain: Vec<i64> = (1..12).map(|attempts| until(0, attempts, 0.0) / 1000).collect();
        assert_eq!(plain, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(until(50, 1, 1.0), 550);
        assert_eq!(until(0, u64::MAX, 0.5), 225_000);
        // The same seed gives the same pauses.
        let drawn = |seed: u64| {
            let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(seed);
            let draw = move |attempts| until(0, attempts, rand::RngExt::random(&mut rng));
            (1..8).map(draw).collect::<Vec<i64>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn a_clock_that_was_put_back_keeps_nothing_waiting() {
        let at = until(1_000_000, 4, 0.0);
        assert!(is_ahead(at, 1_000_000) && is_ahead(at, at - 1));
        assert!(!is_ahead(at, at) && !is_ahead(at, at + 1));
        assert!(!is_ahead(at, at - 3_600_000));
    }
}
