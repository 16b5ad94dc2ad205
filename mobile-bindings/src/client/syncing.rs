//! Syncing: once, until all is through, followed and ended from outside; waiting for news.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use sync_protocol::codes::Code;

use super::{FieldClient, FieldError};
use crate::codes;
use crate::error::CoreError;
use crate::sync::{self, Cancel, Listener, Photos, Progress, Stage, Synced, Watch};
use crate::transport::Hold;

/// What a sync came to.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct SyncSummary {
    /// Whether nothing is left to send or to fetch.
    pub done: bool,
    /// Whether it was ended from outside; what it had done by then stands.
    pub cancelled: bool,
    /// Changes that are now stored on the server.
    pub accepted: u64,
    /// Changes that were refused: see what needs attention.
    pub rejected: u64,
    /// Records and changes received.
    pub received: u64,
    /// Photos that the server now has.
    pub photos_stored: u64,
    /// Photos that wait for another network or a fuller battery: see [`FieldClient::hints`].
    pub photos_waiting: u64,
    /// Requests made.
    pub requests: u64,
    /// How long the server asks to be left alone, in milliseconds: until then a sync sends nothing.
    pub wait_ms: u64,
    /// Bytes of bodies sent, as they travelled.
    pub bytes_sent: u64,
    /// Bytes of records received, as they travelled.
    pub bytes_received: u64,
}

/// What a sync is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum SyncStage {
    /// It sends what was written and fetches what is new.
    Records,
    /// It sends photos.
    Photos,
    /// It has ended.
    Ended,
}

/// How far a sync has come. Numbers are of this sync alone.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct SyncProgress {
    /// What it is at.
    pub stage: SyncStage,
    /// Requests made.
    pub requests: u64,
    /// Changes that were to be sent when it began.
    pub changes: u64,
    /// Of them, those that are now stored on the server.
    pub accepted: u64,
    /// Of them, those that were refused.
    pub rejected: u64,
    /// Records and changes received.
    pub received: u64,
    /// Photos that were to be sent; 0 until it comes to them.
    pub photos: u64,
    /// Of them, those that the server now has whole.
    pub photos_stored: u64,
    /// Their bytes.
    pub photo_bytes: u64,
    /// Of those, the bytes that were sent now; what the server had from before is not sent again.
    pub photo_bytes_sent: u64,
    /// Bytes of bodies sent, as they travelled.
    pub bytes_sent: u64,
    /// Bytes of records received, as they travelled.
    pub bytes_received: u64,
}

/// Hears how far a sync has come.
#[uniffi::export(with_foreign)]
pub trait SyncListener: Send + Sync {
    /// Called at every step, on the thread that syncs. It may read and write, and cancel the sync; it
    /// must not begin another one. Whatever it throws is passed over: the sync goes on.
    fn on_progress(&self, progress: SyncProgress) -> Result<(), ListenerError>;
}

/// What a listener threw. Without it uniffi would turn an app's exception into a panic of the sync.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// Anything.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Ends a sync from another thread. One that was cancelled stays so: take a new one for each sync.
#[derive(Debug, Default, uniffi::Object)]
pub struct SyncCancel(Cancel);

#[uniffi::export]
impl SyncCancel {
    /// One that has not been used.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends the sync at once, whatever it waits for. What it has done stands, what it was just told is
    /// asked again by the next one.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

#[uniffi::export]
impl FieldClient {
    /// Syncs once: sends and fetches everything there is.
    ///
    /// # Errors
    /// [`FieldError::Unreachable`] without a server; everything is safe on the phone.
    pub fn sync(&self) -> Result<SyncSummary, FieldError> {
        self.sync_with(None, None, None)
    }

    /// Syncs once, and sends every photo too: a person asks for it, whatever the network costs.
    ///
    /// # Errors
    /// As [`FieldClient::sync`].
    pub fn sync_with_photos(&self) -> Result<SyncSummary, FieldError> {
        let watch = Watch::new(&self.session, None, None);
        self.follow(&watch, None, || sync::once(&self.store, &watch, Photos::All))
    }

    /// What the app knows of the network and the battery; nothing until it says so. On a metered
    /// network what was written goes and photos wait; with a low battery they wait too, and news are
    /// asked for half as often. [`FieldClient::status`] says that they wait.
    pub fn hints(&self, metered: bool, battery_low: bool) {
        self.session.conditions().set(metered, battery_low);
    }

