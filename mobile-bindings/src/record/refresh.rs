//! What follows from the documents is worked out anew when the rules for it have changed, or a store
//! was brought over from an older version or a damaged file.

use super::{Summary, registers};
use crate::store::{Store, StoreError, Transaction, derived, records};

/// The version of [`Summary`]: another number where it says anything else of the same record.
const VERSION: i64 = 1;

/// Brings every record's summary up to the rules of this app, once.
pub(crate) fn refresh(store: &Store) -> Result<(), StoreError> {
    if store.read(derived::version)? == Some(VERSION) {
        return Ok(());
    }
    match store.write(all) {
        // The phone opens all the same, so that what is unsent can be sent; the next opening does it.
        Err(StoreError::Full) => Ok(()),
        outcome => outcome,
    }
}

fn all(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    for record in records::all(transaction)? {
        match registers(transaction, record) {
            Ok(Some(registers)) => {
                records::summarise(transaction, record, &Summary::of(&registers))?;
            }
            // A record that cannot be read stays as it is, until the server's copy comes.
            Ok(None) | Err(StoreError::Form(_)) => {}
            Err(error) => return Err(error),
        }
    }
    derived::note(transaction, VERSION)
}
