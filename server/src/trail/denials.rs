//! Refused requests: each is noted, but nobody can fill the disk with them. The first of its kind in
//! a minute stands at once; those that follow are counted, and when the minute is over one entry says
//! how many there were ([`tally`]). A thread of its own writes, many in one transaction, so that a
//! request waits for its entry no longer than [`PATIENCE`], and not at all for one that is counted. A
//! database that does not answer changes no answer: up to [`MOST_WAITING`] entries wait for it.

pub mod tally;

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

pub use tally::{Denial, Tally};

use super::{Entry, note};
use crate::clock::now_ms;
use crate::store::{Store, StoreError};

/// How long an answer waits for its entry.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long a server's end waits for them.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

/// How often minutes that are over are looked for.
const PAUSE: Duration = Duration::from_secs(5);

/// How many entries wait for a database that does not answer.
const MOST_WAITING: usize = 1_000;

/// Entries to be written, and who waits for them.
type Job = (Vec<Entry>, oneshot::Sender<()>);

/// Where refused requests are told.
#[derive(Debug, Clone)]
pub struct Denials {
    tally: Arc<Mutex<Tally>>,
    jobs: SyncSender<Job>,
}

impl Denials {
    /// Starts the thread that writes.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn start(store: Store) -> Result<Self, std::io::Error> {
        let tally = Arc::new(Mutex::new(Tally::default()));
        let (jobs, todo) = sync_channel(MOST_WAITING);
        let mut writer = Writer { store, tally: Arc::clone(&tally), waiting: Vec::new() };
        thread::Builder::new()
            .name("denials".to_owned())
            .spawn(move || writer.write_until_all_are_gone(&todo))?;
        Ok(Self { tally, jobs })
    }

    /// Notes or counts a refusal; returns when its entry stands, or after [`PATIENCE`].
    pub async fn tell(&self, denial: Denial, now_ms: i64) {
        let entries = locked(&self.tally).take(denial, now_ms);
        if entries.is_empty() {
            return;
        }
        self.write(entries, PATIENCE).await;
    }

    /// Writes what was counted and what waited: a server's last act.
    pub async fn finish(&self) {
        let counted = locked(&self.tally).close();
        self.write(counted, LAST_PATIENCE).await;
    }

    async fn write(&self, entries: Vec<Entry>, patience: Duration) {
        let (written, wait) = oneshot::channel();
        if self.jobs.try_send((entries, written)).is_err() {
            tracing::error!("a refused request could not be noted: too many are waiting");
        }
        // Too late or not at all: the writer says in the log what it could not write.
        let _ = timeout(patience, wait).await;
    }
}

fn locked(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Writer {
    store: Store,
    tally: Arc<Mutex<Tally>>,
    /// What a database that did not answer has still to be given.
    waiting: Vec<Entry>,
}

impl Writer {
    fn write_until_all_are_gone(&mut self, todo: &Receiver<Job>) {
        loop {
            let mut told = Vec::new();
            let gone = match todo.recv_timeout(PAUSE) {
                Ok((entries, written)) => {
                    self.waiting.extend(entries);
                    told.push(written);
                    for (entries, written) in todo.try_iter().take(MOST_WAITING) {
                        self.waiting.extend(entries);
                        told.push(written);
                    }
                    false
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.waiting.extend(locked(&self.tally).close_before(now_ms()));
                    false
                }
                Err(RecvTimeoutError::Disconnected) => true,
            };
            self.write();
            drop(told);
            if gone {
                return;
            }
        }
    }

    fn write(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let entries = &self.waiting;
        let written = self.store.transaction(|db| {
            entries.iter().try_for_each(|entry| note(db, entry).map(|_| ()))?;
            Ok::<(), StoreError>(())
        });
        match written {
            Ok(()) => self.waiting.clear(),
            Err(error) => {
                let too_many = self.waiting.len().saturating_sub(MOST_WAITING);
                self.waiting.drain(..too_many);
                tracing::error!(%error, lost = too_many, "refused requests could not be noted");
            }
        }
    }
}
