//! How much a phone asks for in one answer: all that it can take, while that comes through. An answer
//! that breaks off, or is not there in time, is asked for again at half the size: where the signal is
//! weak, small answers are kept that a large one would lose each time anew.

use std::sync::atomic::{AtomicU64, Ordering};

use sync_protocol::wire::Limits;

/// The least that is asked for, in bytes inflated: some 20 kB on their way.
const LEAST: u64 = 128 * 1024;

/// How much the next answer may hold.
pub(super) struct Appetite(AtomicU64);

impl Appetite {
    /// A phone's that has asked for nothing yet.
    pub(super) const fn new() -> Self {
        Self(AtomicU64::new(Limits::PHONE.bytes))
    }

    /// What to ask for.
    pub(super) fn limits(&self) -> Limits {
        Limits { bytes: self.0.load(Ordering::Relaxed), ..Limits::PHONE }
    }

    /// An answer came through.
    pub(super) fn fed(&self) {
        let twice = self.0.load(Ordering::Relaxed).saturating_mul(2);
        self.0.store(twice.min(Limits::PHONE.bytes), Ordering::Relaxed);
    }

    /// An answer was lost on its way.
    pub(super) fn lost(&self) {
        let half = self.0.load(Ordering::Relaxed) / 2;
        self.0.store(half.max(LEAST), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_answer_is_asked_for_at_half_the_size_and_one_that_came_at_twice() {
        let appetite = Appetite::new();
        let bytes = || appetite.limits().bytes;
        appetite.fed();
        assert_eq!(bytes(), Limits::PHONE.bytes);
        appetite.lost();
        appetite.lost();
        assert_eq!(bytes(), Limits::PHONE.bytes / 4);
        appetite.fed();
        assert_eq!(bytes(), Limits::PHONE.bytes / 2);
        (0..64).for_each(|_| appetite.lost());
        assert_eq!(bytes(), LEAST);
        assert_eq!(appetite.limits().items, Limits::PHONE.items);
    }
}
