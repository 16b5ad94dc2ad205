//! Handing over what has not arrived, as a file.

use std::path::Path;

use serde::Serialize;

use super::{FieldClient, FieldError};
use crate::error::CoreError;
use crate::store::device;
use crate::{clock, rescue};

/// What a rescue bundle holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct RescueSummary {
    /// Changes that the server had not accepted. 0 with no photos: everything had arrived.
    pub changes: u64,
    /// Photos that the server did not have.
    pub photos: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

#[uniffi::export]
impl FieldClient {
    /// Writes everything that the server has not accepted, and the photos that it does not have, into
    /// one encrypted file for a supervisor, who hands it to the server. It needs no right to a server,
    /// and none at all once the phone has its district's key. Nothing on the phone changes by it: what syncs later after all is known there. A
    /// file of that name is replaced, once the new one is whole.
    ///
    /// # Errors
    /// [`FieldError::Refused`]: the phone has not enrolled, has no key of its district yet, or the
    /// file cannot be written; there is no file then.
    pub fn rescue(&self, path: String) -> Result<RescueSummary, FieldError> {
        let rescue::Rescued { changes, photos, bytes } =
            rescue::write(&self.store, Path::new(&path), self.fetch_key()?, clock::now_ms())?;
        Ok(RescueSummary { changes, photos, bytes })
    }
}

impl FieldClient {
    /// The district's key, if the phone has none and can get it: signed out or not, anybody may have
    /// it. It is not noted: what is wrong with the phone may be its storage.
    fn fetch_key(&self) -> Result<Option<[u8; 32]>, CoreError> {
        let device = self.store.read(device::find)?;
        let without = device.filter(|device| device.rescue_key.is_none());
        Ok(without.and_then(|device| self.session.rescue_key(&device.server).ok()))
    }
}
