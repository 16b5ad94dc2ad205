//! End to end: the production server, a database for each test, phones over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping there"
)]

mod absences;
mod abuse;
mod bad_input;
mod badge;
mod beside_the_log;
mod claims;
mod configuration;
mod console;
mod devices;
mod docs;
mod duty;
mod erasure;
mod heads;
mod held;
mod hsm;
mod merge;
mod moving;
mod people;
mod permissions;
mod phone;
mod photos;
mod pitfalls;
mod pull;
mod push;
mod quarantine;
mod rebuild;
mod rescue;
mod residents;
mod restart;
mod restore;
mod schema;
mod scope;
mod sealed;
mod snapshot_law;
mod staff;
mod storm;
mod threads;
mod trail;
mod unreadable;
mod verify;
mod wake;
