//! Makes records, projections, clashes and departures of an area anew from its log alone, with the functions that
//! a push uses, in one transaction under the area's lock. Documents are left to be put together
//! from the log. A damaged log rebuilds nothing.

use std::collections::{BTreeMap, HashMap};

use sync_protocol::document::{Document, effective};
use sync_protocol::ids::{AreaId, RecordId};

use super::BATCH;
use super::erasures::Erasures;
use super::fault::{Fault, Finding};
use super::replay::{Folded, Replay};
use crate::auth::{AreaScope, Operator};
use crate::store::moves::Departure;
use crate::store::projections::Projected;
use crate::store::records::NewState;
use crate::store::{
    Db, Store, StoreError, area_log, audit, blind_index, changes, clashes, documents, erasures,
    moves, projections, pushes, records,
};

/// How many records are written, or have their texts put together, at once.
const CHUNK: usize = 200;

/// What was made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Changes of the log.
    pub changes: u64,
    /// Records that they make.
    pub records: usize,
    /// Clashes, open and settled.
    pub clashes: usize,
}

/// Why nothing was rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The log is damaged.
    #[error("{0} The area was left as it is.")]
    Log(Finding),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Rebuilds an area; pushes to it wait meanwhile.
///
/// # Errors
/// [`RebuildError`]; then nothing was changed.
pub fn area(
    store: &Store,
    by: Operator,
    area: AreaId,
    mut progress: impl FnMut(u64, u64),
) -> Result<Rebuilt, RebuildError> {
    let scope = by.area(area);
    // A finding ends the transaction before anything is written.
    let rebuilt = store.transaction(|db| {
        let mut replay = Replay::new(Erasures::of(erasures::all(db, &scope)?));
        let mut folded = fold(db, &scope, &mut replay, &mut progress)?;
        if folded.is_ok() {
            folded = fill_texts(db, &scope, &mut replay.records)?;
        }
        match folded {
            Ok(()) => Ok(Ok(write(db, &scope, &replay)?)),
            Err((seq, fault)) => Ok(Err(Finding { area, seq, fault })),
        }
    })?;
    rebuilt.map_err(RebuildError::Log)
}

/// How it went: well, or what is wrong at which place.
pub(super) type Folding = Result<(), (u64, Fault)>;

/// Folds the whole log, under the area's lock.
fn fold(
    db: &mut Db,
    scope: &AreaScope,
    replay: &mut Replay,
    progress: &mut impl FnMut(u64, u64),
) -> Result<Folding, StoreError> {
    let head = area_log::lock(db, scope)?;
    while replay.place < head.seq {
        let rows = audit::rows(db, scope, replay.place, head.seq, BATCH)?;
        let named: Vec<_> = rows.iter().map(|row| row.push).collect();
        let pushes = pushes::find(db, scope, &named)?;
        let folded =
            if rows.is_empty() { Err(Fault::Missing) } else { replay.fold(&rows, &pushes) };
        if let Err(fault) = folded {
            return Ok(Err((replay.place + 1, fault)));
        }
        progress(replay.place, head.seq);
    }
    replay.end_commit();
    Ok(replay.gone_for_nothing().map_or(Ok(()), |seq| Err((seq, Fault::Gone))))
}

/// Sets the characters of texts, which only documents know.
pub(super) fn fill_texts(
    db: &mut Db,
    scope: &AreaScope,
    folded: &mut BTreeMap<RecordId, Folded>,
) -> Result<Folding, StoreError> {
    let with_texts = folded.iter().filter(|(_, record)| !record.registers.texts.is_empty());
    let ids: Vec<RecordId> = with_texts.map(|(id, _)| *id).collect();
    for ids in ids.chunks(CHUNK) {
        let mut logs: HashMap<RecordId, Vec<Vec<u8>>> = HashMap::new();
        for entry in changes::tail(db, scope, ids, 0)? {
            if let Some(record) = folded.get(&entry.record).filter(|_| !entry.opens) {
                return Ok(Err((record.last_seq, Fault::Sealed)));
            }
            logs.entry(entry.record).or_default().push(entry.bytes);
        }
        for (id, log) in logs {
            let Some(record) = folded.get_mut(&id) else { continue };
            let document = Document::genesis(record.registers.kind).and_then(|mut document| {
                document.apply(log.iter().map(Vec::as_slice))?;
                Ok(document)
            });
            match document {
                Ok(document) => document.fill_texts(&mut record.registers),
                Err(_) => return Ok(Err((record.last_seq, Fault::Unreadable))),
            }
        }
    }
    Ok(Ok(()))
}

fn write(db: &mut Db, scope: &AreaScope, replay: &Replay) -> Result<Rebuilt, StoreError> {
    records::clear(db, scope)?;
    documents::clear(db, scope)?;
    projections::clear(db, scope)?;
    let folded: Vec<(&RecordId, &Folded)> = replay.records.iter().collect();
    for chunk in folded.chunks(CHUNK) {
        let states: Vec<NewState<'_>> =
            chunk.iter().map(|(id, record)| state(**id, record)).collect();
        records::upsert(db, scope, &states)?;
        let projected: Vec<Projected<'_>> =
            chunk.iter().map(|(id, record)| projected(**id, record)).collect();
        projections::write(db, scope, &projected)?;
    }
    blind_index::write_anew(db, scope)?;
    clashes::replace(db, scope, &replay.clashes)?;
    let left: Vec<Departure> = replay.left.values().copied().collect();
    moves::replace(db, scope, &left)?;
    erasures::replace(db, scope, &replay.erased)?;
    Ok(Rebuilt {
        changes: replay.place,
        records: replay.records.len(),
        clashes: replay.clashes.len(),
    })
}

fn state(record: RecordId, folded: &Folded) -> NewState<'_> {
    NewState { record, last_seq: folded.last_seq, registers: &folded.registers }
}

fn projected(record: RecordId, folded: &Folded) -> Projected<'_> {
    let opened = effective::opened_by(&folded.registers);
    Projected {
        record,
        seq: folded.last_seq,
        author: opened.map_or(folded.device, |stamp| stamp.actor.device()),
        received_at: folded.received_at,
        registers: &folded.registers,
    }
}
