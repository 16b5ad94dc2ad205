//! Whole documents for a phone that is new or far behind, in the order of each record's last change.
//! The cursor moves with them, so the phone may stop after any item and go on later; a record that
//! is changed meanwhile comes once more, further on.

use sync_protocol::wire::{AreaPage, Bytes, Item};

use super::budget::Budget;
use super::documents;
use super::writers::writers_of;
use crate::auth::AreaScope;
use crate::store::records::StoredDocument;
use crate::store::{Db, StoreError, moves, pushes, records};

/// Rows read at once: enough for few statements, little enough for memory.
const BATCH: usize = 500;

/// What the phone that a page is for has of the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Nothing: it has not named the area.
    Blank,
    /// What it read of another life of the log, or of one that was restored.
    Anew,
    /// What it says.
    Known,
}

/// Fills a page with documents. A phone that may have records that left is told of those.
pub(super) fn fill(
    db: &mut Db,
    scope: AreaScope,
    page: &mut AreaPage,
    budget: &mut Budget,
    reader: Reader,
) -> Result<(), StoreError> {
    if reader != Reader::Known || page.cursor == 0 {
        let devices = pushes::devices(db, &scope)?;
        page.writers = writers_of(db, devices)?;
    }
    page.more = false;
    while fill_batch(db, scope, page, budget, reader != Reader::Blank)? {}
    // The records are all there up to the head that was read before them.
    if !page.more {
        page.cursor = page.cursor.max(page.head);
    }
    page.head = page.head.max(page.cursor);
    Ok(())
}

/// Adds a batch of documents, and of records that left meanwhile, in the order of the log; answers
/// whether to go on.
fn fill_batch(
    db: &mut Db,
    scope: AreaScope,
    page: &mut AreaPage,
    budget: &mut Budget,
    tell_moves: bool,
) -> Result<bool, StoreError> {
    let stored = records::documents_after(db, &scope, page.cursor, BATCH)?;
    let left = if tell_moves { moves::after(db, &scope, page.cursor, BATCH)? } else { Vec::new() };
    let mut tails = documents::tails(db, scope, &stored)?;
    // Behind the last of a full batch of one sort, the other sort has to wait.
    let full = |last: Option<u64>, count: usize| last.filter(|_| count == BATCH);
    let ends = [
        full(stored.last().map(|record| record.last_seq), stored.len()),
        full(left.last().map(|left| left.seq), left.len()),
    ];
    let end = ends.into_iter().flatten().min();
    let mut left = left.iter().peekable();
    let mut records = stored.iter().peekable();
    loop {
        let next_left = left.peek().map(|left| left.seq);
        let next_record = records.peek().map(|record| record.last_seq);
        let Some(seq) = next_left.into_iter().chain(next_record).min() else { break };
        if end.is_some_and(|end| seq > end) {
            break;
        }
        let item =
            match (left.next_if(|left| left.seq == seq), records.next_if(|r| r.last_seq == seq)) {
                (Some(left), _) => Item::Moved { seq, record: left.record, to: left.to },
                (None, Some(record)) => snapshot(record, documents::bytes_of(record, &mut tails)?),
                (None, None) => break,
            };
        if !budget.take(&page.items, weight(&item)) {
            page.more = true;
            return Ok(false);
        }
        page.cursor = seq;
        page.items.push(item);
    }
    Ok(end.is_some())
}

/// Bytes that an item takes beside its place and its record.
pub(super) fn weight(item: &Item) -> usize {
    match item {
        Item::Snapshot { document: bytes, .. } | Item::Change { bytes, .. } => bytes.len(),
        Item::Own { .. } | Item::Moved { .. } => 0,
    }
}

fn snapshot(record: &StoredDocument, document: Vec<u8>) -> Item {
    Item::Snapshot {
        seq: record.last_seq,
        record: record.record,
        kind: record.kind,
        document: Bytes::from(document),
    }
}
