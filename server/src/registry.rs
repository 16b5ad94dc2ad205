//! Setting up: the district, its areas and its people. Only an operator does it.

use sync_protocol::ids::{AreaId, PersonId, ServerEpoch};
use sync_protocol::records::Role;
use sync_protocol::records::derived::AreaKey;

use crate::auth::{Operator, secrets};
use crate::store::areas::Area;
use crate::store::district::District;
use crate::store::people::Person;
use crate::store::{Db, StoreError, areas, district, people};

/// Fewest characters of a password.
pub const PASSWORD_LENGTH: usize = 10;

/// An area to be entered.
#[derive(Debug, Clone)]
pub struct NewArea {
    /// Its division code.
    pub id: AreaId,
    /// The area above.
    pub parent: Option<AreaId>,
    /// city, district, street, community or cell.
    pub level: String,
    /// Name, zh-CN.
    pub name_zh: String,
    /// Name, English.
    pub name_en: String,
}

/// What a person signs in to the console with.
pub struct NewLogin<'l> {
    /// The name for signing in.
    pub login: &'l str,
    /// The password.
    pub password: &'l str,
}

/// What could not be entered.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The password is too short.
    #[error("a password has at least {PASSWORD_LENGTH} characters")]
    PasswordTooShort,
    /// The password could not be hashed.
    #[error("the password could not be hashed")]
    Hash(#[from] argon2::password_hash::Error),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets the district up, with new secrets.
///
/// # Errors
/// Those of the database; there can be one district only.
pub fn create_district(
    db: &mut Db,
    _by: Operator,
    name_zh: &str,
    name_en: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let new = District {
        name_zh: name_zh.to_owned(),
        name_en: name_en.to_owned(),
        server_epoch: ServerEpoch(secrets::random()),
        signing_key: secrets::random(),
        rescue_key: secrets::random(),
    };
    district::insert(db, &new, now_ms)
}

/// Enters an area, with a new key, and begins its log.
///
/// # Errors
/// Those of the database, among them that there is such an area already.
pub fn create_area(
    db: &mut Db,
    _by: Operator,
    new: NewArea,
    now_ms: i64,
) -> Result<(), StoreError> {
    let NewArea { id, parent, level, name_zh, name_en } = new;
    let key = AreaKey(secrets::random());
    areas::insert(db, &Area { id, parent, level, name_zh, name_en, key }, now_ms)
}

/// Enters a person with a role in an area and all below it.
///
/// # Errors
/// [`RegistryError::PasswordTooShort`], or those of the database.
pub fn create_person(
    db: &mut Db,
    _by: Operator,
    name: &str,
    (role, area): (Role, AreaId),
    login: Option<NewLogin<'_>>,
    now_ms: i64,
) -> Result<PersonId, RegistryError> {
    let id = PersonId(uuid::Uuid::now_v7().into_bytes());
    let person = Person { id, name: name.to_owned() };
    let hashed = login.map(|new| Ok((new.login, hashed(new.password)?)));
    let hashed = hashed.transpose().map_err(|error: RegistryError| error)?;
    let login = hashed.as_ref().map(|(login, hash)| (*login, hash.as_str()));
    people::insert(db, &person, login, now_ms)?;
    people::grant(db, id, area, role)?;
    Ok(id)
}

/// Enters a person whose id is known beforehand, with a role in an area and all below it.
///
/// # Errors
/// Those of the database.
pub fn enter_person(
    db: &mut Db,
    _by: Operator,
    person: &Person,
    (role, area): (Role, AreaId),
    now_ms: i64,
) -> Result<(), StoreError> {
    people::insert(db, person, None, now_ms)?;
    people::grant(db, person.id, area, role)
}

fn hashed(password: &str) -> Result<String, RegistryError> {
    if password.chars().count() < PASSWORD_LENGTH {
        return Err(RegistryError::PasswordTooShort);
    }
    Ok(secrets::hash_password(password)?)
}
