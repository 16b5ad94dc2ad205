//! Sending photos: what the server lacks, part by part, then the whole checked. Every step can be
//! repeated; a photo that the server will not take holds no other one up.

use super::intake::key_of;
use crate::error::CoreError;
use crate::store::photos::{self, Photo};
use crate::store::{Store, intents};
use crate::sync::Watch;
use crate::transport::{Peer, PhotoName, TransportError};

/// What sending came to.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// Photos that the server now has.
    pub(crate) stored: u64,
    /// Photos that may succeed later.
    pub(crate) left: u64,
}

/// Attempts at one photo: the server may find its parts broken and ask for all of them again.
const ATTEMPTS: u32 = 2;

/// Sends every photo that the server does not have, and puts originals away that are safe there.
pub(crate) fn send(store: &Store, watch: &Watch, peer: &Peer) -> Result<Sent, CoreError> {
    let mut sent = Sent::default();
    watch.begin_photos(store)?;
    for photo in store.read(photos::pending)? {
        match send_one(store, watch, peer, &photo) {
            Ok(true) => {
                store.write(|transaction| photos::mark_stored(transaction, &photo))?;
                watch.photo_stored();
                sent.stored += 1;
            }
            Ok(false) => sent.left += 1,
            Err(CoreError::Transport(error @ TransportError::Answered { .. }))
                if !error.retry_helps() =>
            {
                let refusal = error.refusal();
                store.write(|transaction| {
                    photos::mark_troubled(transaction, &photo, &refusal.code, &refusal.words())
                })?;
            }
            Err(error) => return Err(error),
        }
    }
    put_away(store)?;
    Ok(sent)
}

fn send_one(store: &Store, watch: &Watch, peer: &Peer, photo: &Photo) -> Result<bool, CoreError> {
    let name = PhotoName { area: photo.area, photo: photo.photo, size: photo.size };
    for _ in 0..ATTEMPTS {
        let to = peer.clone();
        let there = watch.ask(move |session| session.photo_parts(&to, name))?;
        if there.stored {
            return Ok(true);
        }
        for part in there.missing {
            let bytes = store.read(|connection| photos::part(connection, photo, part))?;
            if let Some(bytes) = bytes {
                let (to, size) = (peer.clone(), bytes.len() as u64);
                watch.ask(move |session| session.put_part(&to, name, part, &bytes))?;
                watch.photo_part(size);
            }
        }
        let to = peer.clone();
        match watch.ask(move |session| session.complete(&to, name)) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) if parts_are_wanted(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// The server found parts missing or the whole hash wrong: its next answer says which to send.
fn parts_are_wanted(error: &CoreError) -> bool {
    use sync_protocol::codes::{PHOTO_INCOMPLETE, PHOTO_WRONG};
    let CoreError::Transport(error) = error else { return false };
    error.is(&PHOTO_INCOMPLETE) || error.is(&PHOTO_WRONG)
}

/// The original of a photo whose change is accepted too is put away.
fn put_away(store: &Store) -> Result<(), CoreError> {
    let safe = store.read(|connection| {
        let mut safe = photos::stored(connection)?;
        let mut failure = None;
        safe.retain(|photo| {
            intents::is_accepted(connection, photo.record, &key_of(&photo.photo)).unwrap_or_else(
                |error| {
                    failure = Some(error);
                    false
                },
            )
        });
        failure.map_or(Ok(safe), Err)
    })?;
    store.write(|transaction| {
        safe.iter().try_for_each(|photo| photos::release(transaction, photo))
    })?;
    Ok(())
}
