//! The harness: an isolated database for each test, the production server on a port of its own, and
//! phones: the real core, or a bare one that can send anything.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up shall stop where it stands"
)]

pub mod bare_phone;
pub mod database;
pub mod erasing;
pub mod gate;
pub mod handset;
pub mod history;
pub mod mirror;
pub mod outcomes;
pub mod pictures;
pub mod programs;
pub mod proxy;
pub mod raw;
pub mod rogue;
pub mod served;
pub mod world;

pub use bare_phone::BarePhone;
pub use database::TestDatabase;
pub use gate::Gate;
pub use handset::Handset;
pub use world::World;
