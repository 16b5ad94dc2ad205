//! Where every area's log and the audit trail stood at a moment, signed by the district: kept away
//! from the database, it tells what a restored backup has lost, and that nobody cut a log.
//!
//! The statement that is signed, numbers big-endian:
//!
//! ```text
//! "doorstep heads 2" ‖ 0x00 ‖ SHA-256(district, UTF-8) ‖ server_epoch (16 bytes) ‖ at (8)
//!   ‖ number of areas (8) ‖ for each, in order: area (8) ‖ area_epoch (4) ‖ seq (8) ‖ chain (32)
//!   ‖ the trail's place (8) ‖ its chain (32)
//! ```
//!
//! Ed25519 (RFC 8032), by the key that signs the district's device tokens. A token's first byte is
//! never that of this statement's, so neither can be taken for the other. The layout is frozen; a
//! later one says another number. Layout 1 is the same under its own name without the trail, and is
//! still read.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sync_protocol::ids::{AreaId, ChangeHash, ServerEpoch};
use sync_protocol::keys::{self, DeviceKey};

use super::hex;
use crate::auth::Operator;
use crate::store::signing_keys::{Former, SigningKeys};
use crate::store::{Store, StoreError, area_log, areas, district, trail};

/// The layout of the document.
const FORMAT: u32 = 2;

/// The one before, which knows nothing of the trail.
const WITHOUT_TRAIL: u32 = 1;

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// Its layout: 2, or 1 of old ones.
    pub format: u32,
    /// The district's name, zh-CN.
    pub district: String,
    /// The life of the database.
    pub server_epoch: ServerEpoch,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Every area, by id.
    pub areas: Vec<AreaHead>,
    /// The audit trail; nothing in layout 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<TrailHead>,
    /// The district's public key.
    #[serde(with = "hex")]
    pub public_key: [u8; 32],
    /// Of the statement above.
    #[serde(with = "hex")]
    pub signature: [u8; 64],
}

/// Where an area's log stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaHead {
    /// The area.
    pub area: AreaId,
    /// The life of its log.
    pub area_epoch: u32,
    /// Its last place.
    pub seq: u64,
    /// The chain value there.
    pub chain: ChangeHash,
}

/// Where the audit trail stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailHead {
    /// Its last place.
    pub place: u64,
    /// The chain value there.
    pub chain: ChangeHash,
}

/// Why heads could not be written or believed.
#[derive(Debug, thiserror::Error)]
pub enum HeadsError {
    /// There is no district yet.
    #[error("no district is set up in this database: is it the right one?")]
    NoDistrict,
    /// Another layout.
    #[error("the heads are of layout {0}, which this version does not know: update it")]
    Format(u32),
    /// Another district's.
    #[error(
        "the heads of {0} were signed with another district's key: take a file of this district"
    )]
    OtherDistrict(String),
    /// The signature does not hold.
    #[error("the heads were altered after they were signed: take another copy of the file")]
    Forged,
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The heads of every area at one moment.
///
/// # Errors
/// [`HeadsError::NoDistrict`], or those of the database.
pub fn export(store: &Store, by: Operator, now_ms: i64) -> Result<Heads, HeadsError> {
    let (district, known, heads, trail) = store.read(|db| {
        let areas = areas::all(db)?;
        let scopes: Vec<_> = areas.iter().map(|area| by.area(area.id)).collect();
        let heads = area_log::heads(db, &scopes)?;
        Ok((district::find(db)?, areas, heads, TrailHead::of(trail::head(db)?)?))
    })?;
    let district = district.ok_or(HeadsError::NoDistrict)?;
    let areas = known.iter().filter_map(|area| heads.get(&area.id).map(|head| (area.id, head)));
    let areas = areas.map(|(area, head)| AreaHead {
        area,
        area_epoch: head.epoch,
        seq: head.seq,
        chain: head.chain,
    });
    let key = DeviceKey::from_seed(district.signing_key);
    let mut heads = Heads {
        format: FORMAT,
        district: district.name_zh,
        server_epoch: district.server_epoch,
        at: now_ms,
        areas: areas.collect(),
        trail: Some(trail),
        public_key: key.public(),
        signature: [0; 64],
    };
    heads.signature = key.sign(&heads.statement());
    Ok(heads)
}

impl TrailHead {
    /// The head as it is exported.
    pub(super) fn of(head: trail::Head) -> Result<Self, StoreError> {
        let chain = ChangeHash::try_from(head.chain.as_slice());
        let chain = chain.map_err(|_| StoreError::Corrupt("the trail's chain value"))?;
        Ok(Self { place: head.place, chain })
    }
}

impl Heads {
    /// Whether the district signed them.
    ///
    /// # Errors
    /// [`HeadsError`], for each way in which it did not.
    pub fn check(&self, keys_of: &SigningKeys) -> Result<(), HeadsError> {
        let layout = if self.trail.is_some() { FORMAT } else { WITHOUT_TRAIL };
        if self.format != layout {
            return Err(HeadsError::Format(self.format));
        }
        // A key that was retired since has signed what it signed; later it signs nothing.
        let retired = |key: &Former| key.public_key == self.public_key && self.at <= key.retired_at;
        let ours = DeviceKey::from_seed(keys_of.seed).public() == self.public_key
            || keys_of.former.iter().any(retired);
        if !ours {
            return Err(HeadsError::OtherDistrict(self.district.clone()));
        }
        let signed = keys::verify(&self.public_key, &self.statement(), &self.signature);
        if signed { Ok(()) } else { Err(HeadsError::Forged) }
    }

    /// What is signed.
    fn statement(&self) -> Vec<u8> {
        let mut statement = format!("doorstep heads {}\0", self.format).into_bytes();
        statement.extend_from_slice(&Sha256::digest(self.district.as_bytes()));
        statement.extend_from_slice(self.server_epoch.as_bytes());
        statement.extend_from_slice(&self.at.to_be_bytes());
        statement.extend_from_slice(&(self.areas.len() as u64).to_be_bytes());
        for head in &self.areas {
            statement.extend_from_slice(&head.area.0.to_be_bytes());
            statement.extend_from_slice(&head.area_epoch.to_be_bytes());
            statement.extend_from_slice(&head.seq.to_be_bytes());
            statement.extend_from_slice(head.chain.as_bytes());
        }
        if let Some(trail) = &self.trail {
            statement.extend_from_slice(&trail.place.to_be_bytes());
            statement.extend_from_slice(trail.chain.as_bytes());
        }
        statement
    }
}
