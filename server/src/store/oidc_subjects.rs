//! Table `oidc_subjects`: whom the identity provider's accounts belong to.

use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::rows::{moment, person, person_key};
use super::{Db, StoreError};
use crate::schema::oidc_subjects as subjects;
use crate::vault::{Sought, What};

/// Binds an account to a person; answers whether it is theirs now, which it is not if it is somebody
/// else's.
///
/// # Errors
/// Those of the database.
pub fn bind(
    db: &mut Db,
    account: (&str, &str),
    whose: PersonId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let (issuer, subject) = account;
    let hash = hash(db, account)?;
    let sealed = db.seal_value(What::Subject, &hash, subject.as_bytes())?;
    diesel::insert_into(subjects::table)
        .values((
            subjects::issuer.eq(issuer),
            subjects::subject.eq(sealed),
            subjects::subject_hash.eq(hash),
            subjects::person_id.eq(person_key(whose)),
            subjects::bound_at.eq(moment(now_ms)),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(find(db, account)? == Some(whose))
}

/// Whose an account is.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, account: (&str, &str)) -> Result<Option<PersonId>, StoreError> {
    let (issuer, subject) = account;
    let hashes = db.hashes(Sought::Account, &[issuer.as_bytes(), subject.as_bytes()])?;
    let whose: Option<Uuid> = subjects::table
        .filter(subjects::issuer.eq(issuer))
        .filter(subjects::subject_hash.eq_any(hashes))
        .select(subjects::person_id)
        .first(db.sql())
        .optional()?;
    Ok(whose.map(person))
}

/// Writes every account's hash anew, and the subject at its new place.
///
/// # Errors
/// Those of the database, or [`StoreError::Sealed`].
pub(super) fn write_anew(db: &mut Db) -> Result<(), StoreError> {
    let rows: Vec<(String, Vec<u8>, Vec<u8>)> = subjects::table
        .for_update()
        .select((subjects::issuer, subjects::subject_hash, subjects::subject))
        .load(db.sql())?;
    for (issuer, old, sealed) in rows {
        let words = "who somebody is at the identity provider";
        let subject = db.open_text(What::Subject, &old, &sealed, words)?;
        let new = hash(db, (&issuer, &subject))?;
        let sealed = db.seal_value(What::Subject, &new, subject.as_bytes())?;
        diesel::update(subjects::table.find((issuer, old)))
            .set((subjects::subject_hash.eq(new), subjects::subject.eq(sealed)))
            .execute(db.sql())?;
    }
    Ok(())
}

/// The hash under which an account is kept.
fn hash(db: &mut Db, (issuer, subject): (&str, &str)) -> Result<Vec<u8>, StoreError> {
    db.hash_to_keep(Sought::Account, &[issuer.as_bytes(), subject.as_bytes()])
}
