//! The file beside the store that proves its key: a damaged first page looks like a wrong key, and
//! a store must never be set aside because somebody gave another key. It also repeats the store's
//! salt, the only bytes of the first page that the key cannot bring back.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::StoreError;
use super::files;
use super::open::StoreKey;

/// Bytes of the salt, with which the store's file begins.
const SALT: usize = 16;

/// What a proof is for; the key has 256 random bits, so its hash gives nothing away.
const PURPOSE: &[u8] = b"doorstep store key 1";

/// Writes the proof of the key that has just opened the store, if it is not there already.
pub(super) fn keep(path: &Path, key: &StoreKey) -> Result<(), StoreError> {
    let (file, opened) = (beside(path), fs::File::open(path)?);
    let mut proof = vec![0; SALT];
    std::io::Read::read_exact(&mut &opened, &mut proof)?;
    proof.extend(of(key));
    if fs::read(&file).is_ok_and(|there| there == proof) {
        return Ok(());
    }
    let draft = files::beside(path, "-proof-draft");
    fs::write(&draft, &proof)?;
    Ok(files::replace(&draft, &file)?)
}

/// Whether this key has opened the store before.
pub(super) fn fits(path: &Path, key: &StoreKey) -> bool {
    fs::read(beside(path)).is_ok_and(|proof| proof.get(SALT..) == Some(of(key).as_slice()))
}

/// The salt that the store had when it was last opened.
pub(super) fn salt(path: &Path) -> Option<[u8; SALT]> {
    fs::read(beside(path)).ok()?.get(..SALT)?.try_into().ok()
}

fn beside(path: &Path) -> PathBuf {
    files::beside(path, "-proof")
}

fn of(key: &StoreKey) -> [u8; 32] {
    Sha256::new().chain_update(PURPOSE).chain_update(key.bytes()).finalize().into()
}
