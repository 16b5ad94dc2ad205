//! Devices as those who look after them see them: whose, where, and how they stand. An administrator
//! sees the devices of people who have a role in the administrator's areas, or stand in there.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{DeviceId, PersonId};
use uuid::Uuid;

use super::devices::Standing;
use super::rows::{area_key, device, device_key, moment, person, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError, devices, people};
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
    #[diesel(sql_type = Binary)]
    person_name: Vec<u8>,
    #[diesel(sql_type = Binary)]
    name: Vec<u8>,
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

/// Somebody is in reach of the areas where they have a role or stand in, now or later; if all of that is
/// over, of those where it was: somebody must be able to stop their phones.
const IN_REACH: &str = "
    HAVING bool_or(NOT p.is_over AND p.area_id = ANY(?))
        OR (bool_and(p.is_over) AND bool_or(p.area_id = ANY(?)))";

/// Devices of people who work in these areas, now or later, by person and then newest first; of people or devices
/// whose name has these words in it.
///
/// # Errors
/// Those of the database.
pub fn list(
    db: &mut Db,
    scopes: &[AreaScope],
    words: &str,
    most: usize,
    now_ms: i64,
) -> Result<Vec<Listed>, StoreError> {
    let sql = format!(
        "{COLUMNS}
         WHERE d.person_id IN (
                   SELECT p.person_id
                     FROM posts_of(ARRAY(SELECT DISTINCT person_id FROM devices), ?) p
                    GROUP BY p.person_id {IN_REACH})
         ORDER BY d.person_id, d.enrolled_at DESC, d.device_id"
    );
    let binds = (
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<Array<BigInt>, _>(keys(scopes)),
    );
    let rows: Vec<Row> = statement(&sql, binds).load(db.sql())?;
    let mut found: Vec<Listed> =
        rows.into_iter().map(|row| listed(db, row)).collect::<Result<_, _>>()?;
    let is_meant = |text: &str| people::contains(text, words);
    found.retain(|device| is_meant(&device.person_name) || is_meant(&device.name));
    // Those of one person stay together, in the order in which they came.
    found.sort_by(|a, b| (&a.person_name, a.person).cmp(&(&b.person_name, b.person)));
    found.truncate(most);
    Ok(found)
}

/// A person's own devices, newest first.
///
/// # Errors
/// Those of the database.
pub fn of_person(db: &mut Db, whose: PersonId) -> Result<Vec<Listed>, StoreError> {
    let sql = format!("{COLUMNS} WHERE d.person_id = ? ORDER BY d.enrolled_at DESC, d.device_id");
    let rows: Vec<Row> = statement(&sql, bind::<SqlUuid, _>(person_key(whose))).load(db.sql())?;
    rows.into_iter().map(|row| listed(db, row)).collect()
}

#[derive(QueryableByName)]
struct WhoseRow {
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
}

/// Whose device it is, if its person is in reach: one statement, whether there is such a device or not.
///
/// # Errors
/// Those of the database.
pub fn reach(
    db: &mut Db,
    scopes: &[AreaScope],
    id: DeviceId,
    now_ms: i64,
) -> Result<Option<PersonId>, StoreError> {
    let sql = format!(
        "SELECT p.person_id
           FROM posts_of(ARRAY(SELECT person_id FROM devices WHERE device_id = ?), ?) p
          GROUP BY p.person_id {IN_REACH}"
    );
    let binds = (
        bind::<BigInt, _>(device_key(id)),
        bind::<Timestamptz, _>(moment(now_ms)),
        bind::<Array<BigInt>, _>(keys(scopes)),
        bind::<Array<BigInt>, _>(keys(scopes)),
    );
    let row: Option<WhoseRow> = statement(&sql, binds).get_result(db.sql()).optional()?;
    Ok(row.map(|row| person(row.person_id)))
}

fn keys(scopes: &[AreaScope]) -> Vec<i64> {
    scopes.iter().map(|scope| area_key(scope.area())).collect()
}

fn listed(db: &mut Db, row: Row) -> Result<Listed, StoreError> {
    let ms = |at: DateTime<Utc>| at.timestamp_millis();
    Ok(Listed {
        id: device(row.device_id),
        person: person(row.person_id),
        person_name: people::name(db, row.person_id, &row.person_name)?,
        name: devices::open_name(db, row.device_id, &row.name)?,
        app: row.app,
        enrolled_at: ms(row.enrolled_at),
        seen_at: row.seen_at.map(ms),
        standing: Standing::of(row.revoked_at.is_some(), row.suspended_at.is_some()),
        since: row.revoked_at.or(row.suspended_at).map(ms),
    })
}
