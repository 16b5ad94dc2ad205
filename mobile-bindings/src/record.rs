//! A record as this phone holds it: its document, the registers that it says, and the summary that
//! lists and searches need. It must not know HTTP, FFI or whose turn it is to sync.

mod facts;
mod refresh;
mod summary;

use sync_protocol::document::{Document, DocumentError, Registers};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use crate::store::records::Place;
use crate::store::{Connection, Packer, StoreError, Transaction, records};

pub(crate) use facts::{Facts, Spot};
pub(crate) use refresh::refresh;
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
        Self::from_document(place, &body.document).map(Some).map_err(RecordError::from)
    }

    /// Writes it.
    pub(crate) fn save(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let document = Packer::new().pack(&self.document.save());
        records::put(transaction, &self.place, &Summary::of(&self.registers), &document)
    }
}

/// A record's registers: enough to show it.
pub(crate) fn registers(
    connection: &Connection,
    record: RecordId,
) -> Result<Option<Registers>, StoreError> {
    let body = records::body(connection, record)?;
    body.map(|body| read_registers(body.kind, &body.document)).transpose()
}

/// Gives every record's registers to `each`, ordered by id.
pub(crate) fn each_registers(
    connection: &Connection,
    mut each: impl FnMut(RecordId, &Registers),
) -> Result<(), StoreError> {
    records::each_document(connection, |record, kind, document| {
        each(record, &read_registers(kind, document)?);
        Ok(())
    })
}

fn read_registers(kind: Kind, document: &[u8]) -> Result<Registers, StoreError> {
    let read = Document::load(kind, document).and_then(|mut document| document.registers());
    read.map_err(|_| StoreError::Form("record's document"))
}
