//! Chance that falls alike on every machine.
//!
//! A stream is named by the plan's number, a word, an area and an index, hashed with SHA-256 into
//! the seed of xoshiro256++, one of `rand`'s named portable generators (`StdRng` may change with
//! any release). Numbers in a range are drawn here by one multiplication, because `rand`'s own
//! ranges and shuffles are not promised to stay the same either.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// One stream of chance.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream of a name; every name has its own, so that any home can be made alone.
    pub(super) fn new(number: u64, word: &str, area: u64, index: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"doorstep seed 1\0");
        for part in [number, area, index] {
            hash.update(part.to_be_bytes());
        }
        hash.update(word.as_bytes());
        Self(Xoshiro256PlusPlus::from_seed(hash.finalize().into()))
    }

    /// A number below `n`; 0 where `n` is 0. The bias of one multiplication is below n / 2^64.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// Whether a thing happens that happens so many times in a thousand.
    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of a list; the default of an empty one.
    pub(super) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let at = self.below(list.len() as u64);
        usize::try_from(at).ok().and_then(|at| list.get(at)).copied().unwrap_or_default()
    }

    /// One of a list by weight; the default of an empty one.
    pub(super) fn weigh<T: Copy + Default>(&mut self, list: &[(u64, T)]) -> T {
        let mut left = self.below(list.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in list {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        T::default()
    }

    /// So many decimal digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).filter_map(|_| char::from_digit(self.below(10) as u32, 10)).collect()
    }

    /// Random bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.iter_mut().for_each(|byte| *byte = self.below(256) as u8);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pinned: if this ever fails, a district of the same number has become another one.
    #[test]
    fn a_stream_is_the_same_for_ever() {
        let mut dice = Dice::new(7, "home", 210_102_019_001_001, 3);
        assert_eq!([dice.below(1_000), dice.below(1_000), dice.below(1_000)], PINNED);
    }

    const PINNED: [u64; 3] = [203, 438, 417];

    #[test]
    fn ranges_reach_both_ends_and_no_further() {
        let mut dice = Dice::new(1, "range", 0, 0);
        let drawn: std::collections::BTreeSet<i64> =
            (0..500).map(|_| dice.between(-2, 2)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
        assert!((0..100).all(|_| dice.weigh(&[(0, "never"), (1, "always")]) == "always"));
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.digits(4).len(), 4);
    }
}
