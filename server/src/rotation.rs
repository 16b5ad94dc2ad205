//! Changing the data key or the index's key while servers run: a new one is made, everything is put
//! under it, and the old one is destroyed. It can be cut short anywhere and begun again.

use crate::auth::Operator;
use crate::store::{
    Db, Store, StoreError, area_log, blind_index, data_keys, lookups, photo_keys, presence,
    record_keys, values,
};
use crate::vault::{KeyNumber, Purpose, WrappedKey};

/// Keys that are wrapped anew in one transaction.
const BATCH: i64 = 1_000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// The data key in use.
    pub key: KeyNumber,
    /// Record keys that were wrapped anew.
    pub records: usize,
    /// Photo keys that were wrapped anew.
    pub photos: usize,
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
    let (mut records, mut photos) = (0, 0);
    for old in store.read(|db| old_keys(db, Purpose::Data))? {
        // A server that does not know the new key yet may have made some with the old one meanwhile.
        while store.read(|db| uses(db, old))? > 0 {
            records += store.transaction(|db| record_keys::rewrap(db, BATCH))?;
            photos += store.transaction(|db| photo_keys::rewrap(db, BATCH))?;
            progress(records + photos, all.max(records + photos));
        }
        store.transaction(|db| {
            data_keys::destroy(db, old)?;
            values::seal_anew(db)
        })?;
    }
    store.read(data_keys::check)?;
    Ok(Rotated { key, records, photos })
}

/// How many keys a data key wraps.
fn uses(db: &mut Db, key: KeyNumber) -> Result<i64, StoreError> {
    Ok(data_keys::uses(db, key)? + photo_keys::uses(db, key)?)
}

/// Changes the key of the index by which people are found: each area's tokens are made anew, its pushes
/// wait meanwhile, and people are found throughout; logins sign in throughout. `progress` hears how many records are done, and of
/// how many. Answers the key in use.
///
/// # Errors
/// [`crate::store::KeyProblem::OtherMaster`] while a server runs that could not open the new key;
/// those of the database; what was done until then is not done again.
pub fn rotate_index(
    store: &Store,
    by: Operator,
    now_ms: i64,
    mut progress: impl FnMut(usize, usize),
) -> Result<KeyNumber, StoreError> {
    let key = store.transaction(|db| begin(db, Purpose::Index, now_ms))?;
    for old in store.read(|db| old_keys(db, Purpose::Index))? {
        let all = store.read(|db| blind_index::uses(db, old))?.0;
        // A server that does not know the new key yet may have written some with the old one meanwhile.
        while let (left, Some(area)) = store.read(|db| blind_index::uses(db, old))? {
            progress(records(all - left), records(all));
            let scope = by.area(area);
            store.transaction(|db| {
                area_log::lock(db, &scope)?;
                blind_index::write_anew(db, &scope)
            })?;
        }
        progress(records(all), records(all));
        store.transaction(|db| {
            data_keys::destroy(db, old)?;
            lookups::write_anew(db)
        })?;
    }
    store.read(data_keys::check)?;
    Ok(key)
}

fn records(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
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
