//! A sync as it is followed from outside: how far it has come, told at every step, and the wish to
//! end it. Numbers are of this sync alone; bytes are those on the wire.

use std::cell::RefCell;
use std::time::Duration;

use super::apply::Applied;
use super::cancel::Cancel;
use crate::error::CoreError;
use crate::store::photos::Photo;
use crate::store::{Store, StoreError, changes};
use crate::transport::{Session, TransportError};

/// What a sync is at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It sends what was written and fetches what is new.
    #[default]
    Records,
    /// It sends photos.
    Photos,
    /// It has ended.
    Ended,
}

/// How far a sync has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) stage: Stage,
    pub(crate) requests: u64,
    /// Changes that were to be sent when it began.
    pub(crate) changes: u64,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    /// Records and changes received.
    pub(crate) received: u64,
    /// Photos that were to be sent when it came to them, and their bytes.
    pub(crate) photos: u64,
    pub(crate) photo_bytes: u64,
    pub(crate) photos_stored: u64,
    pub(crate) photo_bytes_sent: u64,
    /// Of them, those of a photo that is not whole on the server yet.
    pub(crate) photo_bytes_begun: u64,
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_received: u64,
}

/// Who hears of it.
pub(crate) type Listener = Box<dyn Fn(&Progress)>;

/// The way to the server during one sync, and who follows it.
pub(crate) struct Watch {
    session: Session,
    listener: Option<Listener>,
    cancel: Option<Cancel>,
    progress: RefCell<Progress>,
}

impl Watch {
    /// A sync over this session.
    pub(crate) fn new(
        session: &Session,
        listener: Option<Listener>,
        cancel: Option<Cancel>,
    ) -> Self {
        Self { session: session.counted(), listener, cancel, progress: RefCell::default() }
    }

    /// How far it has come.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// The session, for what is no request.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Makes a request. Cancelled, it does not wait for the answer.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&Session) -> Result<T, TransportError> + Send + 'static,
    ) -> Result<T, CoreError> {
        let answer = match &self.cancel {
            Some(cancel) => {
                let session = self.session.clone();
                cancel.unless_cancelled(move || request(&session))?
            }
            None => request(&self.session),
        };
        Ok(answer?)
    }

    /// Waits.
    pub(super) fn pause(&self, time: Duration) -> Result<(), CoreError> {
        match &self.cancel {
            Some(cancel) => cancel.pause(time),
            None => {
                std::thread::sleep(time);
                Ok(())
            }
        }
    }

    /// It begins.
    pub(super) fn begin(&self, store: &Store) -> Result<(), StoreError> {
        let pending = store.read(changes::counts)?.pending;
        self.tell(|progress| {
            progress.stage = Stage::Records;
            // A series of attempts is one sync: what came in between is to be sent as well.
            progress.changes = progress.accepted + progress.rejected + pending;
        });
        Ok(())
    }

    /// An answer was applied.
    pub(super) fn applied(&self, applied: &Applied) {
        self.tell(|progress| {
            progress.requests += 1;
            progress.accepted += applied.accepted;
            progress.rejected += applied.rejected;
            progress.received += applied.received;
        });
    }

    /// It comes to these photos: not to those that wait.
    pub(crate) fn begin_photos(&self, photos: &[Photo]) {
        let bytes: u64 = photos.iter().map(|photo| photo.size).sum();
        self.tell(|progress| {
            progress.stage = Stage::Photos;
            progress.photos = progress.photos_stored + photos.len() as u64;
            // What was overtaken within is among these photos, whole.
            let stored = progress.photo_bytes_sent.saturating_sub(progress.photo_bytes_begun);
            progress.photo_bytes = stored + bytes;
        });
    }

    /// So many bytes of a photo are there.
    pub(crate) fn photo_part(&self, bytes: u64) {
        self.tell(|progress| {
            progress.photo_bytes_sent += bytes;
            progress.photo_bytes_begun += bytes;
        });
    }

    /// A whole photo is there.
    pub(crate) fn photo_stored(&self) {
        self.tell(|progress| {
            progress.photos_stored += 1;
            progress.photo_bytes_begun = 0;
        });
    }

    /// It has ended.
    pub(crate) fn end(&self) {
        self.tell(|progress| progress.stage = Stage::Ended);
    }

    fn tell(&self, note: impl FnOnce(&mut Progress)) {
        let mut progress = self.progress.borrow_mut();
        note(&mut progress);
        (progress.bytes_sent, progress.bytes_received) = self.session.traffic();
        let told = progress.clone();
        drop(progress);
        if let Some(listener) = &self.listener {
            listener(&told);
        }
    }
}
