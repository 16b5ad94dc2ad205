//! A record as this phone holds it: its document and its registers, always in step, and the summary
//! that lists and searches need. It must not know HTTP, FFI or whose turn it is to sync.

mod summary;

use sync_protocol::document::{Document, DocumentError, Registers};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use crate::store::records::Place;
use crate::store::{Connection, StoreError, Transaction, records};

pub(crate) use summary::Summary;

/// A record with its whole history.
#[derive(Debug)]
pub(crate) struct LocalRecord {
    pub(crate) place: Place,
    pub(crate) document: Document,
    pub(crate) registers: Registers,
}

/// A stored record could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its document.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl LocalRecord {
    /// A record that nobody has written yet.
    pub(crate) fn genesis(
        record: RecordId,
        area: AreaId,
        kind: Kind,
    ) -> Result<Self, DocumentError> {
        Ok(Self {
            place: Place { record, area, kind, seq: 0 },
            document: Document::genesis(kind)?,
            registers: Registers::genesis(kind),
        })
    }

    /// A record from a whole document.
    pub(crate) fn from_document(place: Place, bytes: &[u8]) -> Result<Self, DocumentError> {
        let mut document = Document::load(place.kind, bytes)?;
        let registers = document.registers()?;
        Ok(Self { place, document, registers })
    }

    /// The record that this phone holds.
    pub(crate) fn load(
        connection: &Connection,
        record: RecordId,
    ) -> Result<Option<Self>, RecordError> {
        let Some(body) = records::body(connection, record)? else {
            return Ok(None);
        };
        let place = Place { record, area: body.area, kind: body.kind, seq: body.seq };
        let document = Document::load(body.kind, &body.document)?;
        let registers = read_registers(&body.registers)?;
        Ok(Some(Self { place, document, registers }))
    }

    /// Writes it.
    pub(crate) fn save(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let document = self.document.save();
        self.save_as(transaction, &document)
    }

    /// Writes it with document bytes that are at hand already.
    pub(crate) fn save_as(
        &self,
        transaction: &Transaction<'_>,
        document: &[u8],
    ) -> Result<(), StoreError> {
        let summary = Summary::of(&self.registers);
        records::put(transaction, &self.place, &summary, &self.registers.to_bytes(), document)
    }
}

/// A record's registers alone: enough to show it.
pub(crate) fn registers(
    connection: &Connection,
    record: RecordId,
) -> Result<Option<Registers>, StoreError> {
    let body = records::body(connection, record)?;
    body.map(|body| read_registers(&body.registers)).transpose()
}

fn read_registers(bytes: &[u8]) -> Result<Registers, StoreError> {
    Registers::from_bytes(bytes).map_err(|_| StoreError::Form("record's registers"))
}
