//! Who works where, as an administrator of some areas sees it: tables `people`, `person_roles` and
//! `absences`.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;
use uuid::Uuid;

use super::rows::{area, area_key, moment, person, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;

/// A role that somebody was given in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Where.
    pub area: AreaId,
    /// What they are there.
    pub role: Role,
}

#[derive(QueryableByName)]
struct PostRow {
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    area_id: i64,
    #[diesel(sql_type = Text)]
    role: String,
}

/// The roles that were given in just these areas, by person; of people whose name has these words in
/// it.
///
/// # Errors
/// Those of the database.
pub fn posts(
    db: &mut Db,
    scopes: &[AreaScope],
    words: &str,
    most: i64,
) -> Result<Vec<Post>, StoreError> {
    const SQL: &str = "
        SELECT p.person_id, p.name, r.area_id, r.role
          FROM person_roles r JOIN people p USING (person_id)
         WHERE r.area_id = ANY(?) AND strpos(lower(p.name), lower(?)) > 0
         ORDER BY p.name, p.person_id, r.area_id, r.role LIMIT ?";
    let binds = (
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<Text, _>(words.to_owned()),
        bind::<BigInt, _>(most),
    );
    let rows: Vec<PostRow> = statement(SQL, binds).load(db.sql())?;
    let post = |row: PostRow| {
        let role = Role::from_code(&row.role).ok_or(StoreError::Corrupt("a role"))?;
        Ok(Post { person: person(row.person_id), name: row.name, area: area(row.area_id), role })
    };
    rows.into_iter().map(post).collect()
}

#[derive(QueryableByName)]
struct WhollyRow {
    #[diesel(sql_type = Bool)]
    wholly: bool,
}

/// Where people work or will, for a query after it, at a moment that is bound twice: their own roles, and
/// those of whom they stand in for as long as that is not over. What will hold counts like what holds, or
/// a phone that is made today would read tomorrow what its maker may not. What is over is marked.
pub(super) const POSTS: &str = "
    WITH posts AS (
        SELECT person_id, area_id, coalesce(valid_until <= ?, false) AS is_over FROM person_roles
        UNION ALL
        SELECT a.stand_in, r.area_id, coalesce(r.valid_until <= a.from_at, false)
          FROM absences a JOIN person_roles r USING (person_id)
         WHERE a.stand_in IS NOT NULL AND a.until_at > ? AND a.from_at < a.until_at
    )";

/// Whether every area where a person has a role at a moment or will have one, of their own or as a
/// stand-in, is one of these; nothing if they have and had none there.
///
/// # Errors
/// Those of the database.
pub fn is_wholly_within(
    db: &mut Db,
    scopes: &[AreaScope],
    who: PersonId,
    now_ms: i64,
) -> Result<Option<bool>, StoreError> {
    let sql = format!(
        "{POSTS}
        SELECT bool_and(is_over OR area_id = ANY(?)) AS wholly FROM posts
         WHERE person_id = ? GROUP BY person_id HAVING bool_or(area_id = ANY(?))"
    );
    let binds = (
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<SqlUuid, _>(person_key(who)),
        bind::<Array<BigInt>, _>(keys(scopes)),
    );
    let row: Option<WhollyRow> = statement(&sql, binds).get_result(db.sql()).optional()?;
    Ok(row.map(|row| row.wholly))
}

fn keys(scopes: &[AreaScope]) -> Vec<i64> {
    scopes.iter().map(|scope| area_key(scope.area())).collect()
}
