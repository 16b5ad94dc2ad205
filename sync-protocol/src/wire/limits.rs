//! The caps of one request, and what both ends announce of theirs.

use minicbor::{Decode, Encode};

/// A body as it travels, compressed.
pub const BODY_BYTES: usize = 1024 * 1024;

/// A body inflated.
pub const INFLATED_BYTES: usize = 8 * 1024 * 1024;

/// Changes in one push.
pub const CHANGES: usize = 512;

/// Areas in one request.
pub const AREAS: usize = 512;

/// What an end is ready to take in one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Limits {
    /// Bytes of items, inflated.
    #[n(0)]
    pub bytes: u64,
    /// Items of a page over all areas (a phone says it), or changes of a push (a server says it).
    #[n(1)]
    pub items: u64,
}

impl Limits {
    /// What a server takes of a phone.
    pub const SERVER: Self = Self { bytes: INFLATED_BYTES as u64, items: CHANGES as u64 };
    /// What a phone takes of a server unless it says otherwise.
    pub const PHONE: Self = Self { bytes: 12 * 1024 * 1024, items: 5_000 };
}
