//! Who works where, as an administrator of some areas sees it: tables `people` and `person_roles`.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;
use uuid::Uuid;

use super::rows::{area, area_key, person, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::people;

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

/// The names of people.
///
/// # Errors
/// Those of the database.
pub fn names(db: &mut Db, whose: &[PersonId]) -> Result<HashMap<PersonId, String>, StoreError> {
    let ids: Vec<Uuid> = whose.iter().copied().map(person_key).collect();
    let rows: Vec<(Uuid, String)> = people::table
        .filter(people::person_id.eq_any(ids))
        .select((people::person_id, people::name))
        .load(db.sql())?;
    Ok(rows.into_iter().map(|(id, name)| (person(id), name)).collect())
}

fn keys(scopes: &[AreaScope]) -> Vec<i64> {
    scopes.iter().map(|scope| area_key(scope.area())).collect()
}
