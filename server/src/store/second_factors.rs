//! Table `second_factors`: secrets of one-time codes. [`read`] and [`write`] are the only ways to a
//! secret.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use sync_protocol::ids::PersonId;

use super::rows::{moment, person_key};
use super::{Db, StoreError, recovery_codes};
use crate::schema::second_factors as factors;
use crate::vault::What;

/// A second factor. It has no `Debug`: no secret belongs into a log.
pub struct SecondFactor {
    /// The shared secret.
    pub secret: Vec<u8>,
    /// Whether a code proved that it was taken over.
    pub confirmed: bool,
    /// The time step of the last code that was used.
    pub last_step: u64,
}

/// A person's second factor; its row stays locked until the transaction's end, so that no code is
/// taken twice.
///
/// # Errors
/// Those of the database.
pub fn read(db: &mut Db, whose: PersonId) -> Result<Option<SecondFactor>, StoreError> {
    let row: Option<(Vec<u8>, Option<DateTime<Utc>>, i64)> = factors::table
        .find(person_key(whose))
        .select((factors::secret, factors::confirmed_at, factors::last_step))
        .for_update()
        .first(db.sql())
        .optional()?;
    row.map(|(secret, confirmed_at, last_step)| {
        let words = "the secret of somebody's one-time codes";
        let secret =
            db.open_value(What::SecondFactor, person_key(whose).as_bytes(), &secret, words)?;
        let (confirmed, last_step) = (confirmed_at.is_some(), last_step.cast_unsigned());
        Ok(SecondFactor { secret, confirmed, last_step })
    })
    .transpose()
}

/// Whether a person has one that is confirmed.
///
/// # Errors
/// Those of the database.
pub fn is_confirmed(db: &mut Db, whose: PersonId) -> Result<bool, StoreError> {
    let confirmed = factors::table
        .find(person_key(whose))
        .filter(factors::confirmed_at.is_not_null())
        .select(factors::person_id);
    Ok(diesel::select(diesel::dsl::exists(confirmed)).get_result(db.sql())?)
}

/// Keeps a new secret, in place of one that was not confirmed.
///
/// # Errors
/// Those of the database.
pub fn write(db: &mut Db, whose: PersonId, secret: &[u8]) -> Result<(), StoreError> {
    let secret = db.seal_value(What::SecondFactor, person_key(whose).as_bytes(), secret)?;
    diesel::insert_into(factors::table)
        .values((factors::person_id.eq(person_key(whose)), factors::secret.eq(&secret)))
        .on_conflict(factors::person_id)
        .do_update()
        .set((factors::secret.eq(&secret), factors::last_step.eq(0_i64)))
        .execute(db.sql())?;
    Ok(())
}

/// Notes that the code of a time step was used, and with the first that the secret was taken over.
///
/// # Errors
/// Those of the database.
pub fn used(db: &mut Db, whose: PersonId, step: u64, now_ms: i64) -> Result<(), StoreError> {
    let row = factors::table.find(person_key(whose));
    diesel::update(row).set(factors::last_step.eq(step.cast_signed())).execute(db.sql())?;
    diesel::update(row.filter(factors::confirmed_at.is_null()))
        .set(factors::confirmed_at.eq(moment(now_ms)))
        .execute(db.sql())?;
    Ok(())
}

/// Takes a person's second factor away, and the recovery codes with it.
///
/// # Errors
/// Those of the database.
pub fn delete(db: &mut Db, whose: PersonId) -> Result<(), StoreError> {
    diesel::delete(factors::table.find(person_key(whose))).execute(db.sql())?;
    recovery_codes::replace(db, whose, &[])
}
