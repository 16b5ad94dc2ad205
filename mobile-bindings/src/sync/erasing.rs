//! Records that were erased at somebody's request: they go from this phone at once, whatever of them is
//! unsent, and before anything that the same page brings of them.

use std::collections::HashSet;

use sync_protocol::ids::ChangeHash;
use sync_protocol::wire::{AreaPage, Item};

use crate::store::departures::{self, Went};
use crate::store::{StoreError, Transaction, changes, records, strays};

/// Erases what a page says; answers the names of the phone's own changes that went.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    page: &AreaPage,
    now: i64,
) -> Result<HashSet<ChangeHash>, StoreError> {
    let mut gone = HashSet::new();
    for item in &page.items {
        let Item::Tombstone { record, .. } = item else { continue };
        // It may be stored under another area, or only wait to be sent.
        let place = records::place_of(transaction, *record)?.map(|(area, _)| area);
        let own = changes::of_record(transaction, *record)?;
        if place.is_none() && own.is_empty() {
            strays::forget(transaction, *record)?;
            continue;
        }
        gone.extend(own);
        let area = place.unwrap_or(page.area);
        departures::let_record_go(transaction, *record, (area, Went::Erased), now)?;
    }
    Ok(gone)
}
