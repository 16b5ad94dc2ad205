//! Whole documents for a phone that is new or far behind, in the order of each record's last change.
//! The cursor moves with them, so the phone may stop after any item and go on later; a record that
//! is changed meanwhile comes once more, further on.

use sync_protocol::ids::RecordId;
use sync_protocol::wire::{AreaPage, Bytes, Item};

use super::budget::Budget;
use super::documents;
use super::writers::Writers;
use crate::auth::AreaScope;
use crate::store::documents::{self as stored, StoredDocument};
use crate::store::erasures::Erasure;
use crate::store::moves::Departure;
use crate::store::{Db, Readable, StoreError, erasures, moves, pushes};

/// Rows read at once: enough for few statements, little enough for memory.
const BATCH: usize = 200;

/// Records of which the changes that their documents lack are read at once.
const PART: usize = 16;

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

/// Fills a page with documents. A phone that may have records that left is told of those. Answers a record
/// that was passed over because it cannot be read.
pub(super) fn fill(
    db: &mut Db,
    scope: AreaScope,
    page: &mut AreaPage,
    budget: &mut Budget,
    (reader, writers): (Reader, &Writers),
) -> Result<Option<RecordId>, StoreError> {
    if reader != Reader::Known || page.cursor == 0 {
        let devices = pushes::devices(db, &scope)?;
        page.writers = writers.of(db, devices)?;
    }
    page.more = false;
    let tell_gone = reader != Reader::Blank;
    let mut withheld = None;
    while fill_batch(db, scope, page, budget, (tell_gone, &mut withheld))? {}
    // The records are all there up to the head that was read before them.
    if !page.more {
        page.cursor = page.cursor.max(page.head);
    }
    page.head = page.head.max(page.cursor);
    Ok(withheld)
}

/// Adds a batch of documents, and of records that left meanwhile, in the order of the log; answers
/// whether to go on.
fn fill_batch(
    db: &mut Db,
    scope: AreaScope,
    page: &mut AreaPage,
    budget: &mut Budget,
    (tell_gone, withheld): (bool, &mut Option<RecordId>),
) -> Result<bool, StoreError> {
    // One more than there is room for tells whether there is more.
    let most = BATCH.min(budget.items.saturating_add(1));
    let batch = stored::after(db, &scope, page.cursor, most)?;
    let gone = if tell_gone { gone(db, &scope, page.cursor, most)? } else { Vec::new() };
    let end = end_of(&batch, &gone, most);
    let within = |seq: u64| end.is_none_or(|end| seq <= end);
    let mut gone = gone.into_iter().filter(|(seq, _)| within(*seq)).peekable();
    for part in batch.chunks(PART) {
        let mut tails = documents::tails(db, scope, part)?;
        for record in part.iter().filter(|record| within(record.last_seq)) {
            while let Some((seq, item)) = gone.next_if(|(seq, _)| *seq < record.last_seq) {
                if !take(page, budget, seq, item) {
                    return Ok(false);
                }
            }
            let mut read = Readable::default();
            let bytes = documents::bytes_of(db, scope, record, &mut tails);
            read.add((scope.area(), record.record), bytes)?;
            let Some(bytes) = read.records.remove(&record.record) else {
                page.cursor = record.last_seq;
                *withheld = Some(record.record);
                continue;
            };
            if !take(page, budget, record.last_seq, snapshot(record, bytes)) {
                return Ok(false);
            }
        }
    }
    Ok(gone.all(|(seq, item)| take(page, budget, seq, item)) && end.is_some())
}

/// What is not there any more, by the place of the entry that says so: records that left or were
/// erased.
fn gone(
    db: &mut Db,
    scope: &AreaScope,
    place: u64,
    most: usize,
) -> Result<Vec<(u64, Item)>, StoreError> {
    let left = moves::after(db, scope, place, most)?;
    let erased = erasures::after(db, scope, place, most)?;
    let tombstone = |of: &Erasure| {
        let Erasure { record, seq, at, cause } = *of;
        (seq, Item::Tombstone { seq, record, at, cause })
    };
    let mut gone: Vec<(u64, Item)> =
        left.iter().map(moved).chain(erased.iter().map(tombstone)).collect();
    gone.sort_by_key(|(seq, _)| *seq);
    gone.truncate(most);
    Ok(gone)
}

/// Where a batch ends: behind the last of a full one of one sort, the other sort has to wait.
fn end_of(batch: &[StoredDocument], gone: &[(u64, Item)], most: usize) -> Option<u64> {
    let full = |last: Option<u64>, count: usize| last.filter(|_| count == most);
    let of_batch = full(batch.last().map(|record| record.last_seq), batch.len());
    let of_gone = full(gone.last().map(|(seq, _)| *seq), gone.len());
    of_batch.into_iter().chain(of_gone).min()
}

/// Adds an item if there is room; answers whether there was.
fn take(page: &mut AreaPage, budget: &mut Budget, seq: u64, item: Item) -> bool {
    let fits = budget.take(&page.items, weight(&item));
    if fits {
        page.cursor = seq;
        page.items.push(item);
    } else {
        page.more = true;
    }
    fits
}

/// Bytes that an item takes beside its place and its record.
pub(super) fn weight(item: &Item) -> usize {
    match item {
        Item::Snapshot { document: bytes, .. } | Item::Change { bytes, .. } => bytes.len(),
        Item::Own { .. } | Item::Moved { .. } | Item::Tombstone { .. } => 0,
    }
}

fn moved(left: &Departure) -> (u64, Item) {
    (left.seq, Item::Moved { seq: left.seq, record: left.record, to: left.to })
}

fn snapshot(record: &StoredDocument, document: Vec<u8>) -> Item {
    Item::Snapshot {
        seq: record.last_seq,
        record: record.record,
        kind: record.kind,
        document: Bytes::from(document),
    }
}
