//! How people sign in: the columns `login`, `login_hash` and `password_hash` of `people`.

use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::people::Person;
use super::rows::{person, person_key};
use super::{Db, StoreError, people as persons, second_factors, sessions};
use crate::schema::people;
use crate::vault::{Sought, What};

/// A person who may sign in to the console. It has no `Debug`: no hash belongs into a log.
#[derive(Clone)]
pub struct Login {
    /// Who.
    pub person: Person,
    /// The name for signing in.
    pub login: String,
    /// argon2id, as a PHC string; nothing before the person has set a password.
    pub password_hash: Option<String>,
}

/// Whoever has a login, before they have shown a password: nothing that is sealed was opened, so that
/// there being somebody takes no longer. It has no `Debug`: no hash belongs into a log.
#[derive(Clone)]
pub struct Claimed {
    /// Who.
    pub person: PersonId,
    /// As in [`Login`].
    pub password_hash: Option<String>,
}

/// Who signs in under a login.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, login: &str) -> Result<Option<Claimed>, StoreError> {
    let hashes = db.hashes(Sought::Login, &[login.as_bytes()])?;
    let row: Option<(Uuid, Option<String>)> = people::table
        .filter(people::login_hash.eq_any(hashes))
        .filter(people::left_at.is_null())
        .select((people::person_id, people::password_hash))
        .first(db.sql())
        .optional()?;
    Ok(row.map(|(id, password_hash)| Claimed { person: person(id), password_hash }))
}

/// The login of a person who has not left.
///
/// # Errors
/// Those of the database.
pub fn of(db: &mut Db, who: PersonId) -> Result<Option<Login>, StoreError> {
    type Row = (Vec<u8>, Option<Vec<u8>>, Option<String>);
    let key = person_key(who);
    let row: Option<Row> = people::table
        .find(key)
        .filter(people::left_at.is_null())
        .select((people::name, people::login, people::password_hash))
        .first(db.sql())
        .optional()?;
    let Some((name, Some(login), password_hash)) = row else { return Ok(None) };
    let person = Person { id: who, name: persons::name(db, key, &name)? };
    Ok(Some(Login { person, login: open(db, key, &login)?, password_hash }))
}

/// A login as its column holds it.
pub(super) fn seal(db: &mut Db, whose: Uuid, login: &str) -> Result<Vec<u8>, StoreError> {
    db.seal_value(What::Login, whose.as_bytes(), login.as_bytes())
}

/// A login as its column holds it, opened.
pub(super) fn open(db: &mut Db, whose: Uuid, sealed: &[u8]) -> Result<String, StoreError> {
    db.open_text(What::Login, whose.as_bytes(), sealed, "somebody's name for signing in")
}

/// The hash by which a login is found.
pub(super) fn hash(db: &mut Db, login: &str) -> Result<Vec<u8>, StoreError> {
    db.hash_to_keep(Sought::Login, &[login.as_bytes()])
}

/// Gives a person a name for signing in.
///
/// # Errors
/// Those of the database, among them that somebody else has it.
pub fn set_login(db: &mut Db, who: PersonId, login: &str) -> Result<(), StoreError> {
    let sealed = seal(db, person_key(who), login)?;
    let hash = hash(db, login)?;
    diesel::update(people::table.find(person_key(who)))
        .set((people::login.eq(sealed), people::login_hash.eq(hash)))
        .execute(db.sql())?;
    Ok(())
}

/// Sets a password, by its hash.
///
/// # Errors
/// Those of the database.
pub fn set_password(db: &mut Db, who: PersonId, hash: &str) -> Result<(), StoreError> {
    diesel::update(people::table.find(person_key(who)))
        .set(people::password_hash.eq(hash))
        .execute(db.sql())?;
    Ok(())
}

/// Forgets every way in of a person who leaves: password, second factor, codes, accounts elsewhere,
/// sessions. The name for signing in stays taken.
///
/// # Errors
/// Those of the database.
pub fn forget(db: &mut Db, who: PersonId) -> Result<(), StoreError> {
    use crate::schema::{invitations, oidc_subjects};
    let key = person_key(who);
    diesel::update(people::table.find(key))
        .set(people::password_hash.eq(None::<&str>))
        .execute(db.sql())?;
    diesel::delete(invitations::table.filter(invitations::person_id.eq(key))).execute(db.sql())?;
    diesel::delete(oidc_subjects::table.filter(oidc_subjects::person_id.eq(key)))
        .execute(db.sql())?;
    second_factors::delete(db, who)?;
    sessions::end_others(db, who, None)?;
    Ok(())
}
