//! Table `former_roles`: what was taken from people, or given again from a later day. Triggers of
//! `person_roles` fill it; nothing is read by it but where a phone that is revoked may have written.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::{Role, Roles};

use super::rows::{area, moment, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    area_id: i64,
    #[diesel(sql_type = Text)]
    role: String,
}

/// What a person was at any time up to a moment, by area: their own roles and those of whom they stood in
/// for, with the areas below.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn ever(db: &mut Db, who: PersonId, at_ms: i64) -> Result<BTreeMap<AreaId, Roles>, StoreError> {
    const SQL: &str = "
        WITH RECURSIVE given AS (
            SELECT person_id, area_id, role FROM person_roles
             WHERE coalesce(valid_from <= ?, true) AND coalesce(valid_from < valid_until, true)
            UNION SELECT person_id, area_id, role FROM former_roles
        ), below AS (
            SELECT area_id, role FROM given WHERE person_id = ?
            UNION
            SELECT g.area_id, g.role FROM absences a JOIN given g ON g.person_id = a.person_id
             WHERE a.stand_in = ? AND a.from_at <= ? AND a.from_at < a.until_at
            UNION
            SELECT a.area_id, b.role FROM areas a JOIN below b ON a.parent = b.area_id
        )
        SELECT area_id, role FROM below";
    let (key, at) = (person_key(who), moment(at_ms));
    let binds = (
        bind::<Timestamptz, _>(at),
        bind::<SqlUuid, _>(key),
        bind::<SqlUuid, _>(key),
        bind::<Timestamptz, _>(at),
    );
    let rows: Vec<Row> = statement(SQL, binds).load(db.sql())?;
    let mut held = BTreeMap::<AreaId, Roles>::new();
    for row in rows {
        let role = Role::from_code(&row.role).ok_or(StoreError::Corrupt("a role"))?;
        let roles = held.entry(area(row.area_id)).or_default();
        *roles = roles.with(role);
    }
    Ok(held)
}
