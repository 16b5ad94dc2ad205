//! Whole documents for a phone that is new or far behind, in the order of each record's last change.
//! The cursor moves with them, so the phone may stop after any item and go on later; a record that
//! is changed meanwhile comes once more, further on.

use sync_protocol::document::Document;
use sync_protocol::wire::{AreaPage, Bytes, Item};

use super::budget::Budget;
use super::documents;
use super::writers::writers_of;
use crate::auth::AreaScope;
use crate::store::documents::{self as stored, StoredDocument};
use crate::store::{Db, StoreError, pushes};

/// Rows read at once: enough for few statements, little enough for memory.
const BATCH: usize = 500;

/// Records of which the changes that their documents lack are read at once.
const PART: usize = 16;

/// Fills a page with documents.
pub(super) fn fill(
    db: &mut Db,
    scope: AreaScope,
    page: &mut AreaPage,
    budget: &mut Budget,
    is_new: bool,
) -> Result<(), StoreError> {
    if is_new || page.cursor == 0 {
        let devices = pushes::devices(db, &scope)?;
        page.writers = writers_of(db, devices)?;
    }
    page.more = false;
    while fill_batch(db, scope, page, budget)? {}
    // The records are all there up to the head that was read before them.
    if !page.more {
        page.cursor = page.cursor.max(page.head);
    }
    page.head = page.head.max(page.cursor);
    Ok(())
}

/// Adds a batch of documents; answers whether to go on.
fn fill_batch(
    db: &mut Db,
    scope: AreaScope,
    page: &mut AreaPage,
    budget: &mut Budget,
) -> Result<bool, StoreError> {
    // One more than there is room for tells whether there is more.
    let most = BATCH.min(budget.items.saturating_add(1));
    let batch = stored::after(db, &scope, page.cursor, most)?;
    for part in batch.chunks(PART) {
        if !fill_part(db, scope, page, budget, part)? {
            return Ok(false);
        }
    }
    Ok(batch.len() == most)
}

/// Adds documents as long as there is room; answers whether there was.
fn fill_part(
    db: &mut Db,
    scope: AreaScope,
    page: &mut AreaPage,
    budget: &mut Budget,
    part: &[StoredDocument],
) -> Result<bool, StoreError> {
    let mut tails = documents::tails(db, scope, part)?;
    for record in part {
        let bytes = match &record.document {
            Some(bytes) if record.document_seq >= record.last_seq => bytes.clone(),
            _ => saved(documents::whole(db, scope, record, &mut tails)?),
        };
        if !budget.take(&page.items, bytes.len()) {
            page.more = true;
            return Ok(false);
        }
        page.cursor = record.last_seq;
        page.items.push(item(record, bytes));
    }
    Ok(true)
}

fn saved(mut document: Document) -> Vec<u8> {
    document.save()
}

fn item(record: &StoredDocument, document: Vec<u8>) -> Item {
    Item::Snapshot {
        seq: record.last_seq,
        record: record.record,
        kind: record.kind,
        document: Bytes::from(document),
    }
}
