//! End to end: the production server, a database for each test, phones over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping there"
)]

mod abuse;
mod bad_input;
mod badge;
mod claims;
mod configuration;
mod console;
mod docs;
mod heads;
mod held;
mod hsm;
mod merge;
mod moving;
mod people;
mod phone;
mod photos;
mod pitfalls;
mod pull;
mod push;
mod quarantine;
mod rebuild;
mod rescue;
mod restart;
mod restore;
mod schema;
mod scope;
mod sealed;
mod snapshot_law;
mod storm;
mod threads;
mod verify;
mod wake;
