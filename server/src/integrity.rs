//! Whether what is stored is what phones wrote, and what to do when it is not: `verify` walks the
//! log and holds what stands beside it against it (`beside`), and `trail` the audit trail, `rebuild` makes everything else from it anew, `heads` and `compare` tell what a restored
//! backup has lost. It knows no SQL; rows come from the store.

mod beside;
pub mod compare;
pub mod erasure_list;
mod erasures;
pub mod fault;
pub mod heads;
mod hex;
mod moves;
pub mod rebuild;
mod replay;
mod signatures;
pub mod trail;
pub mod verify;

/// How many rows of the log are read at once: at most 64 KiB each.
const BATCH: i64 = 200;
