//! Table `invitations`: one-time codes by which a person sets the first password, a new one after the
//! old was lost, or binds an account of the district's identity provider.

use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::rows::{moment, person, person_key};
use super::{Db, StoreError};
use crate::schema::invitations;

/// Keeps an invitation, by its code's hash, in place of earlier ones of the person.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    code_hash: &[u8],
    whose: PersonId,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    let earlier = invitations::table.filter(invitations::person_id.eq(person_key(whose)));
    diesel::delete(earlier).execute(db.sql())?;
    diesel::insert_into(invitations::table)
        .values((
            invitations::code_hash.eq(code_hash),
            invitations::person_id.eq(person_key(whose)),
            invitations::expires_at.eq(moment(expires_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Whom a code invites, while it can be used.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, code_hash: &[u8], now_ms: i64) -> Result<Option<PersonId>, StoreError> {
    let whose: Option<Uuid> = invitations::table
        .find(code_hash)
        .filter(invitations::expires_at.gt(moment(now_ms)))
        .select(invitations::person_id)
        .first(db.sql())
        .optional()?;
    Ok(whose.map(person))
}

/// Whom a code invites, while it can be used; whoever asks the same waits until the transaction ends.
///
/// # Errors
/// Those of the database.
pub fn lock(db: &mut Db, code_hash: &[u8], now_ms: i64) -> Result<Option<PersonId>, StoreError> {
    let whose: Option<Uuid> = invitations::table
        .find(code_hash)
        .filter(invitations::expires_at.gt(moment(now_ms)))
        .select(invitations::person_id)
        .for_update()
        .first(db.sql())
        .optional()?;
    Ok(whose.map(person))
}

/// Uses an invitation up; answers whom it invited.
///
/// # Errors
/// Those of the database.
pub fn redeem(db: &mut Db, code_hash: &[u8], now_ms: i64) -> Result<Option<PersonId>, StoreError> {
    let good =
        invitations::table.find(code_hash).filter(invitations::expires_at.gt(moment(now_ms)));
    let whose: Option<Uuid> =
        diesel::delete(good).returning(invitations::person_id).get_result(db.sql()).optional()?;
    Ok(whose.map(person))
}
