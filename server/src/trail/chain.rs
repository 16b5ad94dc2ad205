//! The chain: each entry's value covers the one before and every column, so that an entry that was
//! changed, taken out, exchanged or put in is noticed by whoever holds a later value.
//!
//! `chain(n) = SHA-256(chain(n-1) ‖ column ‖ … ‖ column)`, a column being the length of its text
//! in UTF-8 as four bytes, big-endian, and the text; one that is not there is `ff ff ff ff` alone.
//! The texts are those of an export, in the order of [`columns`]. The layout is frozen; a later one
//! begins at another [`start`].

use sha2::{Digest, Sha256};

use crate::store::trail::Kept;

/// The value before the first entry: `SHA-256("doorstep trail 1" ‖ 0x00)`.
pub fn start() -> [u8; 32] {
    Sha256::digest(b"doorstep trail 1\0").into()
}

/// The value of an entry, after the one before it.
pub fn next(before: &[u8], entry: &Kept) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(before);
    for (_, text) in columns(entry) {
        let Some(text) = text else {
            digest.update(u32::MAX.to_be_bytes());
            continue;
        };
        // No column comes near the four gigabytes that a length can say.
        digest.update(u32::try_from(text.len()).unwrap_or(u32::MAX - 1).to_be_bytes());
        digest.update(text.as_bytes());
    }
    digest.finalize().into()
}

/// What the chain covers, as texts, by the names that an export gives them.
pub fn columns(entry: &Kept) -> [(&'static str, Option<String>); 14] {
    [
        ("place", Some(entry.place.to_string())),
        ("at", Some(entry.at.to_string())),
        ("act", Some(entry.act.clone())),
        ("outcome", Some(entry.outcome.clone())),
        ("times", Some(entry.times.to_string())),
        ("actor", Some(entry.actor.clone())),
        ("about", entry.about.clone()),
        ("area", entry.area.map(|area| area.to_string())),
        ("record", entry.record.map(|record| record.to_string())),
        ("field", entry.field.clone()),
        ("detail", entry.detail.clone()),
        ("address", entry.address.clone()),
        ("request", entry.request.map(|request| request.simple().to_string())),
        ("reason_sha256", entry.reason_sha256.as_deref().map(hex)),
    ]
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
