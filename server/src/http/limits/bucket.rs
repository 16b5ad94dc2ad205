//! Token buckets, one a key. Keys whose bucket is full again are forgotten, so that a flood from many
//! addresses does not fill the memory.

use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::Rate;

/// Requests between two times of forgetting.
const FORGET_EVERY: usize = 4_096;

/// The buckets of one rate.
pub(super) struct Buckets<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    limiter: RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    taken: AtomicUsize,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// Full buckets.
    pub(super) fn new(rate: Rate) -> Self {
        Self::with_clock(rate, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Buckets<K, C> {
    fn with_clock(rate: Rate, clock: C) -> Self {
        // A time of nothing between two requests is no limit; the shortest one stands for it.
        let each = rate.each.max(Duration::from_nanos(1));
        let quota = Quota::with_period(each).map(|quota| quota.allow_burst(rate.burst));
        let quota = quota.unwrap_or(Quota::per_second(rate.burst));
        let limiter = RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Self { limiter, clock, taken: AtomicUsize::new(0) }
    }

    /// Takes one of a key's; how long to wait when there is none.
    pub(super) fn take(&self, key: &K) -> Result<(), Duration> {
        if self.taken.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        let taken = self.limiter.check_key(key);
        taken.map(|_| ()).map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn buckets(burst: u32, a_minute: u32) -> (Buckets<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Buckets::with_clock(Rate::new(burst, a_minute), clock.clone()), clock)
    }

    #[test]
    fn a_key_has_its_burst_and_then_one_at_a_time_and_others_do_not_feel_it() {
        let (buckets, clock) = buckets(3, 60);
        assert_eq!((0..3).filter(|_| buckets.take(&1).is_ok()).count(), 3);
        let wait = buckets.take(&1).unwrap_err();
        assert!(wait <= Duration::from_secs(1) && !wait.is_zero(), "{wait:?}");
        assert!(buckets.take(&2).is_ok(), "another key");
        clock.advance(wait);
        assert!(buckets.take(&1).is_ok());
        assert!(buckets.take(&1).is_err());
    }

    #[test]
    fn keys_that_are_full_again_are_forgotten() {
        let (buckets, clock) = buckets(1, 60);
        for key in 0..1_000 {
            buckets.take(&key).unwrap();
        }
        assert_eq!(buckets.limiter.len(), 1_000);
        clock.advance(Duration::from_secs(5));
        for key in 0..4_096 {
            let _ = buckets.take(&(1_000_000 + key % 2));
        }
        assert!(buckets.limiter.len() <= 3, "{}", buckets.limiter.len());
    }
}
