//! Ending a sync from outside, at once, whatever it is waiting for: a server that says nothing, a
//! pause, another sync's end. What was being waited for goes on by itself on a thread that nobody
//! listens to any more; its answer is not used, and the next sync asks again.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::codes;
use crate::error::CoreError;
use crate::transport::TransportError;

/// A wish to end a sync. Its copies are the same wish.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancel(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    cancelled: Mutex<bool>,
    changed: Condvar,
}

/// Where a thread leaves what it found, and whether it has gone.
struct Slot<T> {
    found: Option<T>,
    gone: bool,
}

impl Cancel {
    /// Ends every sync that was given this, now or later.
    pub(crate) fn cancel(&self) {
        *self.lock() = true;
        self.0.changed.notify_all();
    }

    /// Refuses to go on once it was cancelled.
    pub(crate) fn check(&self) -> Result<(), CoreError> {
        if *self.lock() { Err(cancelled()) } else { Ok(()) }
    }

    /// Does something that may take long, unless it is cancelled before that is done.
    pub(crate) fn unless_cancelled<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CoreError> {
        self.check()?;
        let slot = Arc::new(Mutex::new(Slot { found: None, gone: false }));
        let worker = Worker { cancel: self.clone(), slot: Arc::clone(&slot) };
        let spawned = thread::Builder::new().name("doorstep sync".to_owned()).spawn(move || {
            let found = work();
            hold(&worker.slot).found = Some(found);
        });
        spawned.map_err(|error| TransportError::from(ureq::Error::Io(error)))?;
        let mut is_cancelled = self.lock();
        loop {
            {
                let mut slot = hold(&slot);
                if let Some(found) = slot.found.take() {
                    return Ok(found);
                }
                // It panicked: there will be no answer.
                if slot.gone || *is_cancelled {
                    return Err(cancelled());
                }
            }
            is_cancelled =
                self.0.changed.wait(is_cancelled).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits, unless it is cancelled before the time is up.
    pub(crate) fn pause(&self, time: Duration) -> Result<(), CoreError> {
        let until = Instant::now() + time;
        let mut is_cancelled = self.lock();
        while !*is_cancelled {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            let waited = self.0.changed.wait_timeout(is_cancelled, left);
            is_cancelled = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Err(cancelled())
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        hold(&self.0.cancelled)
    }
}

/// Tells that a thread has ended, however it did.
struct Worker<T> {
    cancel: Cancel,
    slot: Arc<Mutex<Slot<T>>>,
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        hold(&self.slot).gone = true;
        // Whoever waits looks at the slot before it sleeps, holding this.
        drop(self.cancel.lock());
        self.cancel.0.changed.notify_all();
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cancelled() -> CoreError {
    CoreError::refused(&codes::SYNC_CANCELLED)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn what_is_done_before_is_answered_and_what_is_not_is_left_alone() {
        let cancel = Cancel::default();
        assert_eq!(cancel.unless_cancelled(|| 7).unwrap(), 7);
        let (release, held) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        let waiting = cancel.clone();
        let waiter = thread::spawn(move || {
            waiting.unless_cancelled(move || {
                begun.send(()).unwrap();
                // Until the test ends.
                let _ = held.recv();
            })
        });
        has_begun.recv().unwrap();
        cancel.cancel();
        assert!(waiter.join().unwrap().is_err());
        assert!(cancel.unless_cancelled(|| 7).is_err(), "it stays cancelled");
        assert!(cancel.pause(Duration::from_secs(3_600)).is_err());
        drop(release);
    }

    #[test]
    fn work_that_panics_ends_the_wait() {
        let cancel = Cancel::default();
        assert!(cancel.unless_cancelled(|| panic!("as it is meant to")).is_err());
    }
}
