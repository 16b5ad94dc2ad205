//! The sync: one request after another until nothing is pending and no area has more, then the
//! photos. Each answer is applied in one transaction, so it can stop anywhere and go on.
//!
//! It must not know SQL, HTTP or FFI.

mod ahead;
mod apply;
mod cancel;
mod leaving;
mod merge;
mod moving;
mod pacing;
mod page;
mod waiting;
mod watch;

use std::time::{Duration, Instant};

use sync_protocol::wire::{Limits, Request};

use crate::error::CoreError;
use crate::outbox::{self, Push};
use crate::store::device::Device;
use crate::store::{Store, areas, changes, departures, device, moved, photos as stored};
use crate::transport::Peer;
use crate::{clock, codes, photos};

pub(crate) use apply::Applied;
#[cfg(test)]
pub(crate) use apply::response as apply_response;
pub(crate) use cancel::Cancel;
#[cfg(test)]
pub(crate) use leaving::let_go;
use pacing::Pacing;
pub(crate) use waiting::for_news;
pub(crate) use watch::{Listener, Progress, Stage, Watch};

/// How long this phone keeps its own merged changes, to offer them again to a restored server.
const KEEP_MS: i64 = 60 * 24 * 3600 * 1000;

/// The longest that one sync waits between two requests; a server that wants more is left alone.
const PATIENCE_MS: u64 = 2_000;

/// Answers in a row that neither bring nor move anything before the sync gives up for now.
const IDLE_ANSWERS: u32 = 50;

/// What a sync came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Synced {
    pub(crate) requests: u64,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    pub(crate) received: u64,
    pub(crate) photos_stored: u64,
    /// Whether nothing is left to send or to fetch.
    pub(crate) done: bool,
    /// How long the server asks to be left alone.
    pub(crate) wait_ms: u64,
}

/// Syncs once: everything there is to send and to fetch, unless the server asks for time.
pub(crate) fn once(store: &Store, watch: &Watch) -> Result<Synced, CoreError> {
    let mut synced = Synced::default();
    store.write(|transaction| changes::offer_held(transaction).map_err(CoreError::from))?;
    watch.begin(store)?;
    let mut idle = 0;
    let server_now = loop {
        let applied = round(store, watch)?;
        watch.applied(&applied);
        synced.requests += 1;
        synced.accepted += applied.accepted;
        synced.rejected += applied.rejected;
        synced.received += applied.received;
        synced.wait_ms = applied.wait_ms;
        let left = applied.more || applied.pending;
        let put_off = applied.deferred || applied.wait_ms > PATIENCE_MS;
        synced.done = !left;
        if put_off || !left {
            break applied.server_now;
        }
        idle = if applied.moved { 0 } else { idle + 1 };
        if idle > IDLE_ANSWERS {
            return Err(CoreError::refused(&codes::NO_PROGRESS));
        }
        watch.pause(Duration::from_millis(synced.wait_ms))?;
    };
    let photos = photos::send(store, watch, &peer(&enrolled(store)?));
    // What has its verdicts does not wait for a photo that is still on its way.
    leaving::let_go(store, server_now)?;
    let photos = photos?;
    synced.photos_stored = photos.stored;
    forget_old(store, server_now)?;
    let pending = store.read(changes::counts)?.pending;
    synced.done &= pending == 0 && photos.left == 0;
    note_complete(store)?;
    Ok(synced)
}

/// Notes that everything is through, if it is: nothing of this phone's is on it alone, and every area
/// was fetched whole.
fn note_complete(store: &Store) -> Result<(), CoreError> {
    store.write(|transaction| {
        let counts = changes::counts(transaction)?;
        let sent = counts.pending + counts.held == 0 && stored::waiting(transaction)?.0 == 0;
        let areas = areas::list(transaction)?;
        let fetched = !areas.is_empty() && areas.iter().all(|area| area.complete);
        if sent && fetched {
            device::note_complete(transaction, clock::now_ms())?;
        }
        Ok(())
    })
}

/// Forgets what was kept long enough by the server's clock: this phone's may be years off, and what
/// it forgets too early a restored server could not be given back.
fn forget_old(store: &Store, server_now: i64) -> Result<(), CoreError> {
    let before = server_now.saturating_sub(KEEP_MS);
    store.write(|transaction| {
        departures::prune(transaction, before)?;
        moved::prune(transaction, before)?;
        changes::prune(transaction, before).map_err(CoreError::from)
    })
}

/// Syncs until nothing is left, trying again with growing, jittered pauses while that helps.
pub(crate) fn until_done(
    store: &Store,
    watch: &Watch,
    most: Duration,
) -> Result<Synced, CoreError> {
    let deadline = Instant::now() + most;
    let mut total = Synced::default();
    let mut pacing = Pacing::default();
    loop {
        let outcome = once(store, watch);
        let wait = match &outcome {
            Ok(synced) => {
                total.add(synced);
                if synced.done {
                    return Ok(total);
                }
                if synced.accepted + synced.received + synced.photos_stored > 0 {
                    pacing = Pacing::default();
                }
                pacing.next(rand::random()).max(Duration::from_millis(synced.wait_ms))
            }
            Err(error) if error.retry_helps() => pacing.next(rand::random()),
            Err(_) => return outcome,
        };
        if Instant::now() + wait >= deadline {
            return outcome.map(|_| total);
        }
        watch.pause(wait)?;
    }
}

impl Synced {
    fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.received += other.received;
        self.photos_stored += other.photos_stored;
        self.done = other.done;
        self.wait_ms = other.wait_ms;
    }
}

/// One request and its answer.
fn round(store: &Store, watch: &Watch) -> Result<Applied, CoreError> {
    let device = enrolled(store)?;
    let push = store.write(outbox::next)?;
    let mut request = request(store, &device, push.as_ref())?;
    request.limits = Some(watch.session().limits());
    let peer = peer(&device);
    let response = watch.ask(move |session| session.sync(&peer, &request))?;
    let push = push.as_ref();
    store.write(|transaction| apply::response(transaction, &response, push, clock::now_ms()))
}

fn request(store: &Store, device: &Device, push: Option<&Push>) -> Result<Request, CoreError> {
    let mut request = Request::idle(crate::transport::APP);
    request.server_epoch = device.server_epoch;
    request.late_seen = device.late_seen;
    request.areas = store.read(areas::cursors)?;
    request.limits = Some(Limits::PHONE);
    if let Some(push) = push {
        request.push_id = Some(push.id);
        request.push.clone_from(&push.records);
        let signature = push.signature(device.device, &device.key);
        request.signature = Some(signature.to_vec().into());
    }
    Ok(request)
}

fn enrolled(store: &Store) -> Result<Device, CoreError> {
    store.read(device::find)?.ok_or_else(|| CoreError::refused(&codes::NOT_ENROLLED))
}

fn peer(device: &Device) -> Peer {
    Peer { server: device.server.clone(), device: device.device, key: device.key.clone() }
}

#[cfg(test)]
mod tests;
