//! Changing the data key while servers run: a new one is made, the key of every record and photo and
//! every value of the district is put under it, and the old one is destroyed. It can be cut short
//! anywhere and begun again.

use crate::store::{Db, Store, StoreError, data_keys, photo_keys, record_keys, values};
use crate::vault::{KeyNumber, Purpose};

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
/// Those of the database; what was done until then is not done again.
pub fn rotate(
    store: &Store,
    now_ms: i64,
    mut progress: impl FnMut(usize, usize),
) -> Result<Rotated, StoreError> {
    let key = store.transaction(|db| match old_keys(&data_keys::all(db)?).as_slice() {
        [] => data_keys::add(db, now_ms),
        // One was begun and cut short.
        _ => newest(&data_keys::all(db)?),
    })?;
    let all = store.read(|db| Ok(record_keys::count(db)? + photo_keys::count(db)?))?;
    let all = usize::try_from(all).unwrap_or_default();
    let (mut records, mut photos) = (0, 0);
    for old in old_keys(&store.read(data_keys::all)?) {
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

/// Data keys that are not in use any more.
fn old_keys(keys: &[crate::vault::WrappedKey]) -> Vec<KeyNumber> {
    let of_data = keys.iter().filter(|key| key.purpose == Purpose::Data);
    let mut numbers: Vec<KeyNumber> = of_data.map(|key| key.number).collect();
    numbers.pop();
    numbers
}

fn newest(keys: &[crate::vault::WrappedKey]) -> Result<KeyNumber, StoreError> {
    let of_data = keys.iter().filter(|key| key.purpose == Purpose::Data);
    of_data.map(|key| key.number).max().ok_or(StoreError::Corrupt("the data keys"))
}
