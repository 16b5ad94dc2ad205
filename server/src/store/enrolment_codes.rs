//! Table `enrolment_codes`: one-time codes by which a phone becomes a device of a person.

use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::rows::{moment, person, person_key};
use super::{Db, StoreError};
use crate::schema::enrolment_codes as codes;

/// Keeps a code, by its hash, until a moment.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    code_hash: &[u8],
    whose: PersonId,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    diesel::insert_into(codes::table)
        .values((
            codes::code_hash.eq(code_hash),
            codes::person_id.eq(person_key(whose)),
            codes::expires_at.eq(moment(expires_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Uses a code up; answers whose device it makes, or nothing if it is wrong, used or expired.
///
/// # Errors
/// Those of the database.
pub fn redeem(db: &mut Db, code_hash: &[u8], now_ms: i64) -> Result<Option<PersonId>, StoreError> {
    let now = moment(now_ms);
    let good =
        codes::code_hash.eq(code_hash).and(codes::used_at.is_null()).and(codes::expires_at.gt(now));
    let whose: Option<Uuid> = diesel::update(codes::table.filter(good))
        .set(codes::used_at.eq(now))
        .returning(codes::person_id)
        .get_result(db.sql())
        .optional()?;
    Ok(whose.map(person))
}

/// Whose code this is, used or not, while it can be: for a phone that did not hear the answer to
/// its enrolment and asks again.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, code_hash: &[u8], now_ms: i64) -> Result<Option<PersonId>, StoreError> {
    let whose: Option<Uuid> = codes::table
        .find(code_hash)
        .filter(codes::expires_at.gt(moment(now_ms)))
        .select(codes::person_id)
        .first(db.sql())
        .optional()?;
    Ok(whose.map(person))
}
