//! What the person no longer has goes from the phone: pushed first, then purged. Nothing goes while
//! a change or a photo of it is unsent and without a verdict.

use std::collections::HashSet;

use sync_protocol::ids::DeviceId;

use crate::error::CoreError;
use crate::record;
use crate::store::departures;
use crate::store::{Store, StoreError, Transaction, writers};

/// Deletes every area and every record that can go, in one transaction.
pub(crate) fn let_go(store: &Store, now: i64) -> Result<(), CoreError> {
    let idle = store.read(|connection| {
        let areas = departures::areas(connection)?;
        Ok::<_, CoreError>(areas.is_empty() && departures::records(connection)?.is_empty())
    })?;
    if idle {
        return Ok(());
    }
    store.write(|transaction| {
        for area in departures::areas(transaction)? {
            departures::let_area_go(transaction, area, now)?;
        }
        for (record, why) in departures::records(transaction)? {
            departures::let_record_go(transaction, record, why, now)?;
        }
        forget_writers(transaction)
    })?;
    Ok(store.settle()?)
}

/// Forgets the names of people who wrote nothing that is still here.
fn forget_writers(transaction: &Transaction<'_>) -> Result<(), CoreError> {
    let mut needed: HashSet<DeviceId> = HashSet::new();
    let all = record::each_registers(transaction, |_, registers| {
        needed.extend(registers.actors.keys().map(|actor| actor.device()));
    });
    match all {
        Ok(()) => Ok(writers::keep_only(transaction, &needed)?),
        // Who wrote a record that cannot be read is not known: everybody is kept.
        Err(StoreError::Form(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
