//! Records that change their area: with everything that is still to be sent of them.

use std::collections::HashMap;

use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::wire::{AreaPage, Item};

use crate::store::departures::{self, Went};
use crate::store::moved::{self, Moved};
use crate::store::records::{self, Leaving};
use crate::store::{StoreError, Transaction, areas, changes, photos, strays};

/// What a page brings of a record that was put away began anew since, and takes the place of what was
/// before; answers whether it may: not while that is still to be sent.
pub(super) fn gives_way(
    transaction: &Transaction<'_>,
    record: RecordId,
    now: i64,
) -> Result<bool, StoreError> {
    if !records::is_put_away(transaction, record)? {
        return Ok(true);
    }
    if departures::has_unsent(transaction, record)? {
        return Ok(false);
    }
    if let Some((area, _)) = records::place_of(transaction, record)? {
        departures::let_record_go(transaction, record, (area, Went::PutAway), now)?;
    }
    Ok(true)
}

/// An area sends a record: there it belongs, wherever this phone had put it.
pub(super) fn into(
    transaction: &Transaction<'_>,
    record: RecordId,
    area: AreaId,
    now: i64,
) -> Result<(), StoreError> {
    match records::place_of(transaction, record)? {
        Some((from, _)) if from != area => {
            reassign(transaction, &Moved { record, from, to: area, at: now })
        }
        Some((_, true)) => records::set_leaving(transaction, record, Leaving::Not),
        _ => Ok(()),
    }
}

/// Records that an area has given away: to one that the person has too, or they leave the phone
/// once nothing of them is unsent.
pub(super) fn out(
    transaction: &Transaction<'_>,
    page: &AreaPage,
    now: i64,
) -> Result<(), StoreError> {
    for (record, to) in given_away(page) {
        strays::forget_in(transaction, record, page.area)?;
        let here = records::place_of(transaction, record)?;
        if here.is_none_or(|(area, _)| area != page.area) {
            continue;
        }
        if areas::find(transaction, to)?.is_some() {
            reassign(transaction, &Moved { record, from: page.area, to, at: now })?;
        } else {
            records::set_leaving(transaction, record, Leaving::Elsewhere)?;
        }
    }
    Ok(())
}

/// The records that a page ends without: one that came back later in it has not gone.
fn given_away(page: &AreaPage) -> HashMap<RecordId, AreaId> {
    let mut gone = HashMap::new();
    for item in &page.items {
        match item {
            Item::Moved { record, to, .. } => {
                gone.insert(*record, *to);
            }
            Item::Snapshot { record, .. } | Item::Change { record, .. } => {
                gone.remove(record);
            }
            Item::Own { .. } | Item::Tombstone { .. } => {}
        }
    }
    gone
}

fn reassign(transaction: &Transaction<'_>, moved: &Moved) -> Result<(), StoreError> {
    let Moved { record, to, .. } = *moved;
    moved::note(transaction, moved)?;
    records::move_to(transaction, record, to)?;
    changes::move_to(transaction, record, to)?;
    photos::move_to(transaction, record, to)
}
