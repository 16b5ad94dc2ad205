//! Why somebody did it, in their words. They may name a person, so the chain covers only their
//! SHA-256, behind random bytes that keep anybody from guessing them by it where an export is passed on
//! without them.

use sha2::{Digest, Sha256};

use crate::auth::secrets;

/// How many random bytes stand before the words.
pub const SALT_BYTES: usize = 16;

/// Longest reason, in characters.
pub const LONGEST: usize = 500;

/// Words as they are kept: [`SALT_BYTES`] random bytes, then the words in UTF-8.
pub fn salted(words: &str) -> Vec<u8> {
    let salt: [u8; SALT_BYTES] = secrets::random();
    let words: String = words.chars().take(LONGEST).collect();
    [&salt, words.as_bytes()].concat()
}

/// What the chain covers of a kept reason.
pub fn sha256(kept: &[u8]) -> [u8; 32] {
    Sha256::digest(kept).into()
}

/// The words of a kept reason; nothing if it is none.
pub fn words(kept: &[u8]) -> Option<&str> {
    std::str::from_utf8(kept.get(SALT_BYTES..)?).ok()
}
