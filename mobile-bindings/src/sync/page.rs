//! What is new in one area: its records are brought up to date and its cursor moves with them.
//!
//! A record that cannot be read is kept as it came and holds nothing else up. Where the phone lacks
//! what the server thinks it has (its store was restored from an old copy), the area is fetched
//! anew; whole documents mend everything.

use std::collections::{HashMap, HashSet};

use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::wire::{AreaCursor, AreaPage, Item};

use super::ahead::{self, Read, Whole};
use super::merge::{self, Brought, Incoming};
use super::{erasing, moving};
use crate::error::CoreError;
use crate::record::{LocalRecord, RecordError};
use crate::store::changes::Apart;
use crate::store::records::{self, Place};
use crate::store::strays::{self, Stray};
use crate::store::{StoreError, Transaction, areas, changes, writers};

/// What a page came to.
pub(super) struct Paged {
    pub(super) more: bool,
    pub(super) moved: bool,
}

/// Applies a page that was answered at `now`, by the server's clock. `forked`: the phone's copy is
/// known to lack changes.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    page: &AreaPage,
    forked: bool,
    now: i64,
) -> Result<Paged, CoreError> {
    for writer in &page.writers {
        writers::put(transaction, writer.device, &writer.name)?;
    }
    let erased = erasing::apply(transaction, page, now)?;
    let known_strays: HashSet<RecordId> =
        strays::list(transaction)?.into_iter().map(|stray| stray.record).collect();
    let apart = changes::apart(transaction)?;
    let (mut anew, mut later) = (forked, false);
    let (fresh, others) = apart_from_fresh(transaction, page.area, by_record(page, &apart))?;
    ahead::each(&fresh, |whole, read| {
        let stray = known_strays.contains(&whole.place.record);
        take_fresh(transaction, whole, read, stray)
    })?;
    for (record, incoming) in others {
        if !moving::gives_way(transaction, record, now)? {
            later = true;
            continue;
        }
        let stray = known_strays.contains(&record);
        anew |= !bring(transaction, page, (record, &incoming, stray), now)?;
    }
    for item in &page.items {
        if let Item::Own { seq, hash } = item
            && !erased.contains(hash)
        {
            anew |= !changes::accept(transaction, hash, *seq, now)?;
        }
    }
    moving::out(transaction, page, now)?;
    let before = areas::cursors(transaction)?.into_iter().find(|at| at.area == page.area);
    let roles = before.as_ref().map(|at| at.roles).unwrap_or_default();
    // What could not be taken yet is fetched with what there is to send until then.
    let again = anew || later;
    let to =
        AreaCursor { roles, ..if again { from_the_beginning(page) } else { cursor_after(page) } };
    areas::advance(transaction, &to)?;
    if to.complete {
        changes::merge_up_to(transaction, page.area, to.cursor)?;
    }
    Ok(Paged { more: page.more || anew, moved: before.as_ref() != Some(&to) })
}

fn cursor_after(page: &AreaPage) -> AreaCursor {
    AreaCursor {
        area: page.area,
        area_epoch: page.area_epoch,
        cursor: page.cursor,
        chain: page.chain,
        complete: page.complete,
        roles: 0,
    }
}

fn from_the_beginning(page: &AreaPage) -> AreaCursor {
    AreaCursor { cursor: 0, chain: None, complete: false, ..cursor_after(page) }
}

/// What came for a record.
type Group<'p> = (RecordId, Vec<Incoming<'p>>);

