//! Who works where, as an administrator of some areas sees it: tables `people` and `person_roles`.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;
use uuid::Uuid;

use super::rows::{area, area_key, moment, person, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError, people};
use crate::auth::AreaScope;
use crate::schema::people as rows_of_people;

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
    #[diesel(sql_type = Binary)]
    name: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    area_id: i64,
    #[diesel(sql_type = Text)]
    role: String,
}

/// The roles in just these areas that are not over, by name and person; of people whose name has these
/// words in it.
///
/// # Errors
/// Those of the database.
pub fn posts(
    db: &mut Db,
    scopes: &[AreaScope],
    words: &str,
    most: usize,
    now_ms: i64,
) -> Result<Vec<Post>, StoreError> {
    const SQL: &str = "
        SELECT p.person_id, p.name, r.area_id, r.role
          FROM person_roles r JOIN people p USING (person_id)
         WHERE r.area_id = ANY(?) AND coalesce(r.valid_until > ?, true)
         ORDER BY p.person_id, r.area_id, r.role";
    let binds = (bind::<Array<BigInt>, _>(keys(scopes)), bind::<Timestamptz, _>(moment(now_ms)));
    let rows: Vec<PostRow> = statement(SQL, binds).load(db.sql())?;
    let mut found = Vec::new();
    for of_person in rows.chunk_by(|a, b| a.person_id == b.person_id) {
        let Some(PostRow { person_id, name, .. }) = of_person.first() else { continue };
        let name = people::name(db, *person_id, name)?;
        if people::contains(&name, words) {
            found.push((name, of_person));
        }
    }
    // Those of one name stay in the order of their ids.
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let posts = found.iter().flat_map(|(name, rows)| rows.iter().map(|row| post(name, row)));
    posts.take(most).collect()
}

fn post(name: &str, row: &PostRow) -> Result<Post, StoreError> {
    let role = Role::from_code(&row.role).ok_or(StoreError::Corrupt("a role"))?;
    let (person, area) = (person(row.person_id), area(row.area_id));
    Ok(Post { person, name: name.to_owned(), area, role })
}

/// The names of people.
///
/// # Errors
/// Those of the database.
pub fn names(db: &mut Db, whose: &[PersonId]) -> Result<HashMap<PersonId, String>, StoreError> {
    let ids: Vec<Uuid> = whose.iter().copied().map(person_key).collect();
    let rows: Vec<(Uuid, Vec<u8>)> = rows_of_people::table
        .filter(rows_of_people::person_id.eq_any(ids))
        .select((rows_of_people::person_id, rows_of_people::name))
        .load(db.sql())?;
    let named = |(id, name): (Uuid, Vec<u8>)| Ok((person(id), people::name(db, id, &name)?));
    rows.into_iter().map(named).collect()
}

fn keys(scopes: &[AreaScope]) -> Vec<i64> {
    scopes.iter().map(|scope| area_key(scope.area())).collect()
}
