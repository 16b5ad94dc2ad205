//! Sending photos: what the server lacks, part by part, then the whole checked. Every step can be
//! repeated; a photo that the server will not take holds no other one up. Small ones go before large
//! ones, and what was written meanwhile goes between two parts.

use sync_protocol::codes::{
    DEVICE_PAUSED, DEVICE_REVOKED, DEVICE_UNKNOWN, PHOTO_INCOMPLETE, PHOTO_WRONG,
};

use super::intake::key_of;
use crate::codes;
use crate::error::CoreError;
use crate::store::photos::{self, Photo};
use crate::store::tries::{self, Tried};
use crate::store::{Store, StoreError, changes, intents};
use crate::sync::{Watch, pause};
use crate::transport::{Hold, Peer, PhotoName, TransportError};

/// What sending came to.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// Photos that the server now has.
    pub(crate) stored: u64,
    /// Photos that may succeed later.
    pub(crate) left: u64,
    /// Photos that wait for another network or a fuller battery.
    pub(crate) waiting: u64,
    /// Something was written meanwhile, which goes first.
    pub(crate) overtaken: bool,
}

/// Attempts at one photo: the server may find its parts broken and ask for all of them again.
const ATTEMPTS: u32 = 2;

/// Sends the photos that the server does not have, and puts originals away that are safe there.
/// `now` is the phone's clock.
pub(crate) fn send(
    store: &Store,
    watch: &Watch,
    peer: &Peer,
    which: crate::sync::Photos,
    now: i64,
) -> Result<Sent, CoreError> {
    let mut sent = Sent::default();
    let forced = which == crate::sync::Photos::All;
    let (pending, tried, written) = store.read(|connection| {
        let written = changes::counts(connection)?.pending;
        Ok::<_, StoreError>((photos::pending(connection)?, tries::all(connection)?, written))
    })?;
    let way = Way { store, watch, peer, written };
    let mut chosen = Vec::new();
    for photo in pending {
        let tried = tried.get(photo.photo.as_bytes());
        match watch.session().conditions().photos_wait() {
            Some(Hold::ServerBusy) => sent.left += 1,
            Some(Hold::Metered | Hold::BatteryLow) if !forced => sent.waiting += 1,
            _ if !forced && tried.is_some_and(|tried| pause::is_ahead(tried.next_at, now)) => {
                sent.left += u64::from(tried.is_some_and(may_succeed));
            }
            _ => chosen.push(photo),
        }
    }
    watch.begin_photos(&chosen);
    for photo in chosen {
        match way.send(&photo) {
            Ok(Went::Stored) => {
                store.write(|transaction| {
                    tries::forget(transaction, photo.photo.as_bytes())?;
                    photos::mark_stored(transaction, &photo)
                })?;
                watch.photo_stored();
                sent.stored += 1;
            }
            Ok(Went::Incomplete) => sent.left += 1,
            Ok(Went::Overtaken) => {
                sent.left += 1;
                sent.overtaken = true;
                break;
            }
            Err(CoreError::Transport(error)) => match way.note(&photo, &error, now)? {
                Blame::Photo => {}
                Blame::Server => sent.left += 1,
                Blame::Way => return Err(error.into()),
            },
            Err(error) => return Err(error),
        }
    }
    put_away(store)?;
    Ok(sent)
}

/// Whether what was tried in vain may be tried again by itself.
fn may_succeed(tried: &Tried) -> bool {
    codes::find(&tried.code).is_none_or(|code| code.retry)
}

/// How one photo went.
enum Went {
    Stored,
    /// The server wants it again.
    Incomplete,
    /// Something was written meanwhile.
    Overtaken,
}

struct Way<'w> {
    store: &'w Store,
    watch: &'w Watch,
    peer: &'w Peer,
    /// Changes that were pending when photos began to be sent: put off by the server.
    written: u64,
}

impl Way<'_> {
    fn send(&self, photo: &Photo) -> Result<Went, CoreError> {
        let Self { store, watch, peer, written } = self;
        let name = PhotoName { area: photo.area, photo: photo.photo, size: photo.size };
        for _ in 0..ATTEMPTS {
            let to = (*peer).clone();
            let there = watch.ask(move |session| session.photo_parts(&to, name))?;
            if there.stored {
                return Ok(Went::Stored);
            }
            for part in there.missing {
                let (bytes, pending) = store.read(|connection| {
                    let pending = changes::counts(connection)?.pending;
                    Ok::<_, StoreError>((photos::part(connection, photo, part)?, pending))
                })?;
                if pending > *written {
                    return Ok(Went::Overtaken);
                }
                if let Some(bytes) = bytes {
                    let (to, size) = ((*peer).clone(), bytes.len() as u64);
                    watch.ask(move |session| session.put_part(&to, name, part, &bytes))?;
                    watch.photo_part(size);
                }
            }
            let to = (*peer).clone();
            match watch.ask(move |session| session.complete(&to, name)) {
                Ok(true) => return Ok(Went::Stored),
                Ok(false) => {}
                Err(CoreError::Transport(error)) if parts_are_wanted(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Went::Incomplete)
    }

    /// Notes an attempt in vain; answers what is to blame. A phone that is too full to note it tries
    /// again all the same.
    fn note(&self, photo: &Photo, error: &TransportError, now: i64) -> Result<Blame, CoreError> {
        let (refusal, blame) = (error.refusal(), Blame::of(error));
        let noted = self.store.write(|transaction| {
            let name = photo.photo.as_bytes();
            let attempts = tries::note(transaction, name, &refusal.code)?;
            match blame {
                // Once there is a way, it is tried at once.
                Blame::Way => return Ok(()),
                Blame::Server => {}
                Blame::Photo => {
                    photos::mark_troubled(transaction, photo, &refusal.code, &refusal.words())?;
                }
            }
            tries::put_off(transaction, name, pause::until(now, attempts, rand::random()))
        });
        match noted {
            Ok(()) | Err(StoreError::Full) => Ok(blame),
            Err(error) => Err(error.into()),
        }
    }
}

/// What is to blame for an attempt in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blame {
    /// The photo: the server will not take it, and a person is told.
    Photo,
    /// The server, with this photo: it is put off, and others go on.
    Server,
    /// The way, or the right to it: no other photo comes through either.
    Way,
}

/// Whether the server speaks with this phone no more, or not now.
fn ends_it(error: &TransportError) -> bool {
    [&DEVICE_UNKNOWN, &DEVICE_REVOKED, &DEVICE_PAUSED].into_iter().any(|code| error.is(code))
}

impl Blame {
    fn of(error: &TransportError) -> Self {
        match error {
            TransportError::Answered { .. } if ends_it(error) => Self::Way,
            TransportError::Answered { .. } if error.retry_helps() => Self::Server,
            TransportError::Answered { .. } => Self::Photo,
            _ => Self::Way,
        }
    }
}

/// The server found parts missing or the whole hash wrong: its next answer says which to send.
fn parts_are_wanted(error: &TransportError) -> bool {
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
