//! Whole documents: put together from what was saved and the log's tail, and brought up to date
//! behind the pushes by a keeper with a thread of its own. A push never waits for it; a pull that
//! comes before it puts the document together itself. In quiet minutes the keeper also gives up what
//! was held too long and finishes moves that were cut short.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use super::{expiry, moving};
use crate::auth::AreaScope;
use crate::clock::now_ms;
use crate::store::changes::Entry;
use crate::store::documents::StoredDocument;
use crate::store::{Db, Readable, Store, StoreError, changes, documents};

/// A pause in the pushes after which their documents are brought up to date.
const PAUSE: Duration = Duration::from_millis(300);

/// They are brought up to date after so long even if there is no pause.
const LONGEST: Duration = Duration::from_secs(5);

/// After so long without a push the keeper looks for changes that have been held too long.
const QUIET: Duration = Duration::from_secs(60);

/// How many documents the keeper brings up to date in one go: what they lack is in memory meanwhile,
/// twice, and may be 64 KiB a change.
const BATCH: i64 = 32;

/// The documents of these records as they stand now; those that do not exist are missing.
///
/// # Errors
/// Those of the database.
pub fn current(
    db: &mut Db,
    scope: AreaScope,
    ids: &[RecordId],
) -> Result<Readable<Document>, StoreError> {
    each(db, scope, ids, brought_together)
}

/// A whole document, saved.
pub(super) struct Whole {
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

/// These records' documents as they stand now, saved; those that do not exist are missing.
pub(super) fn whole(
    db: &mut Db,
    scope: AreaScope,
    ids: &[RecordId],
) -> Result<Readable<Whole>, StoreError> {
    each(db, scope, ids, |db, scope, stored, tails| {
        let bytes = bytes_of(db, scope, stored, tails)?;
        Ok(Whole { kind: stored.kind, bytes })
    })
}

/// What `read` makes of each of these records.
fn each<T>(
    db: &mut Db,
    scope: AreaScope,
    ids: &[RecordId],
    read: impl Fn(&mut Db, AreaScope, &StoredDocument, &mut Tails) -> Result<T, StoreError>,
) -> Result<Readable<T>, StoreError> {
    let mut readable = Readable::default();
    if ids.is_empty() {
        return Ok(readable);
    }
    let stored = documents::of_records(db, &scope, ids)?;
    let mut tails = tails(db, scope, &stored)?;
    for stored in &stored {
        let read = read(db, scope, stored, &mut tails);
        readable.add((scope.area(), stored.record), read)?;
    }
    Ok(readable)
}

/// The changes that documents do not have yet, by record, in order.
pub(super) type Tails = HashMap<RecordId, Vec<Entry>>;

/// A document's bytes: those that were saved if nothing came since.
pub(super) fn bytes_of(
    db: &mut Db,
    scope: AreaScope,
    stored: &StoredDocument,
    tails: &mut Tails,
) -> Result<Vec<u8>, StoreError> {
    match &stored.document {
        Some(bytes) if stored.document_seq >= stored.last_seq => Ok(bytes.clone()),
        _ => Ok(brought_together(db, scope, stored, tails)?.save()),
    }
}

/// The changes that these documents do not have yet, by record, in order.
pub(super) fn tails(
    db: &mut Db,
    scope: AreaScope,
    stored: &[StoredDocument],
) -> Result<Tails, StoreError> {
    let stale = stored.iter().filter(|stored| stored.document_seq < stored.last_seq);
    let ids: Vec<RecordId> = stale.clone().map(|stored| stored.record).collect();
    let mut tails = Tails::new();
    if ids.is_empty() {
        return Ok(tails);
    }
    let from = stale.map(|stored| stored.document_seq).min().unwrap_or_default();
    for entry in changes::tail(db, &scope, &ids, from)? {
        tails.entry(entry.record).or_default().push(entry);
    }
    Ok(tails)
}

/// A record's document: the saved one with its tail or, where that cannot be read, all of the log.
fn brought_together(
    db: &mut Db,
    scope: AreaScope,
    stored: &StoredDocument,
    tails: &mut Tails,
) -> Result<Document, StoreError> {
    let together = put_together(stored, tails);
    let Err(error) = together else { return together };
    tracing::warn!(area = %scope.area(), record = %stored.record, %error, "made anew from the log");
    let log = changes::of_records(db, &scope, &[stored.record])?;
    let corrupt = |_| StoreError::Corrupt("a record's log");
    let mut document = Document::genesis(stored.kind).map_err(corrupt)?;
    document.apply(log.iter().map(|entry| entry.bytes.as_slice())).map_err(corrupt)?;
    Ok(document)
}

/// The saved document with its tail applied.
fn put_together(stored: &StoredDocument, tails: &mut Tails) -> Result<Document, StoreError> {
    let corrupt = |_| StoreError::Corrupt("a record's document");
    let mut document = match &stored.document {
        Some(bytes) => Document::load(stored.kind, bytes).map_err(corrupt)?,
        None => Document::genesis(stored.kind).map_err(corrupt)?,
    };
    let tail = tails.remove(&stored.record).unwrap_or_default();
    let newer = tail.iter().filter(|entry| entry.seq > stored.document_seq);
    if newer.clone().any(|entry| !entry.opens) {
        return Err(StoreError::Sealed("a change of the log"));
    }
    document.apply(newer.map(|entry| entry.bytes.as_slice())).map_err(corrupt)?;
    Ok(document)
}

/// Brings documents up to date behind the pushes.
#[derive(Debug, Clone)]
pub struct Keeper {
    areas: Sender<AreaScope>,
}

impl Keeper {
    /// Starts the keeper's thread; it ends when the last handle is dropped.
    ///
    /// # Errors
    /// Those of the operating system, when it gives no thread.
    pub fn start(store: Store) -> std::io::Result<Self> {
        let (areas, waiting) = channel();
        thread::Builder::new().name("documents".into()).spawn(move || keep(&store, &waiting))?;
        Ok(Self { areas })
    }

