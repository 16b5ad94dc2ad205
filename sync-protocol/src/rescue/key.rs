//! The district's key pair: phones seal to its public half.

use hpke::{Deserializable, Kem as _, Serializable};
use sha2::{Digest, Sha256};

use super::Kem;

/// The district's private key.
#[derive(Clone)]
pub struct RescueKey([u8; 32]);

impl std::fmt::Debug for RescueKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RescueKey")
    }
}

impl RescueKey {
    /// The key of 32 random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// The public half (X25519), which every phone has.
    pub fn public(&self) -> [u8; 32] {
        self.private().map(|key| Kem::sk_to_pk(&key).to_bytes().into()).unwrap_or_default()
    }

    /// As the cipher suite wants it. (Any 32 bytes are a key: none is expected to be missing.)
    pub(super) fn private(&self) -> Option<<Kem as hpke::Kem>::PrivateKey> {
        <Kem as hpke::Kem>::PrivateKey::from_bytes(&self.0).ok()
    }
}

/// A public key's name in a bundle's header: enough to tell another district's from a damaged one.
pub fn key_name(public: &[u8; 32]) -> [u8; 8] {
    let mut digest = Sha256::new();
    digest.update(b"doorstep rescue key 1\0");
    digest.update(public);
    let digest: [u8; 32] = digest.finalize().into();
    let mut name = [0; 8];
    name.copy_from_slice(&digest[..8]);
    name
}
