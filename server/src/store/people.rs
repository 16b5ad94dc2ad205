//! Tables `people` and `person_roles`: workers and staff, and what they are where.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::{Role, Roles};
use uuid::Uuid;

use super::rows::{area, area_key, moment, person, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError, logins};
use crate::schema::{people, person_roles};
use crate::vault::What;

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Name.
    pub name: String,
}

/// Enters a person; with a login, one who may sign in to the console.
///
/// # Errors
/// Those of the database, among them that the login is taken.
pub fn insert(
    db: &mut Db,
    new: &Person,
    login: Option<(&str, &str)>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let key = person_key(new.id);
    let name = db.seal_value(What::PersonName, key.as_bytes(), new.name.as_bytes())?;
    let sealed = login.map(|(login, _)| logins::seal(db, key, login)).transpose()?;
    let hash = login.map(|(login, _)| logins::hash(db, login)).transpose()?;
    diesel::insert_into(people::table)
        .values((
            people::person_id.eq(key),
            people::name.eq(name),
            people::login.eq(sealed),
            people::login_hash.eq(hash),
            people::password_hash.eq(login.map(|(_, hash)| hash)),
            people::created_at.eq(moment(now_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Gives a person a role in an area and all below it.
///
/// # Errors
/// Those of the database.
pub fn grant(db: &mut Db, to: PersonId, at: AreaId, role: Role) -> Result<(), StoreError> {
    diesel::insert_into(person_roles::table)
        .values((
            person_roles::person_id.eq(person_key(to)),
            person_roles::area_id.eq(area_key(at)),
            person_roles::role.eq(role.code()),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(())
}

/// Takes a role in an area from a person; what they hold through an area above stays.
///
/// # Errors
/// Those of the database.
pub fn revoke(db: &mut Db, from: PersonId, at: AreaId, role: Role) -> Result<(), StoreError> {
    let held = person_roles::person_id
        .eq(person_key(from))
        .and(person_roles::area_id.eq(area_key(at)))
        .and(person_roles::role.eq(role.code()));
    diesel::delete(person_roles::table.filter(held)).execute(db.sql())?;
    Ok(())
}

/// A person leaves: every role, every phone, every session and every way to begin one ends with it,
/// and the badge: card number and portrait are not kept. What they wrote stays, under their name.
///
/// # Errors
/// Those of the database.
pub fn leave(db: &mut Db, who: PersonId, now_ms: i64) -> Result<(), StoreError> {
    use crate::schema::{devices, enrolment_codes, portraits};
    let key = person_key(who);
    super::logins::forget(db, who)?;
    super::absences::end(db, who, now_ms)?;
    super::absences::stand_down(db, who, now_ms)?;
    diesel::delete(person_roles::table.filter(person_roles::person_id.eq(key)))
        .execute(db.sql())?;
    let codes = enrolment_codes::table.filter(enrolment_codes::person_id.eq(key));
    diesel::delete(codes).execute(db.sql())?;
    let active =
        devices::table.filter(devices::person_id.eq(key)).filter(devices::revoked_at.is_null());
    diesel::update(active).set(devices::revoked_at.eq(moment(now_ms))).execute(db.sql())?;
    diesel::delete(portraits::table.find(key)).execute(db.sql())?;
    let none: Option<&str> = None;
    diesel::update(people::table.find(key))
        .set((
            people::left_at.eq(moment(now_ms)),
            people::password_hash.eq(none),
            people::card_number.eq(None::<&[u8]>),
            people::card_hash.eq(None::<&[u8]>),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// The person of an id.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, id: PersonId) -> Result<Option<Person>, StoreError> {
    let key = person_key(id);
    let sealed: Option<Vec<u8>> =
        people::table.find(key).select(people::name).first(db.sql()).optional()?;
    let name = sealed.map(|sealed| name(db, key, &sealed)).transpose()?;
    Ok(name.map(|name| Person { id, name }))
}

/// A person's name as its column holds it, opened.
pub(super) fn name(db: &mut Db, whose: Uuid, sealed: &[u8]) -> Result<String, StoreError> {
    db.open_text(What::PersonName, whose.as_bytes(), sealed, "somebody's name")
}

/// Everybody, with their names opened, by id.
fn all(db: &mut Db) -> Result<Vec<Person>, StoreError> {
    let rows: Vec<(Uuid, Vec<u8>)> = people::table
        .order(people::person_id)
        .select((people::person_id, people::name))
        .load(db.sql())?;
    let named = rows.into_iter().map(|(key, sealed)| {
        let name = name(db, key, &sealed)?;
        Ok(Person { id: person(key), name })
    });
    named.collect()
}

/// Whether a text has these words in it, in small or large letters.
pub(super) fn contains(text: &str, words: &str) -> bool {
    text.to_lowercase().contains(&words.to_lowercase())
}

/// The people whose name has these words in it.
///
/// # Errors
/// Those of the database.
pub fn whose_name_has(db: &mut Db, words: &str) -> Result<Vec<PersonId>, StoreError> {
    let named = all(db)?.into_iter().filter(|person| contains(&person.name, words));
    Ok(named.map(|person| person.id).collect())
}

/// People of a name.
///
/// # Errors
/// Those of the database.
pub fn find_by_name(db: &mut Db, name: &str) -> Result<Vec<Person>, StoreError> {
    Ok(all(db)?.into_iter().filter(|person| person.name == name).collect())
}

#[derive(QueryableByName)]
struct HeldRow {
    #[diesel(sql_type = Nullable<BigInt>)]
    area_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = BigInt)]
    changes: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<DateTime<Utc>>,
}

const HOLDINGS: &str = "
    WITH RECURSIVE asked (who, at) AS (SELECT ?, ?),
    below AS (
        SELECT r.area_id, r.role FROM asked, roles_holding(asked.at) r WHERE r.person_id = asked.who
        UNION
        SELECT a.area_id, b.role FROM areas a JOIN below b ON a.parent = b.area_id
    ),
    absent AS (SELECT a.* FROM absences a, asked WHERE asked.who IN (a.person_id, a.stand_in)),
    dates (day) AS (
        SELECT unnest(ARRAY[r.valid_from, r.valid_until]) FROM person_roles r
        WHERE r.person_id IN (SELECT who FROM asked UNION ALL SELECT person_id FROM absent)
        UNION ALL
        SELECT unnest(ARRAY[from_at, until_at]) FROM absent
    )
    SELECT below.area_id, below.role,
           coalesce((SELECT p.grants FROM people p WHERE p.person_id = asked.who), 0)
               + coalesce((SELECT d.grants FROM district d), 0) AS changes,
           (SELECT max(day) FROM dates WHERE day <= asked.at) AS since,
           (SELECT min(day) FROM dates WHERE day > asked.at) AS until
    FROM asked LEFT JOIN below ON true";

/// How long it holds what a person is: as long as nothing of it is changed, and between two of its dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Term {
    /// How often it was changed, with the tree of areas.
    changes: i64,
    /// Its last date, in milliseconds since 1970 UTC.
    since: i64,
    /// Its next date, which is outside.
    until: i64,
}

impl Term {
    /// Whether it still holds at a moment, if it was changed so often by then.
    pub fn holds(self, changes: i64, at_ms: i64) -> bool {
        self.changes == changes && (self.since..self.until).contains(&at_ms)
    }
}

/// What a person is somewhere at a moment.
#[derive(Debug, Clone, Default)]
pub struct Holdings {
    /// Roles by area; those above an area hold below it.
    pub areas: BTreeMap<AreaId, Roles>,
    /// How long.
    pub term: Term,
}

/// What a person is at a moment in every area that is theirs: their own roles inside their dates,
/// unless they are absent, and those of the absent whom they stand in for.
///
/// # Errors
/// Those of the database.
pub fn holdings(db: &mut Db, id: PersonId, at_ms: i64) -> Result<Holdings, StoreError> {
    let binds = (bind::<SqlUuid, _>(person_key(id)), bind::<Timestamptz, _>(moment(at_ms)));
    let rows: Vec<HeldRow> = statement(HOLDINGS, binds).load(db.sql())?;
    let mut held = Holdings::default();
    for HeldRow { area_id, role, changes, since, until } in rows {
        let ms = |date: DateTime<Utc>| date.timestamp_millis();
        let (since, until) = (since.map_or(i64::MIN, ms), until.map_or(i64::MAX, ms));
        held.term = Term { changes, since, until };
        let (Some(id), Some(role)) = (area_id, role) else { continue };
        let role = Role::from_code(&role).ok_or(StoreError::Corrupt("a role"))?;
        let roles = held.areas.entry(area(id)).or_default();
        *roles = roles.with(role);
    }
    Ok(held)
}

/// The areas of [`holdings`].
///
/// # Errors
/// Those of the database.
pub fn areas_of(
    db: &mut Db,
    id: PersonId,
    at_ms: i64,
) -> Result<BTreeMap<AreaId, Roles>, StoreError> {
    Ok(holdings(db, id, at_ms)?.areas)
}