    /// Says that an area has new changes.
    pub fn refresh(&self, scope: AreaScope) {
        // The thread is gone only when the server is going down.
        let _ = self.areas.send(scope);
    }
}

fn keep(store: &Store, waiting: &Receiver<AreaScope>) {
    finish_moves(store);
    loop {
        let first = match waiting.recv_timeout(QUIET) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => {
                give_up_old(store);
                finish_moves(store);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        for scope in gathered(first, waiting).into_values() {
            if let Err(error) = refresh_area(store, scope) {
                tracing::warn!(area = %scope.area(), %error, "documents stay behind for now");
            }
        }
    }
}

/// The areas that are pushed to until the pushes pause, or for a while if they do not: one rebuild
/// then does for several pushes, and the processors are left to those who wait for an answer.
fn gathered(first: AreaScope, waiting: &Receiver<AreaScope>) -> HashMap<AreaId, AreaScope> {
    let mut areas = HashMap::from([(first.area(), first)]);
    let begun = Instant::now();
    while begun.elapsed() < LONGEST {
        let Ok(next) = waiting.recv_timeout(PAUSE) else { break };
        areas.insert(next.area(), next);
    }
    areas
}

fn give_up_old(store: &Store) {
    match expiry::expire(store, now_ms()) {
        Ok(0) => {}
        Ok(number) => tracing::info!(number, "held changes waited too long and are in quarantine"),
        Err(error) => tracing::warn!(%error, "held changes are looked at again later"),
    }
}

fn finish_moves(store: &Store) {
    match moving::finish(store, now_ms()) {
        Ok(0) => {}
        Ok(number) => tracing::info!(number, "records that were under way have arrived"),
        Err(error) => tracing::warn!(%error, "records stay under way and are looked at again"),
    }
}

/// Brings every document of an area up to date that can be read.
///
/// # Errors
/// Those of the database.
pub fn refresh_area(store: &Store, scope: AreaScope) -> Result<(), StoreError> {
    let mut place = 0;
    loop {
        let mut fresh = Readable::default();
        let last = store.read(|db| {
            let stale = documents::stale(db, &scope, place, BATCH)?;
            let mut tails = tails(db, scope, &stale)?;
            for stored in &stale {
                let brought_up = brought_together(db, scope, stored, &mut tails)
                    .map(|mut document| (stored.last_seq, document.save()));
                fresh.add((scope.area(), stored.record), brought_up)?;
            }
            Ok(stale.last().map(|stored| stored.last_seq))
        })?;
        let Some(last) = last else { return Ok(()) };
        let fresh: Vec<_> =
            fresh.records.into_iter().map(|(id, (seq, bytes))| (id, seq, bytes)).collect();
        store.transaction(|db| documents::save(db, &scope, &fresh))?;
        place = last;
    }
}
