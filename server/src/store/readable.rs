//! What can be read of some records. One whose key or value does not open is left out and named in the
//! log of the server: it holds no other up.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::ids::{AreaId, RecordId};

use super::StoreError;

/// What of each record could be read.
#[derive(Debug)]
pub struct Readable<T> {
    /// What was read.
    pub records: HashMap<RecordId, T>,
    /// Those that are there and cannot be read.
    pub unreadable: BTreeSet<RecordId>,
}

impl<T> Default for Readable<T> {
    fn default() -> Self {
        Self { records: HashMap::new(), unreadable: BTreeSet::new() }
    }
}

impl<T> Readable<T> {
    /// Puts a record where it belongs.
    ///
    /// # Errors
    /// What is not about this record alone.
    pub fn add(
        &mut self,
        (area, record): (AreaId, RecordId),
        read: Result<T, StoreError>,
    ) -> Result<(), StoreError> {
        match read {
            Ok(read) => {
                self.records.insert(record, read);
            }
            Err(error) if error.is_of_one() => {
                tracing::error!(%area, %record, %error, "left out; `doorstep verify` says more");
                self.unreadable.insert(record);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
