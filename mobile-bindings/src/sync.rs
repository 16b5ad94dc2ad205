//! The sync: one request after another until nothing is pending and no area has more, then the
//! photos. Each answer is applied in one transaction, so it can stop anywhere and go on.
//!
//! It must not know SQL, HTTP or FFI.

mod ahead;
mod apply;
mod cancel;
mod erasing;
mod handing_in;
mod leaving;
mod merge;
mod moving;
mod office;
mod pacing;
mod page;
pub(crate) mod pause;
mod waiting;
mod watch;

use std::time::{Duration, Instant};

use sync_protocol::codes::{DEVICE_REVOKED, DEVICE_UNKNOWN};
use sync_protocol::wire::{Limits, Request};

use crate::error::CoreError;
use crate::outbox::{self, Push};
use crate::store::device::Device;
use crate::store::{
    Store, StoreError, areas, changes, departures, device, moved, photos as stored, tries,
};
use crate::transport::{Peer, Session, TransportError};
use crate::{clock, codes, keys, photos};

pub(crate) use apply::Applied;
#[cfg(test)]
pub(crate) use apply::response as apply_response;
pub(crate) use cancel::Cancel;
#[cfg(test)]
pub(crate) use leaving::let_go;
pub(crate) use office::Trip;
#[cfg(test)]
pub(crate) use office::note_clock;
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
    /// Photos that wait for another network or a fuller battery.
    pub(crate) photos_waiting: u64,
    /// Whether nothing but those photos is left.
    pub(crate) done_but_photos: bool,
    /// Whether nothing is left to send or to fetch.
    pub(crate) done: bool,
    /// How long the server asks to be left alone.
    pub(crate) wait_ms: u64,
}

/// What of the photos one sync sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Photos {
    /// What the network and the battery allow, and what is not put off.
    AsItFits,
    /// All: a person asked for it.
    All,
}

/// Syncs once: everything there is to send and to fetch, unless the server asks for time. A phone that
/// is revoked hands in what it has instead, and empties itself: the error says that it did.
pub(crate) fn once(store: &Store, watch: &Watch, which: Photos) -> Result<Synced, CoreError> {
    let outcome = match with_room(store, watch, which) {
        Err(error) if error.is_from_server(&DEVICE_UNKNOWN) && keys::step_back(store, watch)? => {
            with_room(store, watch, which)
        }
        outcome => outcome,
    };
    match outcome {
        Err(error) if error.is_from_server(&DEVICE_REVOKED) => {
            Err(handing_in::hand_in(store, watch)?)
        }
        outcome => outcome,
    }
}

/// A phone whose storage is full sends with the room that was kept for it.
fn with_room(store: &Store, watch: &Watch, which: Photos) -> Result<Synced, CoreError> {
    let outcome = match attempt(store, watch, which) {
        Err(CoreError::Store(StoreError::Full)) if store.give_up_reserve() => {
            attempt(store, watch, which)
        }
        outcome => outcome,
    };
    if outcome.is_ok() {
        store.keep_reserve();
    }
    outcome
}

fn attempt(store: &Store, watch: &Watch, which: Photos) -> Result<Synced, CoreError> {
    let mut synced = Synced { wait_ms: rest_ms(watch.session()), ..Synced::default() };
    if synced.wait_ms > 0 {
        return Ok(synced);
    }
    keys::look_after(store, watch)?;
    let server_now = loop {
        let server_now = records(store, watch, &mut synced)?;
        // Photos are not begun while the server is busy with what goes first.
        let photos = photos::send(store, watch, &peer(&enrolled(store)?), which, clock::now_ms());
        // What has its verdicts does not wait for a photo that is still on its way.
        leaving::let_go(store, server_now)?;
        let photos = photos?;
        synced.photos_stored += photos.stored;
        synced.photos_waiting = photos.waiting;
        if !photos.overtaken {
            synced.done &= photos.left == 0;
            break server_now;
        }
    };
    forget_old(store, server_now)?;
    synced.done &= store.read(changes::counts)?.pending == 0;
    synced.done_but_photos = synced.done;
    synced.done &= synced.photos_waiting == 0;
    if synced.done {
        note_complete(store)?;
    }
    Ok(synced)
}

/// How much longer the server wants to be left alone, in milliseconds.
pub(crate) fn rest_ms(session: &Session) -> u64 {
    let rest = session.conditions().rest();
    // Less than a millisecond is not nothing.
    let more = u64::from(!rest.is_zero());
    u64::try_from(rest.as_millis()).unwrap_or(u64::MAX).max(more)
}

/// One request after another until nothing but photos is left; answers the server's clock.
fn records(store: &Store, watch: &Watch, synced: &mut Synced) -> Result<i64, CoreError> {
    store.write(|transaction| changes::offer_held(transaction).map_err(CoreError::from))?;
    watch.begin(store)?;
    let mut idle = 0;
    loop {
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
            return Ok(applied.server_now);
        }
        idle = if applied.moved { 0 } else { idle + 1 };
        if idle > IDLE_ANSWERS {
            return Err(CoreError::refused(&codes::NO_PROGRESS));
        }
        watch.pause(Duration::from_millis(synced.wait_ms))?;
    }
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
        let outcome = once(store, watch, Photos::AsItFits);
        let wait = match &outcome {
            Ok(synced) => {
                total.add(synced);
                if synced.done_but_photos {
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
        self.photos_waiting = other.photos_waiting;
        self.done_but_photos = other.done_but_photos;
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
    let push = push.as_ref();
    let asked = clock::now_ms();
    let to = peer(&device);
    let response = match watch.ask(move |session| session.sync(&to, &request)) {
        Ok(response) => response,
        Err(error) => {
            // What was cancelled did not fail: it is no attempt in vain.
            if let (Some(push), CoreError::Transport(error)) = (push, &error) {
                note_attempt(store, push, error)?;
            }
            return Err(error);
        }
    };
    let trip = Trip { asked, answered: clock::now_ms() };
    watch.session().conditions().rest_for(Duration::from_millis(response.backoff_ms));
    store.write(|transaction| {
        if let Some(push) = push {
            tries::forget(transaction, push.id.as_bytes())?;
        }
        office::note_clock(transaction, response.now, trip)?;
        apply::response(transaction, &response, push, clock::now_ms())
    })
}

/// Notes that a push did not come through. A phone that is too full to note it sends it all the same.
fn note_attempt(store: &Store, push: &Push, error: &TransportError) -> Result<(), CoreError> {
    let noted = store
        .write(|transaction| tries::note(transaction, push.id.as_bytes(), &error.refusal().code));
    match noted {
        Ok(_) | Err(StoreError::Full) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn request(store: &Store, device: &Device, push: Option<&Push>) -> Result<Request, CoreError> {
    let mut request = Request::idle(crate::transport::APP);
    request.server_epoch = device.server_epoch;
    request.late_seen = device.late_seen;
    request.wants_rescue_key = device.rescue_key.is_none();
    request.areas = store.read(areas::cursors)?;
    request.limits = Some(Limits::PHONE);
    store.read(|connection| office::ask(connection, &mut request))?;
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
