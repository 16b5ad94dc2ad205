//! Table `district`: the one district that this database serves.

use diesel::prelude::*;
use sync_protocol::ids::ServerEpoch;
use uuid::Uuid;

use super::rows::moment;
use super::{Db, StoreError};
use crate::schema::district;
use crate::vault::What;

/// The district, and its secrets.
#[derive(Clone)]
pub struct District {
    /// Name, zh-CN.
    pub name_zh: String,
    /// Name, English.
    pub name_en: String,
    /// This life of the database.
    pub server_epoch: ServerEpoch,
    /// Seed of the Ed25519 key that signs device tokens.
    pub signing_key: [u8; 32],
    /// Private X25519 key that opens rescue bundles.
    pub rescue_key: [u8; 32],
}

impl std::fmt::Debug for District {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("District").field("server_epoch", &self.server_epoch).finish_non_exhaustive()
    }
}

/// Names, life, signing key, rescue key.
type Row = (String, String, Uuid, Vec<u8>, Vec<u8>);

/// The district, if it was set up.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db) -> Result<Option<District>, StoreError> {
    let row: Option<Row> = district::table
        .select((
            district::name_zh,
            district::name_en,
            district::server_epoch,
            district::signing_key,
            district::rescue_key,
        ))
        .first(db.sql())
        .optional()?;
    row.map(|(name_zh, name_en, epoch, signing, rescue)| {
        let signing_key = secret(db, What::SigningKey, &signing, "the district's signing key")?;
        let rescue_key = secret(db, What::RescueKey, &rescue, "the district's rescue key")?;
        let server_epoch = ServerEpoch(epoch.into_bytes());
        Ok(District { name_zh, name_en, server_epoch, signing_key, rescue_key })
    })
    .transpose()
}

fn secret(
    db: &mut Db,
    what: What,
    sealed: &[u8],
    words: &'static str,
) -> Result<[u8; 32], StoreError> {
    let opened = db.open_value(what, &[], sealed, words)?;
    opened.try_into().map_err(|_| StoreError::Corrupt(words))
}

/// Sets the district up. Its data keys must be there.
///
/// # Errors
/// Those of the database; there can be one district only.
pub fn insert(db: &mut Db, new: &District, now_ms: i64) -> Result<(), StoreError> {
    let signing_key = db.seal_value(What::SigningKey, &[], &new.signing_key)?;
    let rescue_key = db.seal_value(What::RescueKey, &[], &new.rescue_key)?;
    diesel::insert_into(district::table)
        .values((
            district::district_id.eq(1_i16),
            district::name_zh.eq(&new.name_zh),
            district::name_en.eq(&new.name_en),
            district::server_epoch.eq(Uuid::from_bytes(new.server_epoch.0)),
            district::signing_key.eq(signing_key),
            district::rescue_key.eq(rescue_key),
            district::created_at.eq(moment(now_ms)),
            district::sealed.eq(super::first_sealing::PEOPLE),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Gives the database a new life, so that phones offer again what they were acknowledged for.
///
/// # Errors
/// Those of the database.
pub fn set_server_epoch(db: &mut Db, epoch: ServerEpoch) -> Result<(), StoreError> {
    diesel::update(district::table)
        .set(district::server_epoch.eq(Uuid::from_bytes(epoch.0)))
        .execute(db.sql())?;
    Ok(())
}

/// Whether whoever signs in to the console needs a second factor.
///
/// # Errors
/// Those of the database.
pub fn wants_second_factor(db: &mut Db) -> Result<bool, StoreError> {
    let wanted = district::table.select(district::second_factor).first(db.sql()).optional()?;
    Ok(wanted.unwrap_or(true))
}

/// Sets whether whoever signs in to the console needs a second factor.
///
/// # Errors
/// Those of the database.
pub fn set_second_factor(db: &mut Db, wanted: bool) -> Result<(), StoreError> {
    diesel::update(district::table).set(district::second_factor.eq(wanted)).execute(db.sql())?;
    Ok(())
}
