//! Table `oidc_subjects`: whom the identity provider's accounts belong to.

use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::rows::{moment, person, person_key};
use super::{Db, StoreError};
use crate::schema::oidc_subjects as subjects;

/// Binds an account to a person; answers whether it is theirs now, which it is not if it is somebody
/// else's.
///
/// # Errors
/// Those of the database.
pub fn bind(
    db: &mut Db,
    (issuer, subject): (&str, &str),
    whose: PersonId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    diesel::insert_into(subjects::table)
        .values((
            subjects::issuer.eq(issuer),
            subjects::subject.eq(subject),
            subjects::person_id.eq(person_key(whose)),
            subjects::bound_at.eq(moment(now_ms)),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(find(db, (issuer, subject))? == Some(whose))
}

/// Whose an account is.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, (issuer, subject): (&str, &str)) -> Result<Option<PersonId>, StoreError> {
    let whose: Option<Uuid> = subjects::table
        .find((issuer, subject))
        .select(subjects::person_id)
        .first(db.sql())
        .optional()?;
    Ok(whose.map(person))
}
