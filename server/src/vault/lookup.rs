//! Finding one value that is encrypted by all of it: beside the value stands a hash under a key. Whoever
//! has the database without the key can neither read a hash nor try values until one fits.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::ring::derived;

/// What is looked up, so that the same words have another hash in another column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought {
    /// A name for signing in.
    Login = 1,
    /// The number of a work card.
    CardNumber = 2,
    /// An account of the identity provider: issuer and subject.
    Account = 3,
    /// What attempts to sign in are counted under.
    Attempts = 4,
}

/// Makes the hashes.
#[derive(Clone)]
pub struct Lookup(Hmac<Sha256>);

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookup")
    }
}

impl Lookup {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let key = derived(key, b"doorstep lookup 1");
        // A key of any length is one for HMAC.
        let mac = Hmac::new_from_slice(&key).or_else(|_| Hmac::new_from_slice(&[]));
        Self(mac.unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    /// The hash of a value of these parts: HMAC-SHA-256.
    pub fn hash(&self, sought: Sought, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(&[sought as u8]);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_a_value_in_its_column_under_its_key() {
        let lookup = Lookup::new(&[9; 32]);
        let hash = lookup.hash(Sought::Login, &[b"zhou"]);
        assert_eq!(lookup.hash(Sought::Login, &[b"zhou"]), hash);
        assert_ne!(lookup.hash(Sought::Login, &[b"zhou "]), hash);
        assert_ne!(lookup.hash(Sought::CardNumber, &[b"zhou"]), hash);
        assert_ne!(lookup.hash(Sought::Login, &[b"zh", b"ou"]), hash);
        assert_ne!(Lookup::new(&[8; 32]).hash(Sought::Login, &[b"zhou"]), hash);
    }
}
