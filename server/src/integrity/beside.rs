//! What stands beside an area's log: whether each record's registers and document are what its changes
//! make of them, and each waiting or refused change the one that it is named. Sealed values of one
//! record can be exchanged or set back by whoever writes to the database; this tells.
//!
//! Phones push meanwhile: what seems to differ is looked at again under the area's lock, alone.

use std::collections::BTreeMap;

use sync_protocol::document::Document;
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::keys;
use sync_protocol::records::Kind;

use super::BATCH;
use super::erasures::Erasures;
use super::fault::Fault;
use super::rebuild;
use super::replay::{Folded, Replay};
use crate::auth::AreaScope;
use crate::store::beside::{self, Aside, StoredRecord};
use crate::store::{Db, Store, StoreError, area_log, audit, erasures};

/// A fault, and its place where it is one of the log.
type Found = Option<(Option<u64>, Fault)>;

/// Every place that a log can have: PostgreSQL counts to the half.
const ALL: u64 = u64::MAX >> 1;

type Records = BTreeMap<RecordId, Folded>;

/// The first fault beside a log that was folded into these records.
pub(super) fn first_fault(
    store: &Store,
    scope: &AreaScope,
    mut folded: Records,
) -> Result<Found, StoreError> {
    let texts = store.read(|db| rebuild::fill_texts(db, scope, &mut folded))?;
    if let Err((seq, _)) = texts {
        // Records whose texts were not filled in are looked at again one by one, this one among them.
        let record = folded.iter().find(|(_, made)| made.last_seq == seq).map(|(id, _)| *id);
        if let Some(found) = record.map(|id| again(store, scope, id, false)).transpose()?.flatten()
        {
            return Ok(Some(found));
        }
    }
    let mut after = None;
    loop {
        let page = store.read(|db| beside::records(db, scope, after, BATCH))?;
        let Some(last) = page.last() else { break };
        after = Some(last.record);
        for stored in &page {
            let made = folded.remove(&stored.record);
            let good = made.is_some_and(|made| is_good(stored, &made));
            if let Some(found) = again(store, scope, stored.record, good)? {
                return Ok(Some(found));
            }
        }
    }
    for record in folded.into_keys() {
        if let Some(found) = again(store, scope, record, false)? {
            return Ok(Some(found));
        }
    }
    set_aside(store, scope)
}

/// Whether a record is what was folded, with a document that is up to date, or none.
fn is_good(stored: &StoredRecord, made: &Folded) -> bool {
    holds(stored, made)
        && match &stored.document {
            Some((seq, bytes)) => *seq == made.last_seq && has_heads(made, bytes.as_deref()),
            None => true,
        }
}

fn holds(stored: &StoredRecord, made: &Folded) -> bool {
    stored.kind == made.registers.kind.number()
        && stored.last_seq == made.last_seq
        && stored.registers.as_ref() == Some(&made.registers)
}

/// Whether a document ends with the changes that registers end with. One that cannot be opened is put
/// together from the log when it is wanted.
fn has_heads(made: &Folded, document: Option<&[u8]>) -> bool {
    let Some(bytes) = document else { return true };
    heads(made.registers.kind, bytes).is_some_and(|heads| heads == made.registers.heads)
}

fn heads(kind: Kind, document: &[u8]) -> Option<Vec<ChangeHash>> {
    Document::load(kind, document).ok().map(|mut document| document.heads())
}

/// Looks again at a record that did not seem good, while nobody writes to its area.
fn again(
    store: &Store,
    scope: &AreaScope,
    record: RecordId,
    good: bool,
) -> Result<Found, StoreError> {
    if good {
        return Ok(None);
    }
    store.transaction(|db| {
        area_log::lock(db, scope)?;
        let stored = beside::record(db, scope, record)?;
        let log = match folded(db, scope, record, ALL)? {
            Ok(log) => log,
            Err((seq, fault)) => return Ok(Some((Some(seq), fault))),
        };
        let of_record = |fault| Ok(Some((None, fault)));
        let (stored, made) = match (stored, log) {
            (None, None) => return Ok(None),
            (Some(stored), Some(made)) if holds(&stored, &made) => (stored, made),
            _ => return of_record(Fault::Record(record)),
        };
        let Some((seq, bytes)) = stored.document else { return Ok(None) };
        let then = match folded(db, scope, record, seq)? {
            Ok(Some(then)) if then.last_seq == seq => then,
            _ => return of_record(Fault::Document(record)),
        };
        if seq <= made.last_seq && has_heads(&then, bytes.as_deref()) {
            return Ok(None);
        }
        of_record(Fault::Document(record))
    })
}

/// A record as its own rows of the log make it, up to a place; nothing where it is not in the area.
fn folded(
    db: &mut Db,
    scope: &AreaScope,
    record: RecordId,
    up_to: u64,
) -> Result<Result<Option<Folded>, (u64, Fault)>, StoreError> {
    let mut replay = Replay::new(Erasures::of(erasures::all(db, scope)?));
    let rows = audit::rows_of(db, scope, record, up_to)?;
    if let Err(found) = replay.fold_record(&rows) {
        return Ok(Err(found));
    }
    let texts = rebuild::fill_texts(db, scope, &mut replay.records)?;
    Ok(texts.map(|()| replay.records.remove(&record)))
}

/// The first waiting or refused change that is not the one that it is named.
fn set_aside(store: &Store, scope: &AreaScope) -> Result<Found, StoreError> {
    for (aside, fault) in [
        (Aside::Held, Fault::Waiting as fn(RecordId) -> Fault),
        (Aside::Quarantine, Fault::Refused),
    ] {
        let mut after = None;
        loop {
            let page =
                store.read(|db| beside::set_aside(db, scope, aside, after.as_ref(), BATCH))?;
            let is_wrong = |change: &&beside::SetAside| {
                let name = change.bytes.as_deref().map(keys::change_name);
                name.is_none_or(|name| name.as_bytes() != change.hash)
            };
            if page.iter().any(|change| is_wrong(&change)) {
                // Its record may have been erased meanwhile.
                let page = store.transaction(|db| {
                    area_log::lock(db, scope)?;
                    beside::set_aside(db, scope, aside, after.as_ref(), BATCH)
                })?;
                if let Some(wrong) = page.iter().find(is_wrong) {
                    return Ok(Some((None, fault(wrong.record))));
                }
            }
            let Some(last) = page.into_iter().next_back() else { break };
            after = Some((last.record, last.hash));
        }
    }
    Ok(None)
}
