//! Table `configurations`: every version of the district's configuration. Rows are added, never
//! changed; who set one is sealed anew with the data key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::rows::{moment, seq, seq_key};
use super::{Db, StoreError};
use crate::schema::configurations;
use crate::vault::What;

/// A version as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Which.
    pub version: u64,
    /// The configuration as JSON.
    pub json: String,
    /// Who set it.
    pub set_by: String,
    /// When, in milliseconds since 1970 UTC.
    pub set_at_ms: i64,
}

type Row = (i64, String, Vec<u8>, DateTime<Utc>);

fn from_row(db: &mut Db, (version, json, set_by, set_at): Row) -> Result<Stored, StoreError> {
    let place = version.to_be_bytes();
    let set_by = db.open_text(What::ConfiguredBy, &place, &set_by, "who set a configuration")?;
    Ok(Stored { version: seq(version), json, set_by, set_at_ms: set_at.timestamp_millis() })
}

/// Every version, the newest last.
///
/// # Errors
/// Those of the database.
pub fn all(db: &mut Db) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<Row> = configurations::table
        .order(configurations::version)
        .select(configurations::all_columns)
        .load(db.sql())?;
    rows.into_iter().map(|row| from_row(db, row)).collect()
}

/// The version in force, if there is one.
///
/// # Errors
/// Those of the database.
pub fn newest(db: &mut Db) -> Result<Option<Stored>, StoreError> {
    let row: Option<Row> = configurations::table
        .order(configurations::version.desc())
        .select(configurations::all_columns)
        .first(db.sql())
        .optional()?;
    row.map(|row| from_row(db, row)).transpose()
}

/// Adds a version.
///
/// # Errors
/// Those of the database, among them that somebody else has just added it.
pub fn insert(db: &mut Db, new: &Stored) -> Result<(), StoreError> {
    let version = seq_key(new.version);
    let place = version.to_be_bytes();
    let set_by = db.seal_value(What::ConfiguredBy, &place, new.set_by.as_bytes())?;
    diesel::insert_into(configurations::table)
        .values((
            configurations::version.eq(version),
            configurations::configuration.eq(&new.json),
            configurations::set_by.eq(set_by),
            configurations::set_at.eq(moment(new.set_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}
