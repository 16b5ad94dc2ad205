//! The settings a private cluster runs with. They are passed at every start, so that a newer
//! Doorstep's settings hold for an older data folder too.

use std::path::Path;

/// How much a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// What was committed is on the disk: for data that count, and for benchmarks.
    Durable,
    /// A crash of the machine may destroy the cluster: for tests, which are faster for it.
    Fleeting,
}

/// Written into the URL too: without it libpq would take the client's `PGPORT`.
pub(super) const PORT: u16 = 5432;

/// Name and value of every setting, for `postgres -c name=value`.
pub(super) fn settings(durability: Durability, sockets: &Path) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("listen_addresses", String::new()),
        ("unix_socket_directories", sockets.display().to_string()),
        ("port", PORT.to_string()),
        ("max_connections", "200".to_owned()),
        ("timezone", "UTC".to_owned()),
    ];
    all.extend(LOGGING.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let by_durability = match durability {
        Durability::Durable => DURABLE,
        Durability::Fleeting => FLEETING,
    };
    all.extend(by_durability.iter().map(|(name, value)| (*name, (*value).to_owned())));
    all
}

/// A statement, its parameters and the words of its error hold names, numbers and addresses of
/// people. `log_min_messages = log` keeps what the server says about itself and leaves out the
/// errors of statements: these go to the client alone, who decides what is logged.
const LOGGING: &[(&str, &str)] = &[
    ("log_destination", "stderr"),
    ("logging_collector", "off"),
    ("log_timezone", "UTC"),
    ("log_min_messages", "log"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
    ("log_checkpoints", "off"),
    ("log_lock_waits", "off"),
    ("log_autovacuum_min_duration", "-1"),
];

const DURABLE: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("shared_buffers", "256MB"),
    ("max_wal_size", "2GB"),
];

const FLEETING: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("shared_buffers", "64MB"),
    // It may lie in memory.
    ("max_wal_size", "256MB"),
];
