//! The vectors of docs/vectors/ against the code and against docs/protocol.cddl: whoever changes
//! what the protocol says, or what it does, hears of it here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping there"
)]

#[path = "vectors/changes.rs"]
mod changes;
#[path = "vectors/files.rs"]
mod files;
#[path = "vectors/hashes.rs"]
mod hashes;
#[path = "vectors/items.rs"]
mod items;
#[path = "../examples/vectors/all.rs"]
mod made;
#[path = "vectors/messages.rs"]
mod messages;
#[path = "vectors/pages.rs"]
mod pages;
#[path = "vectors/rescue.rs"]
mod rescue;
#[path = "vectors/schema.rs"]
mod schema;
