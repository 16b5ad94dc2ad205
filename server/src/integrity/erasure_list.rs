//! The records that were erased, signed by the district: kept beside the backups, so that what was
//! erased after a backup was made is erased again when it is restored. It has ids and times alone.
//!
//! The statement that is signed, numbers big-endian:
//!
//! ```text
//! "doorstep erasures 1" ‖ 0x00 ‖ SHA-256(district, UTF-8) ‖ at (8)
//!   ‖ number of erasures (8) ‖ for each, in order: area (8) ‖ record (16) ‖ at (8)
//! ```
//!
//! Ed25519 (RFC 8032), by the key that signs the district's device tokens, as the heads are. The layout
//! is frozen; a later one says another number.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sync_protocol::entries::{Cause, Terms};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::keys::{self, DeviceKey};

use super::hex;
use crate::auth::Operator;
use crate::store::signing_keys::{Former, SigningKeys};
use crate::store::{Store, StoreError, areas, district, erasures, signing_keys};
use crate::sync::{Engine, erasure};
use crate::trail::Entry;

/// The layout of the document.
const FORMAT: u32 = 1;

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureList {
    /// Its layout.
    pub format: u32,
    /// The district's name, zh-CN.
    pub district: String,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Every erasure, by area and place in its log.
    pub erased: Vec<ErasedRecord>,
    /// The district's public key.
    #[serde(with = "hex")]
    pub public_key: [u8; 32],
    /// Of the statement above.
    #[serde(with = "hex")]
    pub signature: [u8; 64],
}

/// A record that was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedRecord {
    /// The area.
    pub area: AreaId,
    /// The record.
    pub record: RecordId,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// Why a list could not be written or believed.
#[derive(Debug, thiserror::Error)]
pub enum ErasureListError {
    /// There is no district yet.
    #[error("no district is set up in this database: is it the right one?")]
    NoDistrict,
    /// Another layout.
    #[error("the list is of layout {0}, which this version does not know: update it")]
    Format(u32),
    /// Another district's.
    #[error("the list of {0} was signed with another district's key: take this district's file")]
    OtherDistrict(String),
    /// The signature does not hold.
    #[error("the list was altered after it was signed: take another copy of the file")]
    Forged,
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Every erasure that the areas' logs tell of.
///
/// # Errors
/// [`ErasureListError::NoDistrict`], or those of the database.
pub fn export(store: &Store, by: Operator, now_ms: i64) -> Result<ErasureList, ErasureListError> {
    let (district, erased) = store.read(|db| {
        let mut erased = Vec::new();
        for area in areas::all(db)? {
            let found = erasures::after(db, &by.area(area.id), 0, usize::MAX)?;
            let of_area = |erasure: &erasures::Erasure| ErasedRecord {
                area: area.id,
                record: erasure.record,
                at: erasure.at,
            };
            erased.extend(found.iter().map(of_area));
        }
        Ok((district::find(db)?, erased))
    })?;
    let district = district.ok_or(ErasureListError::NoDistrict)?;
    let key = DeviceKey::from_seed(district.signing_key);
    let mut list = ErasureList {
        format: FORMAT,
        district: district.name_zh,
        at: now_ms,
        erased,
        public_key: key.public(),
        signature: [0; 64],
    };
    list.signature = key.sign(&list.statement());
    Ok(list)
}

/// Erases again what the list says and this database has no word of; answers which records those were.
/// It is run before a server of the restored database is: what phones bring back of before the erasure
/// is refused then, and what was written since is taken.
/// Each is committed with its entry of the trail.
///
/// # Errors
/// [`ErasureListError`]; what was done until then is not done again.
pub fn apply(
    engine: &Engine,
    by: Operator,
    list: &ErasureList,
    (note, now_ms): (&Entry, i64),
    mut progress: impl FnMut(usize, usize),
) -> Result<BTreeSet<RecordId>, ErasureListError> {
    let keys = engine.store.read(signing_keys::find)?.ok_or(ErasureListError::NoDistrict)?;
    list.check(&keys)?;
    let mut again = BTreeSet::new();
    for (number, erased) in list.erased.iter().enumerate() {
        let known = engine.store.read(|db| {
            let known = erasures::find(db, erased.area, &[erased.record])?;
            Ok(known.get(&erased.record).is_some_and(|known| known.at >= erased.at))
        })?;
        // By its own moment: whoever came back since stays.
        let terms = Terms { at: erased.at, cause: Cause::Request };
        let may = by.may_erase(erased.record);
        if !known && !erasure::erase(engine, may, terms, (note, now_ms))?.is_empty() {
            again.insert(erased.record);
        }
        progress(number + 1, list.erased.len());
    }
    Ok(again)
}

impl ErasureList {
    /// Whether the district signed it.
    fn check(&self, keys_of: &SigningKeys) -> Result<(), ErasureListError> {
        if self.format != FORMAT {
            return Err(ErasureListError::Format(self.format));
        }
        // A key that was retired since has signed what it signed; later it signs nothing.
        let retired = |key: &Former| key.public_key == self.public_key && self.at <= key.retired_at;
        let ours = DeviceKey::from_seed(keys_of.seed).public() == self.public_key
            || keys_of.former.iter().any(retired);
        if !ours {
            return Err(ErasureListError::OtherDistrict(self.district.clone()));
        }
        let signed = keys::verify(&self.public_key, &self.statement(), &self.signature);
        if signed { Ok(()) } else { Err(ErasureListError::Forged) }
    }

    /// What is signed.
    fn statement(&self) -> Vec<u8> {
        let mut statement = format!("doorstep erasures {}\0", self.format).into_bytes();
        statement.extend_from_slice(&Sha256::digest(self.district.as_bytes()));
        statement.extend_from_slice(&self.at.to_be_bytes());
        statement.extend_from_slice(&(self.erased.len() as u64).to_be_bytes());
        for erased in &self.erased {
            statement.extend_from_slice(&erased.area.0.to_be_bytes());
            statement.extend_from_slice(&erased.record.0);
            statement.extend_from_slice(&erased.at.to_be_bytes());
        }
        statement
    }
}
