//! How long to wait before trying again: twice as long each time, and never the same for two phones,
//! so that a server that comes back is not met by all of them at once.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// The pauses of one series of attempts.
#[derive(Debug, Default)]
pub(super) struct Pacing {
    attempts: u32,
}

impl Pacing {
    /// The next pause; `jitter` is between 0 and 1 and takes up to half of it away.
    pub(super) fn next(&mut self, jitter: f64) -> Duration {
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.attempts)).min(LONGEST);
        self.attempts = self.attempts.saturating_add(1);
        doubled.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_cap_and_jitter_only_shortens_them() {
        let mut pacing = Pacing::default();
        let plain: Vec<u128> = (0..7).map(|_| pacing.next(0.0).as_millis()).collect();
        assert_eq!(plain, [200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(Pacing::default().next(1.0), Duration::from_millis(100));
        let mut long = Pacing { attempts: u32::MAX };
        assert_eq!(long.next(0.0), LONGEST);
    }
}
