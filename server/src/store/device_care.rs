//! Devices as those who look after them see them: whose, where, and how they stand. An administrator
//! sees the devices of people who have a role in the administrator's areas, or stand in there.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{DeviceId, PersonId};
use uuid::Uuid;

use super::devices::Standing;
use super::rows::{area_key, device, device_key, moment, person, person_key};
use super::staffing::POSTS;
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;

/// A device as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Which.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// That person's name.
    pub person_name: String,
    /// What it is called.
    pub name: String,
    /// App and version at enrolment.
    pub app: String,
    /// When it enrolled, in milliseconds since 1970 UTC.
    pub enrolled_at: i64,
    /// When it last proved its key, in milliseconds since 1970 UTC.
    pub seen_at: Option<i64>,
    /// How it stands.
    pub standing: Standing,
    /// Since when it is not in use, in milliseconds since 1970 UTC.
    pub since: Option<i64>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    device_id: i64,
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
    #[diesel(sql_type = Text)]
    person_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    app: String,
    #[diesel(sql_type = Timestamptz)]
    enrolled_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    seen_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    suspended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    revoked_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "
    SELECT d.device_id, d.person_id, p.name AS person_name, d.name, d.app, d.enrolled_at, d.seen_at,
           d.suspended_at, d.revoked_at
      FROM devices d JOIN people p USING (person_id)";

/// Devices of people who work in these areas, by person and then newest first; of people or devices
/// whose name has these words in it.
///
/// # Errors
/// Those of the database.
pub fn list(
    db: &mut Db,
    scopes: &[AreaScope],
    words: &str,
    (most, now_ms): (i64, i64),
) -> Result<Vec<Listed>, StoreError> {
    let sql = format!(
        "{POSTS} {COLUMNS}
         WHERE d.person_id IN (SELECT person_id FROM posts WHERE area_id = ANY(?))
           AND (strpos(lower(p.name), lower(?)) > 0 OR strpos(lower(d.name), lower(?)) > 0)
         ORDER BY p.name, d.person_id, d.enrolled_at DESC, d.device_id LIMIT ?"
    );
    let binds = (
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<Text, _>(words.to_owned()),
        bind::<Text, _>(words.to_owned()),
        bind::<BigInt, _>(most),
    );
    let rows: Vec<Row> = statement(&sql, binds).load(db.sql())?;
    Ok(rows.into_iter().map(listed).collect())
}

/// A person's own devices, newest first.
///
/// # Errors
/// Those of the database.
pub fn of_person(db: &mut Db, whose: PersonId) -> Result<Vec<Listed>, StoreError> {
    let sql = format!("{COLUMNS} WHERE d.person_id = ? ORDER BY d.enrolled_at DESC, d.device_id");
    let rows: Vec<Row> = statement(&sql, bind::<SqlUuid, _>(person_key(whose))).load(db.sql())?;
    Ok(rows.into_iter().map(listed).collect())
}

/// Where a device's person works, against somebody's areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Whose device it is.
    pub person: PersonId,
    /// Whether every area where the person has a role or will have one, of their own or as a stand-in,
    /// is one of these.
    pub wholly: bool,
}

#[derive(QueryableByName)]
struct ReachRow {
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    wholly: bool,
}

/// The device, if its person has a role or stands in in one of these areas: one statement, whether there is such a
/// device or not.
///
/// # Errors
/// Those of the database.
pub fn reach(
    db: &mut Db,
    scopes: &[AreaScope],
    id: DeviceId,
    now_ms: i64,
) -> Result<Option<Reach>, StoreError> {
    let sql = format!(
        "{POSTS}
        SELECT d.person_id, bool_and(p.is_over OR p.area_id = ANY(?)) AS wholly
          FROM devices d JOIN posts p USING (person_id)
         WHERE d.device_id = ?
         GROUP BY d.person_id HAVING bool_or(p.area_id = ANY(?))"
    );
    let binds = (
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<BigInt, _>(device_key(id)),
        bind::<Array<BigInt>, _>(keys(scopes)),
    );
    let row: Option<ReachRow> = statement(&sql, binds).get_result(db.sql()).optional()?;
    Ok(row.map(|row| Reach { person: person(row.person_id), wholly: row.wholly }))
}

fn keys(scopes: &[AreaScope]) -> Vec<i64> {
    scopes.iter().map(|scope| area_key(scope.area())).collect()
}

fn listed(row: Row) -> Listed {
    let ms = |at: DateTime<Utc>| at.timestamp_millis();
    Listed {
        id: device(row.device_id),
        person: person(row.person_id),
        person_name: row.person_name,
        name: row.name,
        app: row.app,
        enrolled_at: ms(row.enrolled_at),
        seen_at: row.seen_at.map(ms),
        standing: Standing::of(row.revoked_at.is_some(), row.suspended_at.is_some()),
        since: row.revoked_at.or(row.suspended_at).map(ms),
    }
}
