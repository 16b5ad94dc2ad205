//! Table `configurations`: every version of the district's configuration. Rows are added, never
//! changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::rows::{moment, seq, seq_key};
use super::{Db, StoreError};
use crate::schema::configurations;

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

type Row = (i64, String, String, DateTime<Utc>);

fn from_row((version, json, set_by, set_at): Row) -> Stored {
    Stored { version: seq(version), json, set_by, set_at_ms: set_at.timestamp_millis() }
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
    Ok(rows.into_iter().map(from_row).collect())
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
    Ok(row.map(from_row))
}

/// Adds a version.
///
/// # Errors
/// Those of the database, among them that somebody else has just added it.
pub fn insert(db: &mut Db, new: &Stored) -> Result<(), StoreError> {
    diesel::insert_into(configurations::table)
        .values((
            configurations::version.eq(seq_key(new.version)),
            configurations::configuration.eq(&new.json),
            configurations::set_by.eq(&new.set_by),
            configurations::set_at.eq(moment(new.set_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}
