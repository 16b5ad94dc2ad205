//! The phone core: an encrypted store, edits that are checked and kept before anything is sent, an
//! outbox, the sync with the server and the photos. Kotlin, Swift and Python see [`client`] through
//! uniffi; `phone` is the same on a command line.
//!
//! Flow: `client -> editing -> document (shared, pure) -> store`, and `sync -> transport`.

pub mod client;
mod clock;
mod codes;
mod due;
mod editing;
mod error;
mod finding;
mod keys;
mod outbox;
mod photos;
mod record;
mod recovery;
mod rescue;
mod store;
mod sync;
mod transport;

#[cfg(test)]
mod testing;

uniffi::setup_scaffolding!("doorstep");
