//! Table `sign_in_attempts`: how often signing in failed, by where it came from. It stands in the
//! database so that several servers count together. Rows stand under keyed hashes of their buckets:
//! a bucket itself can be computed by whoever guesses a login or an address.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::rows::moment;
use super::{Db, StoreError, data_keys};
use crate::schema::sign_in_attempts as attempts;
use crate::vault::{Purpose, Sought};

/// After how long without an attempt a count is forgotten, in milliseconds.
const FORGOTTEN_MS: i64 = 24 * 60 * 60 * 1000;

/// How long it is remembered that somebody signed in well from somewhere, in milliseconds.
const FAMILIAR_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// What is counted: the hash of an address, of a login from an address, of a browser.
pub type Bucket = [u8; 32];

/// How things stand in a bucket.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    /// Failures in a row.
    pub failures: u32,
    /// Until when the next attempt waits, in milliseconds since 1970 UTC.
    pub blocked_until_ms: i64,
    /// Whether somebody signed in well there not long ago.
    pub familiar: bool,
}

/// How things stand in buckets; those that exist stay locked until the transaction's end. They are
/// locked in one order, so that two attempts never wait for each other.
///
/// # Errors
/// Those of the database.
pub fn lock(
    db: &mut Db,
    buckets: &[Bucket],
    now_ms: i64,
) -> Result<HashMap<Bucket, Count>, StoreError> {
    type Row = (Vec<u8>, i32, DateTime<Utc>, DateTime<Utc>, Option<DateTime<Utc>>);
    data_keys::know_newest(db, Purpose::Index)?;
    let keys = keys(db, buckets)?;
    let rows: Vec<Row> = attempts::table
        .filter(attempts::bucket.eq_any(&keys))
        .order(attempts::bucket)
        .select(attempts::all_columns)
        .for_update()
        .load(db.sql())?;
    let mut counts = HashMap::new();
    for (key, failures, blocked_until, last_at, signed_in_at) in rows {
        let place = keys.iter().position(|known| *known == key);
        let Some(bucket) = place.and_then(|place| buckets.get(place)) else { continue };
        let since = now_ms - last_at.timestamp_millis();
        let count = Count {
            failures: if since > FORGOTTEN_MS { 0 } else { failures.cast_unsigned() },
            blocked_until_ms: blocked_until.timestamp_millis(),
            familiar: signed_in_at.is_some_and(|at| now_ms - at.timestamp_millis() < FAMILIAR_MS),
        };
        counts.insert(*bucket, count);
    }
    Ok(counts)
}

/// Counts one more failure than there were, and until when the next attempt waits; puts away what is
/// long forgotten.
///
/// # Errors
/// Those of the database.
pub fn count(
    db: &mut Db,
    bucket: &Bucket,
    failures: u32,
    blocked_until_ms: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    let counted = (
        attempts::failures.eq(failures.cast_signed()),
        attempts::blocked_until.eq(moment(blocked_until_ms)),
        attempts::last_at.eq(moment(now_ms)),
    );
    let key = key(db, bucket)?;
    if diesel::update(attempts::table.find(&key)).set(counted).execute(db.sql())? > 0 {
        return Ok(());
    }
    diesel::insert_into(attempts::table)
        .values((attempts::bucket.eq(&key), counted))
        .on_conflict(attempts::bucket)
        .do_update()
        // Somebody else has just made the row: it was not there to be locked.
        .set(attempts::failures.eq(attempts::failures + 1))
        .execute(db.sql())?;
    Ok(())
}

/// Puts away what nobody needs any more.
///
/// # Errors
/// Those of the database.
pub fn forget(db: &mut Db, now_ms: i64) -> Result<(), StoreError> {
    let old = attempts::table.filter(attempts::last_at.lt(moment(now_ms - FORGOTTEN_MS))).filter(
        attempts::signed_in_at
            .is_null()
            .or(attempts::signed_in_at.lt(moment(now_ms - FAMILIAR_MS))),
    );
    diesel::delete(old).execute(db.sql())?;
    Ok(())
}

/// Notes that somebody signed in well: buckets of their own begin anew, those that they share with
/// others lose the one failure that this attempt was counted as.
///
/// # Errors
/// Those of the database.
pub fn succeeded(
    db: &mut Db,
    own: &[Bucket],
    shared: &[Bucket],
    now_ms: i64,
) -> Result<(), StoreError> {
    let (own, shared) = (keys(db, own)?, keys(db, shared)?);
    diesel::update(attempts::table.filter(attempts::bucket.eq_any(own)))
        .set((
            attempts::failures.eq(0),
            attempts::blocked_until.eq(moment(now_ms)),
            attempts::signed_in_at.eq(moment(now_ms)),
        ))
        .execute(db.sql())?;
    let counted =
        attempts::table.filter(attempts::bucket.eq_any(shared)).filter(attempts::failures.gt(0));
    diesel::update(counted)
        .set((
            attempts::failures.eq(attempts::failures - 1),
            attempts::blocked_until.eq(moment(now_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

fn keys(db: &mut Db, buckets: &[Bucket]) -> Result<Vec<Vec<u8>>, StoreError> {
    buckets.iter().map(|bucket| key(db, bucket)).collect()
}

/// What a bucket's row stands under: a hash by the newest key, so that servers agree; [`lock`] has seen
/// to it that it is known. With another index key counts begin anew.
fn key(db: &mut Db, bucket: &Bucket) -> Result<Vec<u8>, StoreError> {
    let ring = db.ring()?;
    let newest = ring.lookups().next_back().ok_or(StoreError::Sealed("the index's key"))?;
    Ok(newest.hash(Sought::Attempts, &[bucket]).to_vec())
}
