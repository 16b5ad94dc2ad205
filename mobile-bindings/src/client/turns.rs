//! One sync at a time: a second one waits for its turn, unless it is cancelled.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::FieldClient;
use crate::error::CoreError;
use crate::sync::Cancel;

/// Whether a sync is under way.
#[derive(Debug, Default)]
pub(super) struct Turns {
    taken: Mutex<bool>,
    freed: Condvar,
}

/// A sync's turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn(Arc<Turns>);

impl Turn {
    /// Waits for it.
    fn take(turns: Arc<Turns>) -> Self {
        {
            let taken = turns.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let free = turns.freed.wait_while(taken, |taken| *taken);
            *free.unwrap_or_else(PoisonError::into_inner) = true;
        }
        Self(turns)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}

impl FieldClient {
    /// Waits for a turn to sync. Cancelled meanwhile, the turn passes to the next as soon as it comes.
    pub(super) fn turn(&self, cancel: Option<Cancel>) -> Result<Turn, CoreError> {
        let turns = Arc::clone(&self.syncing);
        match cancel {
            Some(cancel) => cancel.unless_cancelled(move || Turn::take(turns)),
            None => Ok(Turn::take(turns)),
        }
    }
}
