//! Table `recovery_codes`: codes in place of a second factor that is lost.

use diesel::prelude::*;
use sync_protocol::ids::PersonId;

use super::rows::person_key;
use super::{Db, StoreError};
use crate::schema::recovery_codes as codes;

/// Puts codes, by their hashes, in the place of those that a person has.
///
/// # Errors
/// Those of the database.
pub fn replace(db: &mut Db, whose: PersonId, hashes: &[[u8; 32]]) -> Result<(), StoreError> {
    let key = person_key(whose);
    diesel::delete(codes::table.filter(codes::person_id.eq(key))).execute(db.sql())?;
    let row = |hash: &[u8; 32]| (codes::code_hash.eq(hash.to_vec()), codes::person_id.eq(key));
    let rows: Vec<_> = hashes.iter().map(row).collect();
    diesel::insert_into(codes::table).values(rows).execute(db.sql())?;
    Ok(())
}

/// Uses a code up; answers whether it was one of the person's.
///
/// # Errors
/// Those of the database.
pub fn redeem(db: &mut Db, whose: PersonId, hash: &[u8]) -> Result<bool, StoreError> {
    let own = codes::table.find(hash).filter(codes::person_id.eq(person_key(whose)));
    Ok(diesel::delete(own).execute(db.sql())? > 0)
}

/// How many a person has left.
///
/// # Errors
/// Those of the database.
pub fn left(db: &mut Db, whose: PersonId) -> Result<i64, StoreError> {
    let own = codes::table.filter(codes::person_id.eq(person_key(whose)));
    Ok(own.count().get_result(db.sql())?)
}
