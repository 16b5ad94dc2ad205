//! What the way to the server is like: what the app says of the network and the battery, and what the
//! server asked for. In memory alone: an app says it again when it starts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Why photos wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// The network costs by what goes over it.
    Metered,
    /// The battery is low.
    BatteryLow,
    /// The server asked to be left alone.
    ServerBusy,
}

/// The conditions.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    metered: AtomicBool,
    battery_low: AtomicBool,
    /// Until when the server wants to be left alone.
    rest: Mutex<Option<Instant>>,
}

impl Conditions {
    /// What the app says.
    pub(crate) fn set(&self, metered: bool, battery_low: bool) {
        self.metered.store(metered, Ordering::Relaxed);
        self.battery_low.store(battery_low, Ordering::Relaxed);
    }

    /// Whether to save the battery.
    pub(crate) fn battery_is_low(&self) -> bool {
        self.battery_low.load(Ordering::Relaxed)
    }

    /// The server asked to be left alone for so long.
    pub(crate) fn rest_for(&self, time: Duration) {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        // A time that no clock can hold is as good as none.
        *rest = Instant::now().checked_add(time).filter(|_| !time.is_zero());
    }

    /// How much longer the server wants to be left alone.
    pub(crate) fn rest(&self) -> Duration {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.map(|until| until.saturating_duration_since(Instant::now())).unwrap_or_default()
    }

    /// Why photos wait, if they do.
    pub(crate) fn photos_wait(&self) -> Option<Hold> {
        if !self.rest().is_zero() {
            Some(Hold::ServerBusy)
        } else if self.metered.load(Ordering::Relaxed) {
            Some(Hold::Metered)
        } else {
            self.battery_is_low().then_some(Hold::BatteryLow)
        }
    }
}
