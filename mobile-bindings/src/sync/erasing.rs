//! Records that were erased, before anything else that the same page brings of them. At somebody's
//! request they go at once, whatever of them is unsent; what had only been kept long enough goes once
//! nothing of it is unsent. What was written since the erasure is a beginning, and stays.

use std::collections::{HashMap, HashSet};

use sync_protocol::entries::Cause;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::wire::{AreaPage, Item};

use crate::error::CoreError;
use crate::record::{LocalRecord, RecordError};
use crate::store::changes::Own;
use crate::store::departures::{self, Went};
use crate::store::records::{self, Leaving};
use crate::store::{Transaction, areas, changes, strays};

/// An erasure, as a page tells it.
struct Erasure {
    record: RecordId,
    seq: u64,
    at: i64,
    cause: Cause,
    /// Whether the log is another one than the phone has read: then nothing but its author's clock tells
    /// when a change was written.
    of_another_life: bool,
    /// Whether the phone reads the log from its beginning: it may have read past the erasure before.
    from_the_beginning: bool,
}

/// Erases what a page says; answers the names of the phone's own changes that went.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    page: &AreaPage,
    now: i64,
) -> Result<HashSet<ChangeHash>, CoreError> {
    let mut gone = HashSet::new();
    let stood = areas::cursors(transaction)?.into_iter().find(|at| at.area == page.area);
    let of_another_life = stood.as_ref().is_none_or(|at| at.area_epoch != page.area_epoch);
    let from_the_beginning = stood.is_none_or(|at| !at.complete);
    for item in &page.items {
        let Item::Tombstone { seq, record, at, cause } = *item else { continue };
        let erasure = Erasure { record, seq, at, cause, of_another_life, from_the_beginning };
        gone.extend(erase(transaction, page.area, &erasure, now)?);
    }
    Ok(gone)
}

fn erase(
    transaction: &Transaction<'_>,
    area: AreaId,
    erasure: &Erasure,
    now: i64,
) -> Result<HashSet<ChangeHash>, CoreError> {
    let record = erasure.record;
    // It may be stored under another area, or only wait to be sent.
    let place = records::place_of(transaction, record)?.map(|(area, _)| area);
    let own = changes::own(transaction, record)?;
    if place.is_none() && own.is_empty() {
        strays::forget(transaction, record)?;
        return Ok(HashSet::new());
    }
    let left = left_of(transaction, erasure, &own)?;
    let waits = erasure.cause == Cause::Retention && left.is_none() && place.is_some();
    if waits && departures::has_unsent(transaction, record)? {
        records::set_leaving(transaction, record, Leaving::PutAway)?;
        return Ok(HashSet::new());
    }
    let went = match erasure.cause {
        Cause::Request => Went::Erased,
        Cause::Retention => Went::PutAway,
    };
    let names = own.iter().map(|change| change.hash);
    let Some(mut left) = left else {
        departures::let_record_go(transaction, record, (place.unwrap_or(area), went), now)?;
        return Ok(names.collect());
    };
    let gone: HashSet<ChangeHash> = names.filter(|hash| !left.document.has(hash)).collect();
    departures::let_part_go(transaction, &gone, record, (left.place.area, went), now)?;
    left.save(transaction)?;
    Ok(gone)
}

/// What of a record was written since it was erased, if anything was.
fn left_of(
    transaction: &Transaction<'_>,
    erasure: &Erasure,
    own: &[Own],
) -> Result<Option<LocalRecord>, CoreError> {
    let mut local = match LocalRecord::load(transaction, erasure.record) {
        Ok(Some(local)) => local,
        // A copy that is damaged says nothing of what was written when.
        Ok(None) | Err(RecordError::Document(_)) => return Ok(None),
        Err(RecordError::Store(error)) => return Err(error.into()),
    };
    let own: HashMap<ChangeHash, &Own> = own.iter().map(|change| (change.hash, change)).collect();
    // What builds upon what was written since was written later, whatever its author's clock said.
    let since = |time: i64, upon: bool| upon || time.saturating_mul(1000) >= erasure.at;
    local.document = local.document.only(|hash, time, upon| match own.get(&hash) {
        Some(Own { accepted: Some(seq), .. }) if !erasure.of_another_life => *seq > erasure.seq,
        Some(change) => change.open && since(time, upon),
        // Others' changes that a phone has read up to here stand before the erasure in the log.
        None => (erasure.of_another_life || erasure.from_the_beginning) && since(time, upon),
    })?;
    local.registers = local.document.registers()?;
    Ok(local.registers.is_written().then_some(local))
}
