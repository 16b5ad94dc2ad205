//! The district's configuration on the server: the version in force, setting another, and the fields
//! that any version ever had, by which what was written under it is shown.

use sync_protocol::configuration::{Configuration, ExtraField, Fault, Gravity, changes, faults};
use sync_protocol::records::Kind;

use crate::auth::Operator;
use crate::store::configurations::{self, Stored};
use crate::store::{Db, StoreError};

/// The version in force; the defaults before the first.
///
/// # Errors
/// Those of the database.
pub fn current(db: &mut Db) -> Result<Configuration, StoreError> {
    let newest = configurations::newest(db)?;
    Ok(newest.map(|stored| read(&stored)).unwrap_or_default())
}

/// What is wrong with a configuration as the next one.
///
/// # Errors
/// Those of the database.
pub fn check(db: &mut Db, next: &Configuration) -> Result<Vec<Fault>, StoreError> {
    let earlier: Vec<Configuration> = configurations::all(db)?.iter().map(read).collect();
    Ok(faults(next).into_iter().chain(changes(next, &earlier)).collect())
}

/// What became of a configuration that somebody wanted to set.
#[derive(Debug)]
pub struct Outcome {
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Its version, if it is in force now.
    pub version: Option<u64>,
}

/// Puts a configuration in force as the next version, unless something is wrong with it. Who set it
/// and when is kept with it.
///
/// # Errors
/// Those of the database, among them that somebody else has just set one.
pub fn set(
    db: &mut Db,
    _by: Operator,
    next: Configuration,
    set_by: &str,
    now_ms: i64,
) -> Result<Outcome, StoreError> {
    let faults = check(db, &next)?;
    if faults.iter().any(|fault| fault.gravity == Gravity::Error) {
        return Ok(Outcome { faults, version: None });
    }
    let version = configurations::newest(db)?.map_or(0, |newest| newest.version) + 1;
    let json = Configuration { version, ..next }.json();
    let set_by = set_by.to_owned();
    configurations::insert(db, &Stored { version, json, set_by, set_at_ms: now_ms })?;
    tracing::info!(version, "the district's configuration is set");
    Ok(Outcome { faults, version: Some(version) })
}

fn read(stored: &Stored) -> Configuration {
    Configuration::received(stored.version, &stored.json)
}

/// Every field that a district ever had, as the newest version that has it says: a value outlives its
/// field, and keeps its label.
#[derive(Debug, Default)]
pub struct DistrictFields(Vec<ExtraField>);

impl DistrictFields {
    /// Those of every version.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(db: &mut Db) -> Result<Self, StoreError> {
        let mut fields = Self::default();
        for stored in configurations::all(db)?.iter().rev() {
            for field in read(stored).extra {
                if fields.field(field.kind, &field.key).is_none() {
                    fields.0.push(field);
                }
            }
        }
        Ok(fields)
    }

    /// The field of a key.
    pub fn field(&self, kind: Kind, key: &str) -> Option<&ExtraField> {
        self.0.iter().find(|field| field.kind == kind && field.key == key)
    }
}
