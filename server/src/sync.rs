//! The engine: what a phone pushed is judged and merged before the area's lock, committed inside it,
//! and answered with what is new. It knows no HTTP; SQL is the store's.

mod bench;
mod budget;
mod commit;
pub mod documents;
mod erased;
pub mod erasure;
mod exchange;
pub mod expiry;
mod facts;
mod late;
pub mod moving;
mod office;
mod portions;
mod prepare;
mod pull;
mod push;
pub mod quarantine;
mod snapshots;
mod unreadable;
pub mod wake;
mod withheld;
pub mod writers;

pub use exchange::exchange;
pub(crate) use push::{push, push_into};

use std::collections::BTreeSet;

use sync_protocol::codes::Code;
use sync_protocol::ids::{RecordId, ServerEpoch};

use crate::store::{Store, StoreError};
use documents::Keeper;
use wake::Wake;
use writers::Writers;

/// What the engine works with.
#[derive(Debug, Clone)]
pub struct Engine {
    /// The database.
    pub store: Store,
    /// This life of the database.
    pub server_epoch: ServerEpoch,
    /// Brings documents up to date behind the pushes.
    pub keeper: Keeper,
    /// Wakes phones that wait for news.
    pub wake: Wake,
    /// Who writes with which device.
    pub writers: Writers,
}

/// Why a whole request was not answered. Nothing was changed, or what was is committed and a
/// repeated request gets the same verdicts.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The request breaks a rule.
    #[error("the request was refused: {}", .0.code)]
    Refused(&'static Code),
    /// Records that the request is about cannot be read.
    #[error("{} records cannot be read: `doorstep verify` says more", .0.len())]
    Unreadable(BTreeSet<RecordId>),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}
