//! Erasing a record for good: in every area that has anything of it, its values go and its key is
//! destroyed, in one transaction under the area's lock. The log keeps the names of its changes and says
//! that it was erased, so that the chain holds and phones hear of it.
//!
//! Who may ask for it, and who agrees, is not decided here: whoever calls brings the proof.

use std::collections::BTreeSet;

use sync_protocol::chain::{self, Link};
use sync_protocol::document::change::Action;
use sync_protocol::entries::{self, Erased, ServerEntry, Terms};
use sync_protocol::ids::{AreaId, BlobId, RecordId};
use sync_protocol::judge;
use sync_protocol::records::{FieldType, Kind, Value};

use super::{Engine, moving};
use crate::auth::AreaScope;
use crate::auth::erasing::MayErase;
use crate::store::changes::{self, NewEntry};
use crate::store::erasures::{self, Erasure};
use crate::store::{Db, StoreError, area_log, held, move_entries, projections, quarantine};
use crate::trail::{self, Entry};

/// Erases a record; answers the areas that had something of it. The entry of the trail is committed with
/// it in each of them. To erase what is erased already changes nothing, and nothing is noted.
///
/// # Errors
/// Those of the database; what was done until then is not done again.
pub fn erase(
    engine: &Engine,
    may: MayErase,
    terms: Terms,
    (note, now_ms): (&Entry, i64),
) -> Result<Vec<AreaId>, StoreError> {
    let record = may.record();
    moving::finish_one(&engine.store, record, now_ms)?;
    let areas = engine.store.read(|db| erasures::areas_with(db, record))?;
    let photos = engine.store.read(|db| photos_of(db, may, &areas))?;
    let mut erased = Vec::new();
    for area in areas {
        let scope = may.area(area);
        let erased_here = engine.store.transaction(|db| {
            let erased = in_area(db, &scope, (record, &photos), terms, now_ms)?;
            if erased {
                // The chain's head is the last lock that is taken.
                trail::note(db, &note.clone().area(area).record(record))?;
            }
            Ok(erased)
        })?;
        if erased_here {
            erased.push(area);
        }
    }
    engine.wake.up();
    Ok(erased)
}

/// Every picture that a change of the record names, wherever it is. What does not open names none: with its
/// key destroyed nobody will ever read it.
fn photos_of(db: &mut Db, may: MayErase, areas: &[AreaId]) -> Result<BTreeSet<BlobId>, StoreError> {
    let (record, mut photos) = (may.record(), BTreeSet::new());
    for area in areas {
        let scope = may.area(*area);
        for logged in changes::tail(db, &scope, &[record], 0)? {
            photos.extend(named(logged.kind, &logged.bytes));
        }
        for kept in quarantine::of_record(db, &scope, record)? {
            photos.extend(named(kept.kind, &kept.bytes));
        }
        for held in held::of_records(db, &scope, &[record])? {
            photos.extend(named(held.change.kind, &held.change.bytes));
        }
    }
    Ok(photos)
}

/// The pictures that a change names; none where it cannot be read.
fn named(kind: Kind, bytes: &[u8]) -> Vec<BlobId> {
    let Ok(change) = judge::read(bytes, kind) else { return Vec::new() };
    let puts = change.operations.iter().filter_map(|operation| match &operation.action {
        Action::Put(key, value) => Some((key, value)),
        _ => None,
    });
    puts.filter_map(|(key, value)| {
        if let Some(segment) = key.strip_prefix("photo.") {
            return segment.split('.').next()?.parse().ok();
        }
        let (field, _) = kind.field(key)?;
        match (field.kind, value) {
            (FieldType::Blob, Value::Text(hash)) => hash.parse().ok(),
            _ => None,
        }
    })
    .collect()
}

/// Whether there was anything to erase in this area.
fn in_area(
    db: &mut Db,
    scope: &AreaScope,
    (record, photos): (RecordId, &BTreeSet<BlobId>),
    terms: Terms,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let head = area_log::lock(db, scope)?;
    if !erasures::areas_with(db, record)?.contains(&scope.area()) {
        return Ok(false);
    }
    for kind in Kind::ALL {
        projections::remove(db, scope, kind, record)?;
    }
    erasures::take_out(db, scope, record)?;
    for photo in photos {
        erasures::mark_photo(db, scope, record, *photo)?;
    }
    log(db, scope, head, (record, terms), now_ms)?;
    Ok(true)
}

/// Logs and notes the erasure. The lock must be held.
fn log(
    db: &mut Db,
    scope: &AreaScope,
    head: area_log::Head,
    (record, terms): (RecordId, Terms),
    now_ms: i64,
) -> Result<(), StoreError> {
    let (area, seq) = (scope.area(), head.seq + 1);
    let entry = ServerEntry::Erased(Erased { area, seq, record, terms: Some(terms) });
    let hash = entry.name();
    let link = Link { seq, record, change: hash, device: entries::DEVICE, received_at: now_ms };
    let chain = chain::next(&head.chain, &link);
    let row = NewEntry {
        seq,
        record,
        // What it was is not kept either.
        kind: Kind::Premises,
        hash,
        max_op: 0,
        device: entries::DEVICE,
        push: entries::PUSH,
        chain,
        bytes: entry.to_bytes(),
    };
    move_entries::insert(db, scope, &[(row, now_ms)])?;
    area_log::advance(db, scope, seq, &chain)?;
    let Terms { at, cause } = terms;
    erasures::insert(db, scope, &Erasure { record, seq, at, cause })
}
