//! A device's key: what it proves and what it signs.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::ids::{ChangeHash, DeviceId, PushId};

/// A device's private key.
#[derive(Clone)]
pub struct DeviceKey(SigningKey);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey")
    }
}

impl DeviceKey {
    /// The key of 32 random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The 32 bytes it is made of.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a statement.
    pub fn sign(&self, statement: &[u8]) -> [u8; 64] {
        self.0.sign(statement).to_bytes()
    }
}

/// Whether a signature is that of a public key over a statement (strict Ed25519, RFC 8032).
pub fn verify(public: &[u8], statement: &[u8], signature: &[u8]) -> bool {
    let key = <[u8; 32]>::try_from(public).ok().and_then(|b| VerifyingKey::from_bytes(&b).ok());
    let signature = Signature::from_slice(signature).ok();
    match (key, signature) {
        (Some(key), Some(signature)) => key.verify_strict(statement, &signature).is_ok(),
        _ => false,
    }
}

/// What a device signs of a push: itself, the push's id, and the SHA-256 of its changes' hashes in
/// the order in which they stand in the request.
pub fn push_statement<'h>(
    device: DeviceId,
    push: PushId,
    changes: impl IntoIterator<Item = &'h ChangeHash>,
) -> Vec<u8> {
    let mut digest = Sha256::new();
    changes.into_iter().for_each(|hash| digest.update(hash.as_bytes()));
    let mut statement = b"doorstep push 1\0".to_vec();
    statement.extend_from_slice(&device.0.to_be_bytes());
    statement.extend_from_slice(push.as_bytes());
    statement.extend_from_slice(&digest.finalize());
    statement
}

/// What a device signs to get a token: itself and the server's nonce.
pub fn token_statement(device: DeviceId, nonce: &[u8]) -> Vec<u8> {
    let mut statement = b"doorstep token 1\0".to_vec();
    statement.extend_from_slice(&device.0.to_be_bytes());
    statement.extend_from_slice(nonce);
    statement
}

/// What a device signs with both keys to change one for the other: itself, the old public key, the new.
pub fn rotation_statement(device: DeviceId, old: &[u8; 32], new: &[u8; 32]) -> Vec<u8> {
    let mut statement = b"doorstep key 1\0".to_vec();
    statement.extend_from_slice(&device.0.to_be_bytes());
    statement.extend_from_slice(old);
    statement.extend_from_slice(new);
    statement
}

/// What a device signs of its person's badge: itself and the moment, in seconds since 1970 UTC.
pub fn badge_statement(device: DeviceId, at_s: i64) -> Vec<u8> {
    let mut statement = b"doorstep badge 1\0".to_vec();
    statement.extend_from_slice(&device.0.to_be_bytes());
    statement.extend_from_slice(&at_s.to_be_bytes());
    statement
}

/// A change's name from its bytes alone: SHA-256 over the chunk behind magic and checksum. Of bytes
/// too short to be a change, the SHA-256 of all of them.
pub fn change_name(bytes: &[u8]) -> ChangeHash {
    ChangeHash(Sha256::digest(bytes.get(8..).unwrap_or(bytes)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_statement_and_key_alone() {
        let key = DeviceKey::from_seed([7; 32]);
        let hash = ChangeHash([1; 32]);
        let statement = push_statement(DeviceId(1), PushId([2; 16]), [&hash]);
        let signature = key.sign(&statement);
        assert!(verify(&key.public(), &statement, &signature));
        let other = push_statement(DeviceId(1), PushId([3; 16]), [&hash]);
        assert!(!verify(&key.public(), &other, &signature));
        assert!(!verify(&DeviceKey::from_seed([8; 32]).public(), &statement, &signature));
        assert!(!verify(&[0; 31], &statement, &signature));
    }
}
