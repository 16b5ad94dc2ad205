//! Table `staff_sessions`: sessions of the console.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::people::Person;
use super::rows::{moment, person, person_key};
use super::{Db, StoreError, people as persons};
use crate::schema::{people, staff_sessions as sessions};
use crate::vault::What;

/// How long a session may rest, in milliseconds.
pub const IDLE_MS: i64 = 30 * 60 * 1000;

/// How finely its use is noted, in milliseconds.
const NOTED_MS: i64 = 60 * 1000;

/// What is still to be shown before a session is good for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacks {
    /// Nothing: it is good.
    Nothing,
    /// A code of the second factor.
    SecondFactor,
    /// That a second factor is set up, which is demanded here.
    Enrolment,
}

impl Lacks {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::SecondFactor => "second_factor",
            Self::Enrolment => "enrolment",
        }
    }

    fn from_code(code: &str) -> Result<Self, StoreError> {
        let all = [Self::Nothing, Self::SecondFactor, Self::Enrolment];
        let found = all.into_iter().find(|lacks| lacks.code() == code);
        found.ok_or(StoreError::Corrupt("what a session lacks"))
    }
}

/// A session that begins.
#[derive(Debug)]
pub struct NewSession<'s> {
    /// SHA-256 of its cookie.
    pub token_hash: [u8; 32],
    /// How its person names it.
    pub id: Uuid,
    /// Whose it is.
    pub person: PersonId,
    /// What is still to be shown.
    pub lacks: Lacks,
    /// The address that it begins from.
    pub address: &'s str,
    /// What the browser calls itself.
    pub browser: &'s str,
    /// When it ends at the latest, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// A session that holds.
#[derive(Debug)]
pub struct Session {
    /// Whose it is.
    pub person: Person,
    /// How its person names it.
    pub id: Uuid,
    /// What is still to be shown.
    pub lacks: Lacks,
}

/// A session as its person sees it in a list.
#[derive(Debug)]
pub struct Listed {
    /// Which.
    pub id: Uuid,
    /// When it began, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// When it was last used, to the minute.
    pub seen_at_ms: i64,
    /// The address that it began from.
    pub address: String,
    /// What the browser calls itself.
    pub browser: String,
}

