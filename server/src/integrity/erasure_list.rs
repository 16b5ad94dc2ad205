//! The records that were erased, signed by the district: kept beside the backups, so that what was
//! erased after a backup was made is erased again when it is restored. It has ids and times alone.
//!
//! The statement that is signed, numbers big-endian:
//!
//! ```text
//! "doorstep erasures 2" ‖ 0x00 ‖ SHA-256(district, UTF-8) ‖ at (8)
//!   ‖ number of erasures (8) ‖ for each, in order: area (8) ‖ record (16) ‖ at (8) ‖ cause (1)
//! ```
//!
//! Ed25519 (RFC 8032), by the key that signs the district's device tokens, as the heads are. A layout
//! is frozen; a later one says another number. The first one has no cause: all that it names is taken
//! for erased at somebody's request, since what a resident may ask for goes before what a worker wrote.

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
const FORMAT: u32 = 2;

/// The layout that has no causes.
const WITHOUT_CAUSES: u32 = 1;

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
    /// Why.
    #[serde(default = "asked_for", with = "cause")]
    pub cause: Cause,
}

fn asked_for() -> Cause {
    Cause::Request
}

/// A cause, as the document has it: `request` or `retention`.
mod cause {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use sync_protocol::entries::Cause;

    const WORDS: [(Cause, &str); 2] =
        [(Cause::Request, "request"), (Cause::Retention, "retention")];

    pub(super) fn serialize<S: Serializer>(cause: &Cause, to: S) -> Result<S::Ok, S::Error> {
        let word = WORDS.iter().find(|(known, _)| known == cause).map_or("", |(_, word)| word);
        to.serialize_str(word)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Cause, D::Error> {
        let word = String::deserialize(from)?;
        let found = WORDS.iter().find(|(_, known)| *known == word).map(|(cause, _)| *cause);
        found.ok_or_else(|| D::Error::custom("a cause is request or retention"))
    }
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
                cause: erasure.cause,
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

/// Erases again what the list says and this database has no word of; answers which records it had. An
/// area that has nothing of a record hears that it was erased all the same, or a phone that was away
/// would bring it back. It is run before a server of the restored database is: what phones bring back
/// of before the erasure is refused then, and what was written since is taken.
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
    let here = engine.store.read(areas::all)?;
    let here: BTreeSet<AreaId> = here.iter().map(|area| area.id).collect();
    let mut again = BTreeSet::new();
    for (number, erased) in list.erased.iter().enumerate() {
        let ErasedRecord { area, record, at, .. } = *erased;
        // By its own moment: whoever came back since stays.
        let terms = Terms { at, cause: list.cause_of(erased) };
        // Not if the area came after the backup.
        let area = Some(area).filter(|area| here.contains(area));
        let may = by.may_erase(record);
        if !erasure::erase_again(engine, may, terms, (note, now_ms), area)?.is_empty() {
            again.insert(record);
        }
        progress(number + 1, list.erased.len());
    }
    Ok(again)
}

impl ErasureList {
    /// Whether the district signed it.
    fn check(&self, keys_of: &SigningKeys) -> Result<(), ErasureListError> {
        if ![WITHOUT_CAUSES, FORMAT].contains(&self.format) {
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

    /// Why a record was erased, as far as it is signed.
    fn cause_of(&self, erased: &ErasedRecord) -> Cause {
        if self.format == WITHOUT_CAUSES { asked_for() } else { erased.cause }
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
            if self.format != WITHOUT_CAUSES {
                statement.push(erased.cause.number());
            }
        }
        statement
    }
}
