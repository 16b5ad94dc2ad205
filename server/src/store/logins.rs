//! How people sign in: the columns `login` and `password_hash` of `people`.

use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::people::Person;
use super::rows::{person, person_key};
use super::{Db, StoreError, second_factors, sessions};
use crate::schema::people;

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

type Row = (Uuid, String, Option<String>, Option<String>);

fn from_row((id, name, login, password_hash): Row) -> Option<Login> {
    Some(Login { person: Person { id: person(id), name }, login: login?, password_hash })
}

/// Who signs in under a login.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, login: &str) -> Result<Option<Login>, StoreError> {
    let row: Option<Row> = people::table
        .filter(people::login.eq(login))
        .filter(people::left_at.is_null())
        .select((people::person_id, people::name, people::login, people::password_hash))
        .first(db.sql())
        .optional()?;
    Ok(row.and_then(from_row))
}

/// The login of a person who has not left.
///
/// # Errors
/// Those of the database.
pub fn of(db: &mut Db, who: PersonId) -> Result<Option<Login>, StoreError> {
    let row: Option<Row> = people::table
        .find(person_key(who))
        .filter(people::left_at.is_null())
        .select((people::person_id, people::name, people::login, people::password_hash))
        .first(db.sql())
        .optional()?;
    Ok(row.and_then(from_row))
}

/// Gives a person a name for signing in.
///
/// # Errors
/// Those of the database, among them that somebody else has it.
pub fn set_login(db: &mut Db, who: PersonId, login: &str) -> Result<(), StoreError> {
    diesel::update(people::table.find(person_key(who)))
        .set(people::login.eq(login))
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
