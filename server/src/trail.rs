//! The audit trail: who saw or changed what, when, from where and why. What is done and its entry
//! are committed together or not at all ([`note`]); what has no transaction is noted by itself
//! ([`note_apart`]), and refused requests on their way out, in one place ([`denials`]). Entries form one hash chain for the district ([`chain`]); docs/audit.md says what is
//! noted and how somebody else verifies an export. It knows neither HTTP nor SQL.
//!
//! Whoever adds an entry holds the chain's head until the transaction ends, so [`note`] is called last
//! in it, after every other lock was taken. Phones' pushes add none: the areas' own logs, chained and
//! signed, are their trail.

pub mod act;
pub mod actor;
pub mod chain;
pub mod denials;
pub mod entry;
pub mod export;
pub mod reading;
pub mod reason;

pub use act::Act;
pub use actor::{About, Actor};
pub use entry::{Entry, Origin};

use crate::store::trail::{self, Kept};
use crate::store::{Db, Store, StoreError};

/// Adds an entry in the transaction of what was done; answers its place.
///
/// # Errors
/// Those of the database.
pub fn note(db: &mut Db, entry: &Entry) -> Result<u64, StoreError> {
    let head = trail::lock(db)?;
    let mut kept: Kept = entry.kept(head.place + 1);
    kept.chain = chain::next(&head.chain, &kept).to_vec();
    trail::append(db, &kept)?;
    Ok(kept.place)
}

/// Adds an entry in a transaction of its own, for what has none.
///
/// # Errors
/// Those of the database.
pub fn note_apart(store: &Store, entry: &Entry) -> Result<u64, StoreError> {
    store.transaction(|db| note(db, entry))
}
