//! Who stands in for somebody, asked before that person is given more: tables `absences` and
//! `person_roles`.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::rows::{area_key, moment, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::duty::PostScope;

/// Holds these people and whoever stands in for them until the transaction ends: what they have, and who
/// has it meanwhile, is then changed by one at a time.
///
/// # Errors
/// Those of the database.
pub fn hold(db: &mut Db, whose: &[PersonId]) -> Result<(), StoreError> {
    // In one order, and all that triggers write behind it.
    const SQL: &str = "
        SELECT p.person_id FROM people p
         WHERE p.person_id = ANY(?)
            OR p.person_id IN (SELECT a.stand_in FROM absences a WHERE a.person_id = ANY(?))
         ORDER BY p.person_id FOR NO KEY UPDATE";
    let keys: Vec<Uuid> = whose.iter().copied().map(person_key).collect();
    let binds = (bind::<Array<SqlUuid>, _>(keys.clone()), bind::<Array<SqlUuid>, _>(keys));
    statement(SQL, binds).execute(db.sql())?;
    Ok(())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Whether a role that holds between two moments would go to a stand-in who must not have it: whose own
/// work does not reach there for as long, or an auditor whom it would make an administrator.
///
/// # Errors
/// Those of the database.
pub fn must_not_have(
    db: &mut Db,
    may: &PostScope,
    (from_ms, until_ms): (Option<i64>, Option<i64>),
    now_ms: i64,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        WITH RECURSIVE up AS (
            SELECT ?::bigint AS area_id
            UNION SELECT a.parent FROM areas a JOIN up USING (area_id) WHERE a.parent IS NOT NULL
        ), given AS (SELECT ?::timestamptz AS since, ?::timestamptz AS until, ?::timestamptz AS now),
        handed_on AS (
            SELECT a.stand_in, greatest(a.from_at, g.since, g.now) AS since,
                   least(a.until_at, g.until) AS until
              FROM absences a, given g
             WHERE a.person_id = ? AND a.stand_in IS NOT NULL AND a.from_at < a.until_at
        )
        SELECT EXISTS (
            SELECT FROM handed_on h
             WHERE h.since < h.until
               AND (NOT EXISTS (SELECT FROM person_roles r JOIN up USING (area_id)
                                 WHERE r.person_id = h.stand_in AND r.role <> 'auditor'
                                   AND coalesce(r.valid_from <= h.since, true)
                                   AND coalesce(r.valid_until >= h.until, true))
                    OR ? = 'administrator'
                   AND EXISTS (SELECT FROM person_roles r
                                WHERE r.person_id = h.stand_in AND r.role = 'auditor'
                                  AND coalesce(r.valid_from < h.until, true)
                                  AND coalesce(r.valid_until > h.since, true)))) AS found";
    let binds = (
        bind::<BigInt, _>(area_key(may.area())),
        bind::<Nullable<Timestamptz>, _>(from_ms.map(moment)),
        bind::<Nullable<Timestamptz>, _>(until_ms.map(moment)),
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<SqlUuid, _>(person_key(may.person())),
        bind::<Text, _>(may.role().code()),
    );
    let row: Row = statement(SQL, binds).get_result(db.sql())?;
    Ok(row.found)
}
