//! What is encrypted in the database, and with which keys. A record's content lies under a key of its
//! own; record keys lie under the district's *data key*; data keys lie under the *master key*, which
//! never is in the database. It knows bytes and keys, and nothing of SQL.
//!
//! A record is erased for good by destroying its key. To change the master key only the data keys are
//! wrapped anew; to change the data key only the record keys are.

mod blind;
mod cipher;
mod hsm;
mod lookup;
mod master;
mod ring;

pub use blind::{Blind, Token, Words, plain};
pub use cipher::{Key, SEALED_BYTES, What};
pub use hsm::{HsmError, HsmPlace};
pub use lookup::{Lookup, Sought};
pub use master::{Master, MasterError};
pub use ring::{KeyNumber, Purpose, Ring, WrappedKey};

use std::sync::{Arc, PoisonError, RwLock};

/// A value that could not be opened: it was altered, belongs elsewhere, or lies under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored value cannot be opened: it was altered or lies under another key")]
pub struct Sealed;

/// The master key of a server, and the data keys as far as they have been opened with it.
#[derive(Debug, Clone, Default)]
pub struct Vault {
    master: Option<Arc<Master>>,
    ring: Arc<RwLock<Option<Arc<Ring>>>>,
    in_the_open: bool,
}

impl Vault {
    /// A vault that a master key opens.
    pub fn new(master: Master) -> Self {
        Self { master: Some(Arc::new(master)), ring: Arc::default(), in_the_open: false }
    }

    /// A vault that leaves records as they are, to measure what sealing them costs. Nothing that serves
    /// anybody makes one.
    #[must_use]
    pub fn in_the_open(self) -> Self {
        Self { in_the_open: true, ..self }
    }

    /// Whether records are left as they are.
    pub fn is_in_the_open(&self) -> bool {
        self.in_the_open
    }

    /// The master key, unless none was given.
    pub fn master(&self) -> Option<&Master> {
        self.master.as_deref()
    }

    /// The data keys, once they were opened.
    pub fn ring(&self) -> Option<Arc<Ring>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps data keys that are in the database for good.
    pub fn keep(&self, ring: Arc<Ring>) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Some(ring);
    }
}