/// The items of each record, in the order in which they came, records in the order of their first.
/// An own change is among them if the phone's record was rebuilt without it; of one that a verdict
/// told, there is no item.
fn by_record<'p>(page: &'p AreaPage, apart: &'p HashMap<ChangeHash, Apart>) -> Vec<Group<'p>> {
    let mut groups: Vec<Group<'_>> = Vec::with_capacity(page.items.len());
    let mut places: HashMap<RecordId, usize> = HashMap::with_capacity(page.items.len());
    let mut add = |record, incoming| {
        let place = *places.entry(record).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, items)) => items.push(incoming),
            None => groups.push((record, vec![incoming])),
        }
    };
    for item in &page.items {
        let (record, incoming) = match item {
            Item::Snapshot { seq, record, kind, document } => {
                (*record, Incoming { seq: *seq, kind: *kind, bytes: document, whole: true })
            }
            Item::Change { seq, record, kind, bytes } => {
                (*record, Incoming { seq: *seq, kind: *kind, bytes, whole: false })
            }
            Item::Own { seq, hash } => match apart.get(hash) {
                Some(own) => {
                    let Apart { record, kind, bytes, .. } = own;
                    (*record, Incoming { seq: *seq, kind: *kind, bytes, whole: false })
                }
                None => continue,
            },
            Item::Moved { .. } | Item::Tombstone { .. } => continue,
        };
        add(record, incoming);
    }
    for own in apart.values().filter(|own| page.complete && own.area == page.area) {
        let Apart { record, kind, bytes, .. } = own;
        if let Some(seq) = own.accepted.filter(|seq| *seq <= page.cursor) {
            add(*record, Incoming { seq, kind: *kind, bytes, whole: false });
        }
    }
    groups.iter_mut().for_each(|(_, items)| items.sort_by_key(|item| item.seq));
    groups
}

/// The whole records that this phone has nothing of, and the rest.
fn apart_from_fresh<'p>(
    transaction: &Transaction<'_>,
    area: AreaId,
    groups: Vec<Group<'p>>,
) -> Result<(Vec<Whole<'p>>, Vec<Group<'p>>), StoreError> {
    let (mut fresh, mut others) = (Vec::with_capacity(groups.len()), Vec::new());
    for (record, incoming) in groups {
        match incoming.as_slice() {
            [only] if only.whole && records::place_of(transaction, record)?.is_none() => {
                let place = Place { record, area, kind: only.kind, seq: only.seq };
                fresh.push(Whole { place, document: only.bytes });
            }
            _ => others.push((record, incoming)),
        }
    }
    Ok((fresh, others))
}

/// Writes a record that this phone had nothing of.
fn take_fresh(
    transaction: &Transaction<'_>,
    whole: Whole<'_>,
    read: Option<Read>,
    stray: bool,
) -> Result<(), CoreError> {
    let Place { record, area, kind, seq } = whole.place;
    let Some(read) = read else {
        let unread = Stray { area, record, kind, seq };
        return Ok(strays::put(transaction, &unread, whole.document)?);
    };
    records::put(transaction, &whole.place, &read.summary, &read.document)?;
    if stray {
        strays::forget(transaction, record)?;
    }
    Ok(())
}

/// Brings one record up to date; answers whether the phone had what that needs.
fn bring(
    transaction: &Transaction<'_>,
    page: &AreaPage,
    (record, incoming, stray): (RecordId, &[Incoming<'_>], bool),
    now: i64,
) -> Result<bool, CoreError> {
    moving::into(transaction, record, page.area, now)?;
    let local = match LocalRecord::load(transaction, record) {
        Ok(local) => local,
        // The copy on this phone is damaged: the server's replaces it.
        Err(RecordError::Document(_)) => None,
        Err(RecordError::Store(error)) => return Err(error.into()),
    };
    match merge::bring(local, record, page.area, incoming) {
        Brought::Merged(mut local) => local.save(transaction)?,
        Brought::Nothing => {}
        // Its beginning could not be read either: fetching it anew would change nothing.
        Brought::Lacking if !stray => return Ok(false),
        Brought::Lacking | Brought::Unreadable => {
            keep_strays(transaction, page, record, incoming)?;
            return Ok(true);
        }
    }
    if stray {
        strays::forget(transaction, record)?;
    }
    Ok(true)
}

fn keep_strays(
    transaction: &Transaction<'_>,
    page: &AreaPage,
    record: RecordId,
    incoming: &[Incoming<'_>],
) -> Result<(), StoreError> {
    incoming.iter().try_for_each(|item| {
        let stray = Stray { area: page.area, record, kind: item.kind, seq: item.seq };
        strays::put(transaction, &stray, item.bytes)
    })
}
