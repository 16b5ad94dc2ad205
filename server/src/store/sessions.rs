//! Table `staff_sessions`: sessions of the console.

use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::people::Person;
use super::rows::{moment, person, person_key};
use super::{Db, StoreError};
use crate::schema::{people, staff_sessions as sessions};

/// Begins a session, and puts expired ones of the person away.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    token_hash: &[u8],
    whose: PersonId,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    let expired =
        sessions::person_id.eq(person_key(whose)).and(sessions::expires_at.lt(moment(now_ms)));
    diesel::delete(sessions::table.filter(expired)).execute(db.sql())?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token_hash),
            sessions::person_id.eq(person_key(whose)),
            sessions::expires_at.eq(moment(expires_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Whose session it is, while it holds.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, token_hash: &[u8], now_ms: i64) -> Result<Option<Person>, StoreError> {
    let row: Option<(Uuid, String)> = sessions::table
        .inner_join(people::table)
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(moment(now_ms)))
        .select((people::person_id, people::name))
        .first(db.sql())
        .optional()?;
    Ok(row.map(|(id, name)| Person { id: person(id), name }))
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub fn delete(db: &mut Db, token_hash: &[u8]) -> Result<(), StoreError> {
    diesel::delete(sessions::table.find(token_hash)).execute(db.sql())?;
    Ok(())
}
