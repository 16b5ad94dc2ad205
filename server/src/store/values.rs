//! Values that belong to the district and not to a record, wherever they are: secrets of areas, of
//! people's sign-in and of the district, who works here, what residents asked for. They lie under the
//! data key itself, so all are sealed anew when that changes.

use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Nullable};

use super::{Db, StoreError, requests};
use crate::vault::What;

/// Rows that are sealed by one statement.
const BATCH: i64 = 500;

/// A column of such values.
struct Column {
    table: &'static str,
    name: &'static str,
    /// The place of a value as its cipher knows it, in SQL; no two rows of a table have one.
    place: &'static str,
    what: What,
    /// Since when it is sealed, as `district.sealed` counts.
    since: i16,
}

const fn column(
    since: i16,
    (table, name): (&'static str, &'static str),
    place: &'static str,
    what: What,
) -> Column {
    Column { table, name, place, what, since }
}

const AREA: &str = "int8send(area_id)";
const DEVICE: &str = "int8send(device_id)";
const PERSON: &str = "uuid_send(person_id)";
const REQUEST: &str = "uuid_send(request_id)";
const SESSION: &str = "uuid_send(session_id)";
const NOWHERE: &str = "''::bytea";

const COLUMNS: [Column; 17] = [
    column(1, ("areas", "area_key"), AREA, What::AreaKey),
    column(1, ("district", "signing_key"), NOWHERE, What::SigningKey),
    column(1, ("district", "rescue_key"), NOWHERE, What::RescueKey),
    column(1, ("second_factors", "secret"), PERSON, What::SecondFactor),
    column(1, ("oidc_provider", "client_secret"), NOWHERE, What::ProviderSecret),
    column(1, ("requests", "words"), REQUEST, What::Request),
    column(2, ("people", "name"), PERSON, What::PersonName),
    column(2, ("people", "login"), PERSON, What::Login),
    column(2, ("people", "card_number"), PERSON, What::CardNumber),
    column(2, ("portraits", "jpeg"), PERSON, What::Portrait),
    column(2, ("devices", "name"), DEVICE, What::DeviceName),
    column(2, ("staff_sessions", "address"), SESSION, What::SessionAddress),
    column(2, ("staff_sessions", "browser"), SESSION, What::SessionBrowser),
    column(2, ("oidc_attempts", "nonce"), "state_hash", What::Nonce),
    column(2, ("oidc_attempts", "verifier"), "state_hash", What::Verifier),
    column(2, ("oidc_subjects", "subject"), "subject_hash", What::Subject),
    column(2, ("configurations", "set_by"), "int8send(version)", What::ConfiguredBy),
];

/// Seals every such value under the data key in use. The old key must still be known to the connection,
/// and its row be gone or locked, so that nobody seals with it meanwhile. What does not open stays as it is:
/// answers how many values of which columns.
///
/// # Errors
/// Those of the database.
pub fn seal_anew(db: &mut Db) -> Result<Vec<(String, usize)>, StoreError> {
    // As the keys are known now: read anew, one that is on its way out would not be among them.
    let ring = db.ring()?;
    let mut shut = Vec::new();
    for column in &COLUMNS {
        let number =
            each(db, column, |db, what, place, value| match ring.open_value(what, place, value) {
                Ok(value) => db.seal_value(what, place, &value).map(Some),
                Err(_) => Ok(None),
            })?;
        if number > 0 {
            shut.push((format!("{}.{}", column.table, column.name), number));
        }
    }
    requests::reseal_agreements(db)?;
    Ok(shut)
}

/// Seals what lies in the open in the columns that are sealed since a step of
/// [`super::first_sealing`].
pub(super) fn seal_first(db: &mut Db, step: i16) -> Result<(), StoreError> {
    for column in COLUMNS.iter().filter(|column| column.since == step) {
        each(db, column, |db, what, place, value| db.seal_value(what, place, value).map(Some))?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Binary)]
    place: Vec<u8>,
    #[diesel(sql_type = Binary)]
    value: Vec<u8>,
}

/// Replaces every value of a column, in the order of their places, by what `replace` makes of it; answers
/// how many it left as they are.
fn each(
    db: &mut Db,
    column: &Column,
    replace: impl Fn(&mut Db, What, &[u8], &[u8]) -> Result<Option<Vec<u8>>, StoreError>,
) -> Result<usize, StoreError> {
    let Column { table, name, place, what, .. } = column;
    // Rows stay locked, so that what replaces a value is of that value.
    let some = format!(
        "SELECT {place} AS place, {name} AS value FROM {table}
         WHERE {name} IS NOT NULL AND ($1 IS NULL OR {place} > $1)
         ORDER BY {place} LIMIT {BATCH} FOR NO KEY UPDATE"
    );
    let replaced = format!(
        "UPDATE {table} SET {name} = n.value
         FROM unnest($1, $2) AS n (place, value) WHERE {place} = n.place"
    );
    let mut last: Option<Vec<u8>> = None;
    let mut left = 0;
    loop {
        let rows: Vec<Row> =
            diesel::sql_query(&some).bind::<Nullable<Binary>, _>(last).load(db.sql())?;
        let Some(end) = rows.last().map(|row| row.place.clone()) else { return Ok(left) };
        last = Some(end);
        let (mut places, mut values) = (Vec::new(), Vec::new());
        for Row { place, value } in rows {
            match replace(db, *what, &place, &value)? {
                Some(value) => {
                    places.push(place);
                    values.push(value);
                }
                None => left += 1,
            }
        }
        diesel::sql_query(&replaced)
            .bind::<Array<Binary>, _>(places)
            .bind::<Array<Binary>, _>(values)
            .execute(db.sql())?;
    }
}
