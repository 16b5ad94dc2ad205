//! Somebody who holds an area's lock: whoever commits there waits, in the order of coming, until the
//! gate is opened. It makes races happen the same way every time.

use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use doorstep::store::{Store, catalogue};
use sync_protocol::ids::AreaId;

/// The gate.
#[derive(Debug)]
pub struct Gate {
    store: Store,
    opened: Sender<()>,
    keeper: JoinHandle<()>,
}

impl Gate {
    /// Takes an area's lock.
    pub fn close(store: &Store, area: AreaId) -> Self {
        let lock = format!("SELECT 1 FROM area_log WHERE area_id = {area} FOR UPDATE");
        Self::hold(store, vec![lock])
    }

    /// Runs statements in a transaction that stays open.
    pub fn hold(store: &Store, statements: Vec<String>) -> Self {
        let (opened, open) = channel::<()>();
        let (closed, is_closed) = channel();
        let held = store.clone();
        let keeper = thread::spawn(move || {
            let holding = held.transaction(|db| {
                for statement in &statements {
                    catalogue::run(db, statement)?;
                }
                closed.send(()).expect("the test waits");
                // Dropped or told: either opens it.
                let _ = open.recv();
                Ok(())
            });
            holding.expect("the database answers");
        });
        is_closed.recv().expect("the gate is closed");
        Self { store: store.clone(), opened, keeper }
    }

    /// Waits until so many stand before it.
    pub fn wait_for(&self, waiting: usize) {
        let begun = Instant::now();
        while self.waiting() < waiting {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody comes to the gate");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// How many stand before it, or before one another.
    pub fn waiting(&self) -> usize {
        self.waiting_at("")
    }

    /// How many stand where their statement begins so.
    pub fn waiting_at(&self, statement: &str) -> usize {
        let sql = format!(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
              AND wait_event_type = 'Lock' AND starts_with(query, '{statement}')"
        );
        self.store.read(|db| catalogue::run(db, &sql)).expect("the database answers")
    }

    /// Ends its transaction.
    pub fn open(self) {
        drop(self.opened);
        self.keeper.join().expect("the gate opens");
    }
}
