//! Finds PostgreSQL's programs and runs a private cluster for the demonstration and the tests.
//!
//! Owns: where the programs are, as whom they run, the cluster's folder, its start, its stop and
//! what a killed run left behind. Must not know: what is kept in the database (that is `store`).
//!
//! A private cluster answers on a Unix socket in a folder of its own that only its user (and root)
//! can enter; it has no TCP listener, so it needs no port and no password. Its folder holds:
//!
//! | | |
//! |---|---|
//! | `data/` | PostgreSQL's data folder |
//! | `server.log` | what the server said since its last start; the start before is `server.log.1` |
//! | `lock` | held by the Doorstep that runs the cluster, so that no second one stops it |
//!
//! Linux only where processes are concerned: who we are and what still runs is read from `/proc`.

mod binaries;
mod cluster;
mod error;
mod folder;
mod privileges;
mod recovery;
mod run_with;
mod settings;
mod sockets;
mod temporary;

#[cfg(test)]
mod tests;

pub use cluster::PrivateCluster;
pub use error::PostgresError;
pub use run_with::run_with_cluster;
pub use settings::Durability;