/// Begins a session, and puts those of the person away that do not hold any more.
///
/// # Errors
/// Those of the database.
pub fn insert(db: &mut Db, new: &NewSession<'_>, now_ms: i64) -> Result<(), StoreError> {
    let place = new.id.as_bytes();
    let address = db.seal_value(What::SessionAddress, place, new.address.as_bytes())?;
    let browser = db.seal_value(What::SessionBrowser, place, new.browser.as_bytes())?;
    let past =
        sessions::expires_at.lt(moment(now_ms)).or(sessions::seen_at.lt(moment(now_ms - IDLE_MS)));
    let own = sessions::person_id.eq(person_key(new.person));
    diesel::delete(sessions::table.filter(own.and(past))).execute(db.sql())?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(new.token_hash.as_slice()),
            sessions::session_id.eq(new.id),
            sessions::person_id.eq(person_key(new.person)),
            sessions::lacks.eq(new.lacks.code()),
            sessions::address.eq(address),
            sessions::browser.eq(browser),
            sessions::created_at.eq(moment(now_ms)),
            sessions::seen_at.eq(moment(now_ms)),
            sessions::expires_at.eq(moment(new.expires_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// The session of a cookie, while it holds; notes that it was used.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, token_hash: &[u8], now_ms: i64) -> Result<Option<Session>, StoreError> {
    type Row = (Uuid, Vec<u8>, Uuid, String, DateTime<Utc>);
    let row: Option<Row> = sessions::table
        .inner_join(people::table)
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(moment(now_ms)))
        .filter(sessions::seen_at.gt(moment(now_ms - IDLE_MS)))
        .select((
            people::person_id,
            people::name,
            sessions::session_id,
            sessions::lacks,
            sessions::seen_at,
        ))
        .first(db.sql())
        .optional()?;
    let Some((whose, name, id, lacks, seen_at)) = row else { return Ok(None) };
    if now_ms - seen_at.timestamp_millis() >= NOTED_MS {
        diesel::update(sessions::table.find(token_hash))
            .set(sessions::seen_at.eq(moment(now_ms)))
            .execute(db.sql())?;
    }
    let person = Person { id: person(whose), name: persons::name(db, whose, &name)? };
    Ok(Some(Session { person, id, lacks: Lacks::from_code(&lacks)? }))
}

/// Counts a try of a second factor in a session; answers how many there were with it.
///
/// # Errors
/// Those of the database.
pub fn tried(db: &mut Db, token_hash: &[u8]) -> Result<i32, StoreError> {
    let tried = diesel::update(sessions::table.find(token_hash))
        .set(sessions::attempts.eq(sessions::attempts + 1))
        .returning(sessions::attempts)
        .get_result(db.sql())
        .optional()?;
    Ok(tried.unwrap_or(i32::MAX))
}

/// Puts a session under another secret once nothing is lacking, until its new end.
///
/// # Errors
/// Those of the database.
pub fn complete(
    db: &mut Db,
    token_hash: &[u8],
    new_hash: &[u8],
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(token_hash))
        .set((
            sessions::token_hash.eq(new_hash),
            sessions::lacks.eq(Lacks::Nothing.code()),
            sessions::attempts.eq(0),
            sessions::expires_at.eq(moment(expires_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Notes that a session lacks something from now on.
///
/// # Errors
/// Those of the database.
pub fn set_lacking(db: &mut Db, token_hash: &[u8], lacks: Lacks) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(token_hash))
        .set(sessions::lacks.eq(lacks.code()))
        .execute(db.sql())?;
    Ok(())
}

/// A person's sessions that hold, the last used first.
///
/// # Errors
/// Those of the database.
pub fn of(db: &mut Db, whose: PersonId, now_ms: i64) -> Result<Vec<Listed>, StoreError> {
    type Row = (Uuid, DateTime<Utc>, DateTime<Utc>, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> = sessions::table
        .filter(sessions::person_id.eq(person_key(whose)))
        .filter(sessions::expires_at.gt(moment(now_ms)))
        .filter(sessions::seen_at.gt(moment(now_ms - IDLE_MS)))
        .filter(sessions::lacks.eq(Lacks::Nothing.code()))
        .order((sessions::seen_at.desc(), sessions::session_id))
        .select((
            sessions::session_id,
            sessions::created_at,
            sessions::seen_at,
            sessions::address,
            sessions::browser,
        ))
        .load(db.sql())?;
    let listed = |(id, created, seen, address, browser): Row| {
        let mut open = |what, sealed: &[u8]| {
            db.open_text(what, id.as_bytes(), sealed, "where somebody signed in")
        };
        Ok(Listed {
            id,
            created_at_ms: created.timestamp_millis(),
            seen_at_ms: seen.timestamp_millis(),
            address: open(What::SessionAddress, &address)?,
            browser: open(What::SessionBrowser, &browser)?,
        })
    };
    rows.into_iter().map(listed).collect()
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub fn delete(db: &mut Db, token_hash: &[u8]) -> Result<(), StoreError> {
    diesel::delete(sessions::table.find(token_hash)).execute(db.sql())?;
    Ok(())
}

/// Ends a session of a person by its id; answers whether there was one.
///
/// # Errors
/// Those of the database.
pub fn end(db: &mut Db, whose: PersonId, id: Uuid) -> Result<bool, StoreError> {
    let own = sessions::table
        .filter(sessions::person_id.eq(person_key(whose)))
        .filter(sessions::session_id.eq(id));
    Ok(diesel::delete(own).execute(db.sql())? > 0)
}

/// Ends a person's sessions, but for one that is to stay.
///
/// # Errors
/// Those of the database.
pub fn end_others(db: &mut Db, whose: PersonId, stays: Option<Uuid>) -> Result<(), StoreError> {
    let own = sessions::table.filter(sessions::person_id.eq(person_key(whose)));
    diesel::delete(own.filter(sessions::session_id.ne(stays.unwrap_or_default())))
        .execute(db.sql())?;
    Ok(())
}
