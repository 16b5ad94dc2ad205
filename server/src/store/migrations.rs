//! The migrations, embedded in the binary.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Store, StoreError};

/// Every migration in `migrations/`.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

impl Store {
    /// Brings the database up to this binary's schema; answers how many migrations it ran.
    ///
    /// # Errors
    /// [`StoreError::Migration`].
    pub fn migrate(&self) -> Result<usize, StoreError> {
        self.read(|db| {
            db.sql()
                .run_pending_migrations(MIGRATIONS)
                .map(|done| done.len())
                .map_err(StoreError::Migration)
        })
    }

    /// Takes every migration back, newest first: the test that down undoes up.
    ///
    /// # Errors
    /// [`StoreError::Migration`].
    pub fn revert_all(&self) -> Result<usize, StoreError> {
        self.read(|db| {
            db.sql()
                .revert_all_migrations(MIGRATIONS)
                .map(|done| done.len())
                .map_err(StoreError::Migration)
        })
    }

    /// Takes migrations back, newest first, down to one that stays, by its version: for tests of what
    /// an upgrade makes of a database of before.
    ///
    /// # Errors
    /// [`StoreError::Migration`].
    pub fn revert_to(&self, version: &str) -> Result<(), StoreError> {
        self.read(|db| {
            let ran = db.sql().applied_migrations().map_err(StoreError::Migration)?;
            for _ in ran.iter().filter(|one| one.to_string().as_str() > version) {
                db.sql().revert_last_migration(MIGRATIONS).map_err(StoreError::Migration)?;
            }
            Ok(())
        })
    }
}
