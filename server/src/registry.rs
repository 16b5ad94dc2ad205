//! Setting up: the district, its areas and its people. Only an operator does it.

use sync_protocol::codes::Code;
use sync_protocol::ids::{AreaId, DeviceId, PersonId, ServerEpoch};
use sync_protocol::records::Role;
use sync_protocol::records::derived::AreaKey;

use crate::auth::{Operator, passwords, secrets};
use crate::store::areas::Area;
use crate::store::district::District;
use crate::store::people::Person;
use crate::store::{Db, Store, StoreError, areas, badges, data_keys, devices, district, people};

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
    /// The password is not good enough.
    #[error("{}: {}", .0.message.en, .0.remedy.en)]
    Password(&'static Code),
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
    data_keys::begin(db, now_ms)?;
    district::insert(db, &new, now_ms)
}

/// Sets whether whoever signs in to the console needs a second factor.
///
/// # Errors
/// Those of the database.
pub fn set_second_factor(db: &mut Db, _by: Operator, wanted: bool) -> Result<(), StoreError> {
    district::set_second_factor(db, wanted)
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
/// [`RegistryError::Password`], or those of the database.
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
    let beside = district::wants_second_factor(db)?;
    let hashed = login.map(|new| Ok((new.login, hashed(&new, name, beside)?)));
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

/// What a person's badge cannot say.
#[derive(Debug, thiserror::Error)]
pub enum BadgeError {
    /// The card number is not of its form.
    #[error("a card number has 1 to {CARD_CHARS} letters, digits, blanks and hyphens")]
    CardNumber,
    /// The portrait cannot be read.
    #[error("the portrait is no JPEG or PNG picture that can be read")]
    Portrait(#[source] image::ImageError),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Most characters of a card number.
const CARD_CHARS: usize = 40;

/// Sets what is given of a person's badge: the number of the work card, a portrait as JPEG or PNG.
///
/// # Errors
/// [`BadgeError`]; nothing is set then. Two people cannot have one number.
pub fn set_badge(
    store: &Store,
    _by: Operator,
    whose: PersonId,
    card_number: Option<&str>,
    picture: Option<&[u8]>,
) -> Result<(), BadgeError> {
    if card_number.is_some_and(|number| !is_card_number(number)) {
        return Err(BadgeError::CardNumber);
    }
    let portrait = picture.map(crate::photos::portrait).transpose();
    let portrait = portrait.map_err(BadgeError::Portrait)?;
    store.transaction(|db| badges::set(db, whose, card_number, portrait.as_deref()))?;
    Ok(())
}

fn is_card_number(number: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-');
    (1..=CARD_CHARS).contains(&number.chars().count())
        && number.trim() == number
        && number.chars().all(plain)
}

/// Ends a person's service.
///
/// # Errors
/// Those of the database.
pub fn leave(db: &mut Db, _by: Operator, who: PersonId, now_ms: i64) -> Result<(), StoreError> {
    people::leave(db, who, now_ms)
}

/// Revokes a device; answers whether there was one to revoke.
///
/// # Errors
/// Those of the database.
pub fn revoke_device(
    db: &mut Db,
    _by: Operator,
    device: DeviceId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    devices::revoke(db, device, now_ms)
}

fn hashed(new: &NewLogin<'_>, name: &str, beside: bool) -> Result<String, RegistryError> {
    passwords::check(new.password, &[new.login, name], beside).map_err(RegistryError::Password)?;
    Ok(passwords::Turn::alone().hash(new.password)?)
}
