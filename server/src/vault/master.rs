//! The master key: the one secret that is not in the database. It wraps the data keys and nothing
//! else.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Sealed;
use super::cipher::{Key, What};
use super::hsm::{Hsm, HsmError, HsmPlace};

/// What wraps data keys, wherever its own key is.
pub(super) trait Wrapping: Send + Sync {
    /// What the key is called: it tells nothing of the key.
    fn id(&self) -> &str;

    /// Wraps a data key of a number.
    fn wrap(&self, number: u16, data_key: &[u8; 32]) -> Result<Vec<u8>, MasterError>;

    /// Opens a data key of a number; [`MasterError::Sealed`] when it lies under another key.
    fn unwrap(&self, number: u16, wrapped: &[u8]) -> Result<[u8; 32], MasterError>;
}

/// A master key: of 32 bytes in a file, or in a security module that never gives it away.
#[derive(Clone)]
pub struct Master(Arc<dyn Wrapping>);

impl std::fmt::Debug for Master {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Master").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// A master key that is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum MasterError {
    /// The file cannot be read or written.
    #[error("the master key's file {0} cannot be used: check its place and who may read it")]
    File(PathBuf, #[source] std::io::Error),
    /// It is no key.
    #[error("{0} is no master key: it has 64 hexadecimal digits; `doorstep keys make` makes one")]
    NoKey(String),
    /// The security module does not do its work.
    #[error(transparent)]
    Hsm(#[from] HsmError),
    /// It opens nothing of what is there.
    #[error(transparent)]
    Sealed(#[from] Sealed),
}

/// A key whose bytes are in this process.
struct Bytes {
    key: Key,
    id: String,
}

impl Wrapping for Bytes {
    fn id(&self) -> &str {
        &self.id
    }

    fn wrap(&self, number: u16, data_key: &[u8; 32]) -> Result<Vec<u8>, MasterError> {
        Ok(self.key.seal(0, What::DataKey, &number.to_be_bytes(), data_key))
    }

    fn unwrap(&self, number: u16, wrapped: &[u8]) -> Result<[u8; 32], MasterError> {
        let bytes = self.key.open(What::DataKey, &number.to_be_bytes(), wrapped)?;
        Ok(bytes.try_into().map_err(|_| Sealed)?)
    }
}

impl Master {
    /// The key of 32 bytes. It is called by the first eight bytes of its SHA-256, after a label.
    pub fn new(bytes: &[u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(b"doorstep master key 1\0").chain_update(bytes);
        let id = hex(digest.finalize().get(..8).unwrap_or_default());
        Self(Arc::new(Bytes { key: Key::new(bytes), id }))
    }

    /// The key of a place in a security module, which must be there and open now.
    ///
    /// # Errors
    /// [`HsmError`], in words for whoever starts a server.
    pub fn in_module(place: HsmPlace) -> Result<Self, HsmError> {
        Ok(Self(Arc::new(Hsm::open(place)?)))
    }

    /// Makes a new key in a security module, which never gives it away.
    ///
    /// # Errors
    /// [`HsmError`], among them that there is one of that label already.
    pub fn make_in_module(place: HsmPlace) -> Result<Self, HsmError> {
        Ok(Self(Arc::new(Hsm::make(place)?)))
    }

    /// A key as 64 hexadecimal digits; `from` says where they were found.
    ///
    /// # Errors
    /// [`MasterError::NoKey`], without the digits.
    pub fn from_hex(digits: &str, from: &str) -> Result<Self, MasterError> {
        let digits = digits.trim();
        let mut bytes = [0; 32];
        let right = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        for (place, byte) in bytes.iter_mut().enumerate().filter(|_| right) {
            let pair = digits.get(2 * place..2 * place + 2).unwrap_or_default();
            *byte = u8::from_str_radix(pair, 16).unwrap_or_default();
        }
        if right { Ok(Self::new(&bytes)) } else { Err(MasterError::NoKey(from.to_owned())) }
    }

    /// The key of a file.
    ///
    /// # Errors
    /// [`MasterError`].
    pub fn from_file(file: &Path) -> Result<Self, MasterError> {
        let digits =
            fs::read_to_string(file).map_err(|error| MasterError::File(file.to_owned(), error))?;
        Self::from_hex(&digits, &file.display().to_string())
    }

    /// Makes a new key and keeps it in a new file that only its owner reads.
    ///
    /// # Errors
    /// [`MasterError::File`], among them that there is such a file already.
    pub fn make(file: &Path) -> Result<Self, MasterError> {
        let bytes: [u8; 32] = rand::random();
        let written =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).and_then(
                |mut new| {
                    new.write_all(hex(&bytes).as_bytes())?;
                    new.write_all(b"\n")?;
                    new.sync_all()
                },
            );
        written.map_err(|error| MasterError::File(file.to_owned(), error))?;
        Ok(Self::new(&bytes))
    }

    /// What the key is called: it tells nothing of the key.
    pub fn id(&self) -> &str {
        self.0.id()
    }

    /// Wraps a data key of a number.
    pub(super) fn wrap(&self, number: u16, data_key: &[u8; 32]) -> Result<Vec<u8>, MasterError> {
        self.0.wrap(number, data_key)
    }

    /// Opens a data key of a number.
    pub(super) fn unwrap(&self, number: u16, wrapped: &[u8]) -> Result<[u8; 32], MasterError> {
        self.0.unwrap(number, wrapped)
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_in_a_file_is_its_owners_alone_and_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.key");
        let made = Master::make(&file).unwrap();
        assert_eq!(Master::from_file(&file).unwrap().id(), made.id());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(Master::make(&file), Err(MasterError::File(..))));
        assert_eq!(Master::from_file(&file).unwrap().id(), made.id());
    }

    #[test]
    fn what_is_no_key_is_said_without_being_shown() {
        for wrong in ["", "secret-but-short", &"x".repeat(64), &"a".repeat(63)] {
            let error = Master::from_hex(wrong, "DOORSTEP_MASTER_KEY").unwrap_err().to_string();
            assert!(error.starts_with("DOORSTEP_MASTER_KEY is no master key"), "{error}");
            assert!(wrong.is_empty() || !error.contains(wrong));
        }
    }
}
