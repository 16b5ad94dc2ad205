//! Table `person_roles`, with its dates: what somebody is somewhere, from when and until when. A role
//! that is over keeps its row, so that who gave it can give it again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;
use uuid::Uuid;

use super::rows::{area, area_key, moment, person, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::auth::duty::PostScope;
use crate::schema::person_roles;

/// A role that somebody has in an area and all below it. Times are milliseconds since 1970 UTC; the end
/// itself is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub area: AreaId,
    /// What they are there.
    pub role: Role,
    /// From when; nothing for ever since.
    pub from_ms: Option<i64>,
    /// Until when; nothing for no end.
    pub until_ms: Option<i64>,
}

impl Post {
    /// Whether it has ended at a moment.
    pub fn is_over(&self, at_ms: i64) -> bool {
        self.until_ms.is_some_and(|until| until <= at_ms)
    }

    /// Whether it holds at some time between two moments.
    pub fn holds_between(&self, from_ms: i64, until_ms: i64) -> bool {
        self.from_ms.is_none_or(|from| from < until_ms)
            && self.until_ms.is_none_or(|until| from_ms < until)
    }
}

/// Gives a role between two moments; one that is over takes the new dates. Answers false, and changes
/// nothing, if they have it there already, now or later.
///
/// # Errors
/// Those of the database.
pub fn give(
    db: &mut Db,
    may: &PostScope,
    (from_ms, until_ms): (Option<i64>, Option<i64>),
    now_ms: i64,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        INSERT INTO person_roles AS held (person_id, area_id, role, valid_from, valid_until)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (person_id, area_id, role) DO UPDATE
           SET valid_from = EXCLUDED.valid_from, valid_until = EXCLUDED.valid_until
         WHERE held.valid_until <= ?";
    let binds = (
        bind::<SqlUuid, _>(person_key(may.person())),
        bind::<BigInt, _>(area_key(may.area())),
        bind::<Text, _>(may.role().code()),
        bind::<Nullable<Timestamptz>, _>(from_ms.map(moment)),
        bind::<Nullable<Timestamptz>, _>(until_ms.map(moment)),
        bind::<Timestamptz, _>(moment(now_ms)),
    );
    Ok(statement(SQL, binds).execute(db.sql())? > 0)
}

/// The role if it is not over; nobody else changes it until the transaction ends.
///
/// # Errors
/// Those of the database.
pub fn find_open(db: &mut Db, may: &PostScope, now_ms: i64) -> Result<Option<Post>, StoreError> {
    let key = (person_key(may.person()), area_key(may.area()), may.role().code());
    let open = person_roles::valid_until.is_null().or(person_roles::valid_until.gt(moment(now_ms)));
    let row: Option<Row> = person_roles::table
        .find(key)
        .filter(open)
        .select(COLUMNS)
        .for_update()
        .first(db.sql())
        .optional()?;
    row.map(from_row).transpose()
}

/// Sets the dates of a role.
///
/// # Errors
/// Those of the database.
pub fn set_dates(
    db: &mut Db,
    may: &PostScope,
    (from_ms, until_ms): (Option<i64>, Option<i64>),
) -> Result<(), StoreError> {
    let key = (person_key(may.person()), area_key(may.area()), may.role().code());
    diesel::update(person_roles::table.find(key))
        .set((
            person_roles::valid_from.eq(from_ms.map(moment)),
            person_roles::valid_until.eq(until_ms.map(moment)),
        ))
        .execute(db.sql())?;
    Ok(())
}

