//! Who did it, and to whom: as texts in the trail, so that an export says them as they are chained.

use std::fmt;

use sync_protocol::ids::{DeviceId, PersonId};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Somebody who signed in to the console: `staff:<person>`.
    Staff(PersonId),
    /// A phone that proved its key: `device:<device>`.
    Device(DeviceId),
    /// Somebody at the server's command line, by their login on the machine: `operator:<login>`.
    Operator(String),
    /// The server by itself: `server`.
    Server,
    /// A resident, on a public page: `resident`.
    Resident,
    /// Whoever it was proved nothing: `nobody`.
    Nobody,
}

/// Whom or what it was done to, where that is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// A person: `person:<person>`.
    Person(PersonId),
    /// A phone: `device:<device>`.
    Device(DeviceId),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staff(person) => write!(f, "staff:{person}"),
            Self::Device(device) => write!(f, "device:{device}"),
            Self::Operator(login) => write!(f, "operator:{login}"),
            Self::Server => f.write_str("server"),
            Self::Resident => f.write_str("resident"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "person:{person}"),
            Self::Device(device) => write!(f, "device:{device}"),
        }
    }
}
