//! The district's signing keys: the one in use stands in `district`, the public halves of those before
//! it in `former_signing_keys`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::rows::moment;
use super::{Db, StoreError};
use crate::schema::{district, former_signing_keys as former};
use crate::vault::What;

/// A key that signed before.
#[derive(Debug, Clone)]
pub struct Former {
    /// Ed25519 public key.
    pub public_key: [u8; 32],
    /// When another took its place, in milliseconds since 1970 UTC.
    pub retired_at: i64,
}

/// The district's signing keys. It has no `Debug`: one of them is secret.
#[derive(Clone)]
pub struct SigningKeys {
    /// Which one is in use, from 1.
    pub number: i64,
    /// Its seed.
    pub seed: [u8; 32],
    /// Those before it.
    pub former: Vec<Former>,
}

/// The keys, if the district was set up.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db) -> Result<Option<SigningKeys>, StoreError> {
    let row: Option<(i64, Vec<u8>)> = district::table
        .select((district::signing_number, district::signing_key))
        .first(db.sql())
        .optional()?;
    let Some((number, seed)) = row else { return Ok(None) };
    let rows: Vec<(Vec<u8>, DateTime<Utc>)> = former::table
        .order(former::number.desc())
        .select((former::public_key, former::retired_at))
        .load(db.sql())?;
    let corrupt = |_| StoreError::Corrupt("the district's signing key");
    let former = rows.into_iter().map(|(key, at)| {
        let public_key = key.try_into().map_err(corrupt)?;
        Ok(Former { public_key, retired_at: at.timestamp_millis() })
    });
    let former = former.collect::<Result<_, StoreError>>()?;
    let seed = db.open_value(What::SigningKey, &[], &seed, "the district's signing key")?;
    Ok(Some(SigningKeys { number, seed: seed.try_into().map_err(corrupt)?, former }))
}

/// Puts another key in the place of the one in use, of which only the public half is kept.
///
/// # Errors
/// Those of the database.
pub fn replace(
    db: &mut Db,
    (retired, public_key): (i64, &[u8; 32]),
    seed: &[u8; 32],
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sealed = db.seal_value(What::SigningKey, &[], seed)?;
    let current = district::table.filter(district::signing_number.eq(retired));
    let changed = diesel::update(current)
        .set((district::signing_key.eq(sealed), district::signing_number.eq(retired + 1)))
        .execute(db.sql())?;
    if changed == 0 {
        return Ok(false);
    }
    diesel::insert_into(former::table)
        .values((
            former::number.eq(retired),
            former::public_key.eq(public_key.as_slice()),
            former::retired_at.eq(moment(now_ms)),
        ))
        .execute(db.sql())?;
    Ok(true)
}
