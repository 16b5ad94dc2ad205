//! How many are under way, in all and of each key. Whatever was counted holds a [`Held`] and is counted
//! off when it drops it, however it ends.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A count with a most in all and a most of each key.
pub(super) struct Count<K> {
    most: usize,
    most_of_one: usize,
    held: Arc<Mutex<State<K>>>,
}

impl<K> Clone for Count<K> {
    fn clone(&self) -> Self {
        Self { held: Arc::clone(&self.held), ..*self }
    }
}

struct State<K> {
    all: usize,
    of_one: HashMap<K, usize>,
}

/// One that is counted.
pub(in crate::http) struct Held<K: Hash + Eq + Copy> {
    key: K,
    held: Arc<Mutex<State<K>>>,
}

impl<K: Hash + Eq + Copy> Count<K> {
    /// Nothing is under way yet.
    pub(super) fn new(most: usize, most_of_one: usize) -> Self {
        let state = State { all: 0, of_one: HashMap::new() };
        Self { most, most_of_one, held: Arc::new(Mutex::new(state)) }
    }

    /// Counts one more of a key; nothing when there are too many.
    pub(super) fn take(&self, key: K) -> Option<Held<K>> {
        let mut state = locked(&self.held);
        let of_one = state.of_one.get(&key).copied().unwrap_or_default();
        if state.all >= self.most || of_one >= self.most_of_one {
            return None;
        }
        state.all += 1;
        state.of_one.insert(key, of_one + 1);
        Some(Held { key, held: Arc::clone(&self.held) })
    }
}

impl<K: Hash + Eq + Copy> Drop for Held<K> {
    fn drop(&mut self) {
        let mut state = locked(&self.held);
        state.all = state.all.saturating_sub(1);
        match state.of_one.get_mut(&self.key) {
            Some(of_one) if *of_one > 1 => *of_one -= 1,
            _ => {
                state.of_one.remove(&self.key);
            }
        }
    }
}

fn locked<K>(state: &Mutex<State<K>>) -> MutexGuard<'_, State<K>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_cannot_take_all_and_what_is_dropped_is_free_again() {
        let count = Count::new(3, 2);
        let first = [count.take('a'), count.take('a')];
        assert!(first.iter().all(Option::is_some));
        assert!(count.take('a').is_none(), "two of one key");
        let third = count.take('b');
        assert!(third.is_some());
        assert!(count.take('c').is_none(), "three in all");
        drop(first);
        assert!(count.take('c').is_some());
        drop(third);
        assert!(locked(&count.held).of_one.is_empty(), "no key stays behind");
    }
}
