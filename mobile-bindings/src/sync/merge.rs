//! A record and what came for it: pure, bytes in and a record out, panics contained.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sync_protocol::document::{Document, DocumentError};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::judge;
use sync_protocol::records::Kind;

use crate::record::LocalRecord;

/// A whole record or a change, as it came.
pub(super) struct Incoming<'a> {
    pub(super) seq: u64,
    pub(super) kind: Kind,
    pub(super) bytes: &'a [u8],
    pub(super) whole: bool,
}

/// What became of a record.
pub(super) enum Brought {
    /// It holds what the phone had and what came.
    Merged(Box<LocalRecord>),
    /// It holds all of that already.
    Nothing,
    /// A change builds on one that the phone does not have.
    Lacking,
    /// What came cannot be read.
    Unreadable,
}

/// Brings a record up to date with what came for it.
pub(super) fn bring(
    local: Option<LocalRecord>,
    record: RecordId,
    area: AreaId,
    incoming: &[Incoming<'_>],
) -> Brought {
    // The server judged all of it, but nothing that it sends may keep the phone from opening.
    catch_unwind(AssertUnwindSafe(|| merged(local, record, area, incoming)))
        .unwrap_or(Brought::Unreadable)
}

fn merged(
    local: Option<LocalRecord>,
    record: RecordId,
    area: AreaId,
    incoming: &[Incoming<'_>],
) -> Brought {
    let Some(first) = incoming.first() else {
        return Brought::Nothing;
    };
    let begun = match local {
        Some(local) => Ok(local),
        None => LocalRecord::genesis(record, area, first.kind),
    };
    let Ok(mut local) = begun else {
        return Brought::Unreadable;
    };
    let before = local.document.heads();
    for item in incoming {
        let took = if item.whole { take_whole(&mut local, item) } else { take(&mut local, item) };
        match took {
            Ok(()) => local.place.seq = local.place.seq.max(item.seq),
            Err(Unfit::Lacking) => return Brought::Lacking,
            Err(Unfit::Unreadable) => return Brought::Unreadable,
        }
    }
    local.place.area = area;
    if local.document.heads() == before {
        Brought::Nothing
    } else {
        Brought::Merged(Box::new(local))
    }
}

enum Unfit {
    Lacking,
    Unreadable,
}

impl From<DocumentError> for Unfit {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Incomplete => Self::Lacking,
            _ => Self::Unreadable,
        }
    }
}

fn take_whole(local: &mut LocalRecord, item: &Incoming<'_>) -> Result<(), Unfit> {
    let mut other = Document::load(item.kind, item.bytes)?;
    local.document.merge(&mut other)?;
    local.registers = local.document.registers()?;
    Ok(())
}

fn take(local: &mut LocalRecord, item: &Incoming<'_>) -> Result<(), Unfit> {
    let change = judge::read(item.bytes, item.kind).map_err(|_| Unfit::Unreadable)?;
    if local.document.has(&change.hash) {
        return Ok(());
    }
    local.document.apply([item.bytes])?;
    local.registers.apply(&change);
    if change.edits_text() {
        local.document.fill_texts(&mut local.registers);
    }
    Ok(())
}
