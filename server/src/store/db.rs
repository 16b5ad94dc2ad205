//! A connection with what it needs to open what is sealed: the data keys, and the keys of the records
//! that are being worked on. Record keys are forgotten with the connection, unless they are handed on to
//! the transaction that looks whether their records still are what they were: one that was destroyed
//! meanwhile is never used again.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::PgConnection;
use diesel::r2d2::{ConnectionManager, PooledConnection};
use uuid::Uuid;

use super::{StoreError, data_keys};
use crate::vault::{Key, Purpose, Ring, Sought, Vault, What};

/// A connection, inside or outside a transaction.
pub struct Db {
    sql: PooledConnection<ConnectionManager<PgConnection>>,
    vault: Vault,
    /// Data keys that were opened on this connection: in a transaction they may be new.
    ring: Option<Arc<Ring>>,
    /// Keys of records, by area and record.
    pub(super) keys: HashMap<(i64, Uuid), Key>,
}

impl Db {
    pub(super) fn new(
        sql: PooledConnection<ConnectionManager<PgConnection>>,
        vault: Vault,
    ) -> Self {
        Self { sql, vault, ring: None, keys: HashMap::new() }
    }

    /// The connection, for statements.
    pub(super) fn sql(&mut self) -> &mut PgConnection {
        &mut self.sql
    }

    /// The master key and the data keys that every connection knows.
    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The data keys.
    ///
    /// # Errors
    /// [`StoreError::Keys`] when there are none or the master key is not theirs.
    pub(super) fn ring(&mut self) -> Result<Arc<Ring>, StoreError> {
        if let Some(ring) = self.ring.clone().or_else(|| self.vault.ring()) {
            return Ok(ring);
        }
        self.read_ring()
    }

    /// The data keys as the database has them now.
    pub(super) fn read_ring(&mut self) -> Result<Arc<Ring>, StoreError> {
        let ring = Arc::new(data_keys::open(self)?);
        self.ring = Some(Arc::clone(&ring));
        Ok(ring)
    }

    /// Seals what belongs to the district and stands at a place, within a transaction.
    pub(super) fn seal_value(
        &mut self,
        what: What,
        place: &[u8],
        value: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let mut ring = self.ring()?;
        // Held until the transaction ends, so that the key is not destroyed meanwhile.
        if !data_keys::hold(self, ring.in_use())? {
            ring = self.read_ring()?;
        }
        let sealed = ring.seal(what, place, value);
        sealed.map_err(|_| StoreError::Sealed("the data key in use"))
    }

    /// Opens what belongs to the district; `words` say what it is.
    pub(super) fn open_value(
        &mut self,
        what: What,
        place: &[u8],
        sealed: &[u8],
        words: &'static str,
    ) -> Result<Vec<u8>, StoreError> {
        if let Ok(value) = self.ring()?.open_value(what, place, sealed) {
            return Ok(value);
        }
        // It may lie under a data key that was made since.
        let opened = self.read_ring()?.open_value(what, place, sealed);
        opened.map_err(|_| StoreError::Sealed(words))
    }

    /// Opens what belongs to the district and is text; `words` say what it is.
    pub(super) fn open_text(
        &mut self,
        what: What,
        place: &[u8],
        sealed: &[u8],
        words: &'static str,
    ) -> Result<String, StoreError> {
        let text = String::from_utf8(self.open_value(what, place, sealed, words)?);
        text.map_err(|_| StoreError::Corrupt(words))
    }

    /// The hash that is to stand beside a value of these parts, within a transaction.
    pub(super) fn hash_to_keep(
        &mut self,
        sought: Sought,
        parts: &[&[u8]],
    ) -> Result<Vec<u8>, StoreError> {
        let unknown = |_| StoreError::Sealed("the index's key");
        let mut ring = self.ring()?;
        // Held until the transaction ends, so that all hashes are not made anew meanwhile.
        if !data_keys::hold(self, ring.lookup().map_err(unknown)?.0)? {
            ring = self.read_ring()?;
        }
        Ok(ring.lookup().map_err(unknown)?.1.hash(sought, parts).to_vec())
    }

    /// The hashes under one of which a value of these parts stands, if it stands anywhere.
    pub(super) fn hashes(
        &mut self,
        sought: Sought,
        parts: &[&[u8]],
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        data_keys::know_newest(self, Purpose::Index)?;
        Ok(self.ring()?.lookups().map(|lookup| lookup.hash(sought, parts).to_vec()).collect())
    }

    /// What it opened is in the database for good.
    pub(super) fn committed(&mut self) {
        if let Some(ring) = self.ring.take() {
            self.vault.keep(ring);
        }
    }
}
