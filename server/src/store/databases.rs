//! The databases of a cluster, for private clusters and for tests, which get one each.

use diesel::RunQueryDsl as _;
use diesel::result::{DatabaseErrorKind, Error};

use super::{Store, StoreError};

impl Store {
    /// Makes a database in the same cluster, unless there is one of that name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn create_database(&self, name: &str) -> Result<(), StoreError> {
        let made = self.read(|db| {
            Ok(diesel::sql_query(format!("CREATE DATABASE \"{name}\""))
                .execute(db.sql())
                .map(|_| ())?)
        });
        match made {
            Err(StoreError::Database(error)) if is_duplicate(&error) => Ok(()),
            made => made,
        }
    }

    /// Makes a database as a copy of another, to which nobody may be connected.
    ///
    /// # Errors
    /// Those of the database.
    pub fn copy_database(&self, name: &str, template: &str) -> Result<(), StoreError> {
        let statement = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        self.read(|db| Ok(diesel::sql_query(statement).execute(db.sql()).map(|_| ())?))
    }

    /// Drops a database and whoever is connected to it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_database(&self, name: &str) -> Result<(), StoreError> {
        let statement = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
        self.read(|db| Ok(diesel::sql_query(statement).execute(db.sql()).map(|_| ())?))
    }
}

/// SQLSTATE 42P04, duplicate_database, for which diesel has no kind of its own.
fn is_duplicate(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::Unknown, words)
        if words.message().ends_with("already exists"))
}
