//! Changing the device's key: by age, or because a person asks. The new key is kept before the server is
//! asked, and asked for until it is known which one the server has: whichever proves, is it.
//!
//! It must not know SQL, HTTP or FFI.

use sync_protocol::codes::{DEVICE_UNKNOWN, KEY_USED};
use sync_protocol::keys::DeviceKey;

use crate::error::CoreError;
use crate::store::device::{self, Device};
use crate::store::{Store, keys};
use crate::sync::Watch;
use crate::transport::{Peer, TransportError};
use crate::{clock, codes};

/// How old a key becomes before it is changed, in milliseconds: 90 days.
const AGE_MS: i64 = 90 * 24 * 3600 * 1000;

/// Begins to change a key that is old, and brings what was begun to its end. What does not come through
/// is tried with the next sync: the key in use goes on being used.
pub(crate) fn look_after(store: &Store, watch: &Watch) -> Result<(), CoreError> {
    if store.read(device::find)?.is_none() {
        return Ok(());
    }
    let others = store.read(keys::others)?;
    let now = clock::now_ms();
    match others.since {
        None => store.write(|transaction| keys::note_since(transaction, now))?,
        Some(since) if now.saturating_sub(since) > AGE_MS => begin(store)?,
        Some(_) if others.next.is_none() => return Ok(()),
        Some(_) => {}
    }
    match finish(store, watch) {
        Err(CoreError::Transport(_)) => Ok(()),
        other => other,
    }
}

/// Changes the key now.
pub(crate) fn change(store: &Store, watch: &Watch) -> Result<(), CoreError> {
    store.read(device::find)?.ok_or_else(|| CoreError::refused(&codes::NOT_ENROLLED))?;
    begin(store)?;
    finish(store, watch)
}

fn begin(store: &Store) -> Result<(), CoreError> {
    let fresh = DeviceKey::from_seed(rand::random());
    store.write(|transaction| keys::prepare(transaction, &fresh))?;
    Ok(())
}

/// Asks for the key that is kept for it, if there is one.
fn finish(store: &Store, watch: &Watch) -> Result<(), CoreError> {
    let Some(device) = store.read(device::find)? else { return Ok(()) };
    let Some(next) = store.read(keys::others)?.next else { return Ok(()) };
    let (to, new) = (peer(&device), next.clone());
    match watch.ask(move |session| session.change_key(&to, &new)) {
        Ok(()) => {}
        // The answer to an earlier attempt was lost: the server has the new key already.
        Err(CoreError::Transport(error)) if error.is(&DEVICE_UNKNOWN) => {
            let to = Peer { key: next, ..peer(&device) };
            watch.ask(move |session| session.prove(&to))?;
        }
        // It was this device's once: another one is made the next time.
        Err(CoreError::Transport(error)) if error.is(&KEY_USED) => {
            store.write(keys::forget_next)?;
            return Err(error.into());
        }
        Err(error) => return Err(error),
    }
    store.write(|transaction| keys::promote(transaction, clock::now_ms()))?;
    Ok(())
}

/// The server does not know the key in use: one that was restored from a backup may know the key before
/// it. Answers whether it does; the present one is asked for anew then.
pub(crate) fn step_back(store: &Store, watch: &Watch) -> Result<bool, CoreError> {
    let Some(device) = store.read(device::find)? else { return Ok(false) };
    let Some(former) = store.read(keys::others)?.former else { return Ok(false) };
    let to = Peer { key: former, ..peer(&device) };
    match watch.ask(move |session| session.prove(&to)) {
        Ok(()) => {
            store.write(keys::step_back)?;
            Ok(true)
        }
        Err(CoreError::Transport(TransportError::Answered { .. })) => Ok(false),
        Err(error) => Err(error),
    }
}

fn peer(device: &Device) -> Peer {
    Peer { server: device.server.clone(), device: device.device, key: device.key.clone() }
}
