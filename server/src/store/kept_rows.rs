//! Rows that are no records and need not be kept for ever: in `requests`, `quarantine`, `late_verdicts`
//! and what people and phones got in with.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::Operator;

/// Rows of a sort.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    /// Their table.
    table: &'static str,
    /// Of a row `t`, since when it is over, in milliseconds since 1970 UTC; NULL while it is not.
    since: &'static str,
    /// The columns by which rows of other tables belong to them, and these tables: they go along.
    along: Along,
}

type Along = (&'static str, &'static [&'static str]);

/// Residents' requests: since they were closed.
pub const REQUESTS: Rows = Rows {
    table: "requests",
    since: "t.closed_at",
    along: ("request_id", &["request_approvals", "request_records"]),
};

/// Refused changes: since staff decided on them.
pub const DECIDED: Rows = Rows {
    table: "quarantine",
    since: "(SELECT d.decided_at FROM quarantine_decisions d WHERE d.area_id = t.area_id
             AND d.record_id = t.record_id AND d.hash = t.hash)",
    along: ("area_id, record_id, hash", &["quarantine_decisions"]),
};

/// Changes that waited too long and that nobody has decided on: since they were given up.
pub const GIVEN_UP: Rows = Rows {
    table: "quarantine",
    since: "CASE WHEN t.code = 'held_too_long' AND NOT EXISTS
                (SELECT FROM quarantine_decisions d WHERE d.area_id = t.area_id
                 AND d.record_id = t.record_id AND d.hash = t.hash) THEN t.received_at END",
    along: NOTHING,
};

/// What phones have not fetched: since it was noted.
pub const VERDICTS: Rows = alone("late_verdicts", "t.at");

/// Sessions of the console: since they ended at the latest.
pub const SESSIONS: Rows = alone("staff_sessions", EXPIRED);

/// Counts of attempts to sign in: since the last, and since the last that went well.
pub const SIGN_IN_ATTEMPTS: Rows = alone(
    "sign_in_attempts",
    "(extract(epoch FROM greatest(t.last_at, t.signed_in_at, t.blocked_until)) * 1000)::bigint",
);

/// Enrolment codes, used or not: since they could be used last.
pub const ENROLMENT_CODES: Rows = alone("enrolment_codes", EXPIRED);

/// Invitations: likewise.
pub const INVITATIONS: Rows = alone("invitations", EXPIRED);

/// Challenges that phones have answered: since they could be answered last.
pub const CHALLENGES: Rows = alone("device_nonces", EXPIRED);

/// Ways to the identity provider: since somebody could come back last.
pub const OIDC_ATTEMPTS: Rows = alone("oidc_attempts", EXPIRED);

const NOTHING: Along = ("", &[]);

const EXPIRED: &str = "(extract(epoch FROM t.expires_at) * 1000)::bigint";

const fn alone(table: &'static str, since: &'static str) -> Rows {
    Rows { table, since, along: NOTHING }
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest: Option<i64>,
}

/// How many were over by a moment, and since when the oldest of them is.
///
/// # Errors
/// Those of the database.
pub fn count(
    db: &mut Db,
    _by: Operator,
    Rows { table, since, .. }: Rows,
    before: i64,
) -> Result<(usize, Option<i64>), StoreError> {
    let sql = format!(
        "SELECT count(*) AS number, min(since) AS oldest
         FROM (SELECT {since} AS since FROM {table} t) AS kept WHERE since <= ?"
    );
    let row: CountRow = statement(&sql, bind::<BigInt, _>(before)).get_result(db.sql())?;
    Ok((usize::try_from(row.number).unwrap_or_default(), row.oldest))
}

/// Deletes those that were over by a moment; answers how many there were.
///
/// # Errors
/// Those of the database.
pub fn delete(
    db: &mut Db,
    _by: Operator,
    Rows { table, since, along: (key, others) }: Rows,
    before: i64,
) -> Result<usize, StoreError> {
    let returning = if key.is_empty() { "true AS gone" } else { key };
    let mut sql =
        format!("WITH gone AS (DELETE FROM {table} t WHERE {since} <= ? RETURNING {returning})");
    for other in others {
        let theirs = format!("DELETE FROM {other} WHERE ({key}) IN (SELECT {key} FROM gone)");
        sql = format!("{sql}, {other}_gone AS ({theirs})");
    }
    sql.push_str(" SELECT count(*) AS number, NULL::bigint AS oldest FROM gone");
    let row: CountRow = statement(&sql, bind::<BigInt, _>(before)).get_result(db.sql())?;
    Ok(usize::try_from(row.number).unwrap_or_default())
}
