//! Opening the store whatever has become of its file: a damaged one is set aside, and what came over
//! from it is put in order, so that it is sent, and shown once the server has sent it back. It must
//! not know SQL, HTTP or FFI.

use std::collections::HashMap;
use std::path::Path;

use sync_protocol::ids::RecordId;

use crate::error::CoreError;
use crate::record::{self, LocalRecord, RecordError};
use crate::store::changes::{self, Unaccepted};
use crate::store::{Store, StoreError, StoreKey, Transaction, records};

/// Opens the store in a file, or makes it. `now` is in milliseconds since 1970 UTC.
pub(crate) fn open(path: &Path, key: &StoreKey, now: i64) -> Result<Store, CoreError> {
    let opened = Store::open(path, key).and_then(|store| store.check(now).map(|()| store));
    let store = match opened {
        Err(StoreError::Damaged) => {
            Store::set_aside(path, key, now, sort)?;
            Store::open(path, key)?
        }
        opened => opened?,
    };
    record::refresh(&store)?;
    Ok(store)
}

/// Takes out records that cannot be read: the server sends them anew. Of the phone's own work that
/// is not in a record any more, the record is noted to be without it, until the server has it.
fn sort(transaction: &Transaction<'_>) -> Result<(), CoreError> {
    let mut open: HashMap<RecordId, Vec<Unaccepted>> = HashMap::new();
    for record in changes::open_by_record(transaction)?.into_keys() {
        open.insert(record, changes::unaccepted_of(transaction, record)?);
    }
    for record in records::all(transaction)? {
        match LocalRecord::load(transaction, record) {
            Ok(Some(mut local)) => {
                if let Some(work) = open.get_mut(&record) {
                    work.retain(|change| !local.document.has(&change.hash));
                }
            }
            Ok(None) => {}
            Err(RecordError::Document(_) | RecordError::Store(StoreError::Form(_))) => {
                records::remove(transaction, record)?;
            }
            Err(RecordError::Store(error)) => return Err(error.into()),
        }
    }
    let mut lacking = open.values().flatten();
    lacking.try_for_each(|change| changes::set_apart(transaction, change.no))?;
    Ok(())
}
