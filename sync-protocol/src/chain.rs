//! The hash chain of an area's log: each entry's value covers the one before, so that a log cut,
//! mended or restored from a backup is noticed.

use sha2::{Digest, Sha256};

use crate::ids::{AreaId, ChangeHash, DeviceId, RecordId};

/// What the chain covers of one entry.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The entry's place in the area's log.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// The change.
    pub change: ChangeHash,
    /// Who pushed it.
    pub device: DeviceId,
    /// When the server received it, in milliseconds since 1970 UTC.
    pub received_at: i64,
}

/// The value before an area's first entry.
pub fn start(area: AreaId) -> ChangeHash {
    let mut digest = Sha256::new();
    digest.update(b"doorstep chain 1\0");
    digest.update(area.0.to_be_bytes());
    ChangeHash(digest.finalize().into())
}

/// `chain(n) = SHA-256(chain(n-1) ‖ seq ‖ record ‖ change ‖ device ‖ received_at)`, numbers as eight
/// bytes, big-endian.
pub fn next(before: &ChangeHash, link: &Link) -> ChangeHash {
    let mut digest = Sha256::new();
    digest.update(before.as_bytes());
    digest.update(link.seq.to_be_bytes());
    digest.update(link.record.as_bytes());
    digest.update(link.change.as_bytes());
    digest.update(link.device.0.to_be_bytes());
    digest.update(link.received_at.to_be_bytes());
    ChangeHash(digest.finalize().into())
}