    /// Syncs until nothing is left, trying again while that helps, for at most so long.
    ///
    /// # Errors
    /// The last one, when the time is up or trying again does not help.
    pub fn sync_until_done(&self, max_wait_ms: u64) -> Result<SyncSummary, FieldError> {
        self.sync_with(Some(max_wait_ms), None, None)
    }

    /// Syncs once or, with a time, until nothing is left. `listener` hears of every step; `cancel`
    /// ends it, also while it waits for another sync of this phone to end. A cancelled sync is no
    /// error: the summary says so.
    ///
    /// # Errors
    /// [`FieldError::Unreachable`] without a server; everything is safe on the phone.
    #[uniffi::method(default(max_wait_ms = None, listener = None, cancel = None))]
    pub fn sync_with(
        &self,
        max_wait_ms: Option<u64>,
        listener: Option<Arc<dyn SyncListener>>,
        cancel: Option<Arc<SyncCancel>>,
    ) -> Result<SyncSummary, FieldError> {
        let cancel = cancel.map(|cancel| cancel.0.clone());
        let listener = listener.map(|listener| -> Listener {
            Box::new(move |progress| {
                let _thrown = listener.on_progress(progress.into());
            })
        });
        let watch = Watch::new(&self.session, listener, cancel.clone());
        self.follow(&watch, cancel, || match max_wait_ms {
            None => sync::once(&self.store, &watch, Photos::AsItFits),
            Some(most) => sync::until_done(&self.store, &watch, Duration::from_millis(most)),
        })
    }

    /// Waits until the server has something new for this phone, at most so long, and answers whether
    /// it has. Without a signal that is not known: it answers no after the wait. Nothing is fetched;
    /// syncing, reading and writing go on meanwhile.
    pub fn wait_for_news(&self, max_wait_ms: u64) -> bool {
        sync::for_news(&self.store, &self.session, Duration::from_millis(max_wait_ms))
    }
}

impl FieldClient {
    /// Why photos wait, if they do.
    pub(super) fn photos_wait(&self) -> Option<&'static Code> {
        self.session.conditions().photos_wait().map(|hold| match hold {
            Hold::Metered => &codes::WAITS_FOR_NETWORK,
            Hold::BatteryLow => &codes::WAITS_FOR_BATTERY,
            Hold::ServerBusy => &codes::WAITS_FOR_SERVER,
        })
    }

    /// Syncs in turn, and says what it came to.
    fn follow(
        &self,
        watch: &Watch,
        cancel: Option<Cancel>,
        sync: impl FnOnce() -> Result<Synced, CoreError>,
    ) -> Result<SyncSummary, FieldError> {
        let outcome = self.turn(cancel).and_then(|_turn| {
            let outcome = sync();
            watch.end();
            outcome
        });
        let progress = watch.progress();
        match outcome {
            Ok(synced) => Ok(summary(&progress, &synced, false)),
            Err(CoreError::Refused { code, .. }) if code.code == codes::SYNC_CANCELLED.code => {
                let wait_ms = sync::rest_ms(&self.session);
                Ok(summary(&progress, &Synced { wait_ms, ..Synced::default() }, true))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn summary(progress: &Progress, synced: &Synced, cancelled: bool) -> SyncSummary {
    SyncSummary {
        done: synced.done,
        cancelled,
        accepted: progress.accepted,
        rejected: progress.rejected,
        received: progress.received,
        photos_stored: progress.photos_stored,
        photos_waiting: synced.photos_waiting,
        requests: progress.requests,
        wait_ms: synced.wait_ms,
        bytes_sent: progress.bytes_sent,
        bytes_received: progress.bytes_received,
    }
}

impl From<&Progress> for SyncProgress {
    fn from(progress: &Progress) -> Self {
        let progress = progress.clone();
        Self {
            stage: match progress.stage {
                Stage::Records => SyncStage::Records,
                Stage::Photos => SyncStage::Photos,
                Stage::Ended => SyncStage::Ended,
            },
            requests: progress.requests,
            changes: progress.changes,
            accepted: progress.accepted,
            rejected: progress.rejected,
            received: progress.received,
            photos: progress.photos,
            photos_stored: progress.photos_stored,
            photo_bytes: progress.photo_bytes,
            photo_bytes_sent: progress.photo_bytes_sent,
            bytes_sent: progress.bytes_sent,
            bytes_received: progress.bytes_received,
        }
    }
}
