//! Changing the data key or the index's key while servers run: a new one is made, everything is put
//! under it, and the old one is destroyed. It can be cut short anywhere and begun again. What does not
//! open keeps nothing else: it is named, and the old key is kept for it until the next time.

use std::collections::BTreeSet;
use std::fmt;

use sync_protocol::ids::{AreaId, BlobId, RecordId};

use crate::auth::Operator;
use crate::store::{
    Db, Store, StoreError, area_log, blind_index, data_keys, lookups, photo_keys, presence,
    record_keys, values,
};
use crate::vault::{KeyNumber, Purpose, WrappedKey};

/// Keys that are wrapped anew in one transaction.
const BATCH: i64 = 1_000;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The data key in use.
    pub key: KeyNumber,
    /// Record keys that were wrapped anew.
    pub records: usize,
    /// Photo keys that were wrapped anew.
    pub photos: usize,
    /// What does not open, and lies under an old key still.
    pub left: Vec<Left>,
}

/// Something that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// The key of a record.
    Record(AreaId, RecordId),
    /// The key of a photo.
    Photo(AreaId, BlobId),
    /// A record that is found by the old key.
    Found(AreaId, RecordId),
    /// So many values of a column of the district's.
    Values(String, usize),
    /// What is looked up whole.
    Lookup(String),
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(area, record) => {
                write!(f, "area {area}, record {record}: its key cannot be opened")
            }
            Self::Photo(area, photo) => {
                write!(f, "area {area}, photo {photo}: its key cannot be opened")
            }
            Self::Found(area, record) => {
                write!(f, "area {area}, record {record}: it cannot be read, and is found as before")
            }
            Self::Values(column, number) => {
                write!(f, "{column}: {number} of its values cannot be opened")
            }
            Self::Lookup(words) => f.write_str(words),
        }
    }
}

/// Changes the data key; `progress` hears how many keys are done, and of how many.
///
/// # Errors
/// [`crate::store::KeyProblem::OtherMaster`] while a server runs that could not open the new key;
/// those of the database; what was done until then is not done again.
pub fn rotate(
    store: &Store,
    now_ms: i64,
    mut progress: impl FnMut(usize, usize),
) -> Result<Rotated, StoreError> {
    let key = store.transaction(|db| begin(db, Purpose::Data, now_ms))?;
    let all = store.read(|db| Ok(record_keys::count(db)? + photo_keys::count(db)?))?;
    let all = usize::try_from(all).unwrap_or_default();
    let (mut records, mut photos, mut left) = (0, 0, Vec::new());
    for old in store.read(|db| old_keys(db, Purpose::Data))? {
        // A server that does not know the new key yet may have made some with the old one meanwhile.
        loop {
            let of_records = store.transaction(|db| record_keys::rewrap(db, BATCH))?;
            let of_photos = store.transaction(|db| photo_keys::rewrap(db, BATCH))?;
            (records, photos) = (records + of_records, photos + of_photos);
            progress(records + photos, all.max(records + photos));
            if of_records + of_photos == 0 {
                break;
            }
        }
        left.extend(store.transaction(|db| end(db, old))?);
    }
    left.dedup();
    store.read(data_keys::check)?;
    Ok(Rotated { key, records, photos, left })
}

/// Destroys an old data key, unless something does not open: that is answered, and lies under it still.
fn end(db: &mut Db, old: KeyNumber) -> Result<Vec<Left>, StoreError> {
    data_keys::close(db, old)?;
    // What came until it was closed.
    while record_keys::rewrap(db, BATCH)? + photo_keys::rewrap(db, BATCH)? > 0 {}
    let records = record_keys::under(db, old)?.into_iter();
    let photos = photo_keys::under(db, old)?.into_iter();
    let values = values::seal_anew(db)?.into_iter();
    let left: Vec<Left> = records
        .map(|(area, record)| Left::Record(area, record))
        .chain(photos.map(|(area, photo)| Left::Photo(area, photo)))
        .chain(values.map(|(column, number)| Left::Values(column, number)))
        .collect();
    if left.is_empty() {
        data_keys::destroy(db, old)?;
    }
    Ok(left)
}

/// Changes the key of the index by which people are found: each area's tokens are made anew, its pushes
/// wait meanwhile, and people are found throughout; logins sign in throughout. `progress` hears how many
/// records are done, and of how many. Answers the key in use, and what lies under an old one still.
///
/// # Errors
/// [`crate::store::KeyProblem::OtherMaster`] while a server runs that could not open the new key;
/// those of the database; what was done until then is not done again.
pub fn rotate_index(
    store: &Store,
    by: Operator,
    now_ms: i64,
    mut progress: impl FnMut(usize, usize),
) -> Result<(KeyNumber, Vec<Left>), StoreError> {
    let key = store.transaction(|db| begin(db, Purpose::Index, now_ms))?;
    let mut left = Vec::new();
    for old in store.read(|db| old_keys(db, Purpose::Index))? {
        let all = store.read(|db| blind_index::under(db, old))?;
        let (mut found, mut done) = (all.clone(), BTreeSet::new());
        // A server that does not know the new key yet may have written some with the old one meanwhile.
        while let Some(area) = next_area(&found, &mut done) {
            progress(all.len().saturating_sub(found.len()), all.len());
            let scope = by.area(area);
            store.transaction(|db| {
                area_log::lock(db, &scope)?;
                blind_index::write_anew(db, &scope)
            })?;
            found = store.read(|db| blind_index::under(db, old))?;
        }
        progress(all.len(), all.len());
        left.extend(end_index(store, old)?);
    }
    store.read(data_keys::check)?;
    Ok((key, left))
}

/// The next area that has records of these. Each is written anew once: what of it is left then does not
/// open.
fn next_area(found: &[(AreaId, RecordId)], done: &mut BTreeSet<AreaId>) -> Option<AreaId> {
    found.iter().map(|(area, _)| *area).find(|area| done.insert(*area))
}

/// Destroys an old key of the index, unless something does not open: that is answered.
fn end_index(store: &Store, old: KeyNumber) -> Result<Vec<Left>, StoreError> {
    let found = store.read(|db| blind_index::under(db, old))?;
    if !found.is_empty() {
        return Ok(found.into_iter().map(|(area, record)| Left::Found(area, record)).collect());
    }
    let ended = store.transaction(|db| {
        data_keys::destroy(db, old)?;
        lookups::write_anew(db)
    });
    match ended {
        Ok(()) => Ok(Vec::new()),
        Err(error) if error.is_of_one() => Ok(vec![Left::Lookup(error.to_string())]),
        Err(error) => Err(error),
    }
}

/// The key to go on with: a new one, or that of a change that was cut short.
fn begin(db: &mut Db, purpose: Purpose, now_ms: i64) -> Result<KeyNumber, StoreError> {
    presence::all_run_under_the_master(db)?;
    let numbers = numbers(db, purpose)?;
    match numbers.as_slice() {
        [_, .., newest] => Ok(*newest),
        _ => data_keys::add(db, purpose, now_ms),
    }
}

/// Keys of a purpose that are not in use any more.
fn old_keys(db: &mut Db, purpose: Purpose) -> Result<Vec<KeyNumber>, StoreError> {
    let mut numbers = numbers(db, purpose)?;
    numbers.pop();
    Ok(numbers)
}

fn numbers(db: &mut Db, purpose: Purpose) -> Result<Vec<KeyNumber>, StoreError> {
    let all = data_keys::all(db)?.into_iter();
    Ok(all.filter(|key: &WrappedKey| key.purpose == purpose).map(|key| key.number).collect())
}
