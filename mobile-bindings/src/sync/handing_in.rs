//! What a phone does that learns it is revoked: it hands in what the server does not have yet, as the
//! bundle that it would write for a supervisor, and then empties itself. Cut short at any point, it does
//! so again with the next sync.

use std::path::PathBuf;

use super::{Watch, enrolled, peer};
use crate::error::CoreError;
use crate::store::{Store, wipe};
use crate::{clock, codes, rescue};

/// Hands in and empties; what it is answered with says that it is done.
pub(super) fn hand_in(store: &Store, watch: &Watch) -> Result<CoreError, CoreError> {
    let to = peer(&enrolled(store)?);
    // What somebody writes meanwhile goes along with another bundle.
    loop {
        let known = store.read(wipe::written)?;
        let path = bundle_path(store)?;
        let fetched = watch.ask({
            let to = to.clone();
            move |session| session.rescue_key(&to.server)
        });
        let written = rescue::write(store, &path, fetched.ok(), clock::now_ms());
        let taken = written.and_then(|_| {
            let (to, path) = (to.clone(), path.clone());
            watch.ask(move |session| session.hand_in(&to, &path))
        });
        // Whoever finds it can do nothing with it: it is sealed to the district.
        let _ = std::fs::remove_file(&path);
        if !taken? {
            return Err(CoreError::refused(&codes::NO_PROGRESS));
        }
        if store.empty(known)? {
            return Ok(CoreError::refused(&codes::DEVICE_EMPTIED));
        }
    }
}

/// Beside the store: there is no other place that is surely the app's own.
fn bundle_path(store: &Store) -> Result<PathBuf, CoreError> {
    Ok(store.beside("-hand-in")?)
}