type Row = (Uuid, i64, String, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

const COLUMNS: (
    person_roles::person_id,
    person_roles::area_id,
    person_roles::role,
    person_roles::valid_from,
    person_roles::valid_until,
) = (
    person_roles::person_id,
    person_roles::area_id,
    person_roles::role,
    person_roles::valid_from,
    person_roles::valid_until,
);

fn from_row((who, at, role, from, until): Row) -> Result<Post, StoreError> {
    let role = Role::from_code(&role).ok_or(StoreError::Corrupt("a role"))?;
    let ms = |at: DateTime<Utc>| at.timestamp_millis();
    let (from_ms, until_ms) = (from.map(ms), until.map(ms));
    Ok(Post { person: person(who), area: area(at), role, from_ms, until_ms })
}

/// Everything that a person was given, over or not, by area and role.
///
/// # Errors
/// Those of the database.
pub fn of_person(db: &mut Db, who: PersonId) -> Result<Vec<Post>, StoreError> {
    let rows: Vec<Row> = person_roles::table
        .filter(person_roles::person_id.eq(person_key(who)))
        .order((person_roles::area_id, person_roles::role))
        .select(COLUMNS)
        .load(db.sql())?;
    rows.into_iter().map(from_row).collect()
}

/// What people have in just this area, now or later, by person and role.
///
/// # Errors
/// Those of the database.
pub fn open_at(db: &mut Db, at: AreaId, now_ms: i64) -> Result<Vec<Post>, StoreError> {
    let open = person_roles::valid_until.is_null().or(person_roles::valid_until.gt(moment(now_ms)));
    let rows: Vec<Row> = person_roles::table
        .filter(person_roles::area_id.eq(area_key(at)).and(open))
        .order((person_roles::person_id, person_roles::role))
        .select(COLUMNS)
        .load(db.sql())?;
    rows.into_iter().map(from_row).collect()
}

/// Gives somebody a role with its dates, unless they were given it there before.
///
/// # Errors
/// Those of the database.
pub fn carry(db: &mut Db, post: &Post) -> Result<(), StoreError> {
    diesel::insert_into(person_roles::table)
        .values((
            person_roles::person_id.eq(person_key(post.person)),
            person_roles::area_id.eq(area_key(post.area)),
            person_roles::role.eq(post.role.code()),
            person_roles::valid_from.eq(post.from_ms.map(moment)),
            person_roles::valid_until.eq(post.until_ms.map(moment)),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(())
}

/// What people were given in just these areas, over or not, by person, area and role; of at most so many
/// people.
///
/// # Errors
/// Those of the database.
pub fn within(db: &mut Db, scopes: &[AreaScope], most: i64) -> Result<Vec<Post>, StoreError> {
    let here = person_roles::area_id.eq_any(keys(scopes));
    let whose: Vec<Uuid> = person_roles::table
        .filter(here.clone())
        .select(person_roles::person_id)
        .distinct()
        .order(person_roles::person_id)
        .limit(most)
        .load(db.sql())?;
    let rows: Vec<Row> = person_roles::table
        .filter(here.and(person_roles::person_id.eq_any(whose)))
        .order((person_roles::person_id, person_roles::area_id, person_roles::role))
        .select(COLUMNS)
        .load(db.sql())?;
    rows.into_iter().map(from_row).collect()
}

/// How somebody stands to the areas of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Who.
    pub person: PersonId,
    /// Whether all that they have, and all that they have for somebody who is absent, now or later, is
    /// in these areas.
    pub wholly: bool,
    /// Whether they are an auditor anywhere, now or later.
    pub audits: bool,
}

#[derive(QueryableByName)]
struct ReachRow {
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
    #[diesel(sql_type = Bool)]
    wholly: bool,
    #[diesel(sql_type = Bool)]
    audits: bool,
}

/// How these people stand to some areas, by person. Left out is who has nothing of their own there, and
/// who had something and has by now something elsewhere. It takes the same statement whoever they are.
///
/// # Errors
/// Those of the database.
pub fn reach(
    db: &mut Db,
    scopes: &[AreaScope],
    people: &[PersonId],
    now_ms: i64,
) -> Result<Vec<Reach>, StoreError> {
    const SQL: &str = "
        SELECT person_id, bool_and(is_over OR area_id = ANY(?)) AS wholly,
               bool_or(NOT is_over AND role = 'auditor') AS audits
          FROM posts_of(?, ?)
         GROUP BY person_id
        HAVING bool_or(is_own AND area_id = ANY(?))
           AND (bool_or(is_own AND NOT is_over AND area_id = ANY(?))
                OR bool_and(is_over OR area_id = ANY(?)))
         ORDER BY person_id";
    let whose: Vec<Uuid> = people.iter().copied().map(person_key).collect();
    let binds = (
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<Array<SqlUuid>, _>(whose),
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<Array<BigInt>, _>(keys(scopes)),
    );
    let rows: Vec<ReachRow> = statement(SQL, binds).load(db.sql())?;
    let reach = |row: ReachRow| Reach {
        person: person(row.person_id),
        wholly: row.wholly,
        audits: row.audits,
    };
    Ok(rows.into_iter().map(reach).collect())
}

fn keys(scopes: &[AreaScope]) -> Vec<i64> {
    scopes.iter().map(|scope| area_key(scope.area())).collect()
}
