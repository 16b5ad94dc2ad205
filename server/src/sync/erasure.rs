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
    Order { engine, may, terms, note, now_ms }.everywhere_but(Vec::new(), |_, _| Ok(true))
}

/// Erases a record as [`erase`] does, if it still is what it goes for: that is asked in an area that has
/// it, under its lock. If it is not, nothing is erased anywhere.
///
/// # Errors
/// As [`erase`].
pub fn erase_if(
    engine: &Engine,
    may: MayErase,
    terms: Terms,
    (note, now_ms): (&Entry, i64),
    (area, still): (AreaId, impl Fn(&mut Db) -> Result<bool, StoreError>),
) -> Result<Vec<AreaId>, StoreError> {
    let order = Order { engine, may, terms, note, now_ms };
    moving::finish_one(&engine.store, may.record(), now_ms)?;
    let photos = order.photos()?;
    match order.in_area(area, &photos, |db, had| Ok(had && still(db)?))? {
        Found::Something => {
            Ok([vec![area], order.everywhere_but(vec![area], |_, _| Ok(true))?].concat())
        }
        Found::Nothing | Found::Spared => Ok(Vec::new()),
    }
}

/// Erases a record again in a restored database, wherever that does not know of it: what an area has that
/// knows of it was written since. The area that had erased it, if it is there, hears of it though it has
/// nothing of the record: a phone that was away may bring it.
///
/// # Errors
/// As [`erase`].
pub fn erase_again(
    engine: &Engine,
    may: MayErase,
    terms: Terms,
    (note, now_ms): (&Entry, i64),
    area: Option<AreaId>,
) -> Result<Vec<AreaId>, StoreError> {
    let order = Order { engine, may, terms, note, now_ms };
    let is_news = |db: &mut Db, area| {
        let known = erasures::find(db, area, &[may.record()])?;
        Ok(known.get(&may.record()).is_none_or(|known| known.at < terms.at))
    };
    let Some(area) = area else { return order.everywhere_but(Vec::new(), is_news) };
    if !engine.store.read(|db| is_news(db, area))? {
        return Ok(Vec::new());
    }
    moving::finish_one(&engine.store, may.record(), now_ms)?;
    let photos = order.photos()?;
    let found = order.in_area(area, &photos, |db, _| is_news(db, area))?;
    let mut erased = order.everywhere_but(vec![area], is_news)?;
    erased.extend(matches!(found, Found::Something).then_some(area));
    Ok(erased)
}

/// What is to be erased, from when and why, and the entry of the trail.
struct Order<'o> {
    engine: &'o Engine,
    may: MayErase,
    terms: Terms,
    note: &'o Entry,
    now_ms: i64,
}

/// What there was in an area.
enum Found {
    /// Something, which is erased.
    Something,
    /// Nothing, and the area knows now that nothing shall be.
    Nothing,
    /// It was not to go: nothing was changed.
    Spared,
}

impl Order<'_> {
    /// Erases what areas have of the record, until none has anything: one that was under way may have
    /// arrived meanwhile. What an area has that was `done` was written since. Answers where something was.
    fn everywhere_but(
        &self,
        mut done: Vec<AreaId>,
        may_go: impl Fn(&mut Db, AreaId) -> Result<bool, StoreError>,
    ) -> Result<Vec<AreaId>, StoreError> {
        let Self { engine, may, now_ms, .. } = *self;
        let mut erased = Vec::new();
        loop {
            // One that is under way would come out of the old area's log again.
            moving::finish_one(&engine.store, may.record(), now_ms)?;
            let mut areas = engine.store.read(|db| erasures::areas_with(db, may.record()))?;
            areas.retain(|area| !done.contains(area));
            if areas.is_empty() {
                engine.wake.up();
                return Ok(erased);
            }
            let photos = self.photos()?;
            for area in areas {
                let found = self.in_area(area, &photos, |db, had| Ok(had && may_go(db, area)?))?;
                erased.extend(matches!(found, Found::Something).then_some(area));
                done.push(area);
            }
        }
    }

    /// Every picture that a change of the record names, wherever it is.
    fn photos(&self) -> Result<BTreeSet<BlobId>, StoreError> {
        self.engine.store.read(|db| {
            let areas = erasures::areas_with(db, self.may.record())?;
            photos_of(db, self.may, &areas)
        })
    }

    /// Erases the record in one area, if it is to go: that is told whether there is anything of it.
    fn in_area(
        &self,
        area: AreaId,
        photos: &BTreeSet<BlobId>,
        is_to_go: impl Fn(&mut Db, bool) -> Result<bool, StoreError>,
    ) -> Result<Found, StoreError> {
        let (record, scope) = (self.may.record(), self.may.area(area));
        self.engine.store.transaction(|db| {
            let head = area_log::lock(db, &scope)?;
            let had = erasures::areas_with(db, record)?.contains(&area);
            if !is_to_go(db, had)? {
                return Ok(Found::Spared);
            }
            // What was written of it until now may name more than was known before.
            let named = photos_of(db, self.may, &[area])?;
            for kind in Kind::ALL {
                projections::remove(db, &scope, kind, record)?;
            }
            erasures::take_out(db, &scope, record)?;
            for photo in photos.union(&named) {
                erasures::mark_photo(db, &scope, record, *photo)?;
            }
            log(db, &scope, head, (record, self.terms), self.now_ms)?;
            // The chain's head is the last lock that is taken.
            trail::note(db, &self.note.clone().area(area).record(record))?;
            Ok(if had { Found::Something } else { Found::Nothing })
        })
    }
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
