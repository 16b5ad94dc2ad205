//! PostgreSQL: the only place that names diesel, one file a table. It takes and returns the domain's
//! types; rows stay in here. Functions of an area's tables take its [`crate::auth::AreaScope`], the
//! proof that whoever asks may.

pub mod absences;
pub mod area_log;
pub mod areas;
pub mod audit;
pub mod badges;
pub mod beside;
pub mod blind_index;
pub mod carried;
pub mod catalogue;
pub mod changes;
pub mod clashes;
pub mod configurations;
pub mod data_keys;
pub mod databases;
mod db;
pub mod device_care;
pub mod device_keys;
pub mod devices;
pub mod discarded_photos;
pub mod district;
pub mod documents;
pub mod enrolment_codes;
pub mod erasures;
pub mod first_sealing;
pub mod former_roles;
pub mod hand_ins;
pub mod held;
pub mod households;
pub mod invitations;
pub mod kept_rows;
pub mod late_verdicts;
pub mod leaves;
pub mod logins;
pub mod lookups;
pub mod migrations;
pub mod move_entries;
pub mod moves;
pub mod news;
pub mod nonces;
pub mod oidc_attempts;
pub mod oidc_provider;
pub mod oidc_subjects;
pub mod people;
pub mod photo_keys;
pub mod photos;
pub mod posts;
pub mod presence;
pub mod projections;
pub mod pushes;
pub mod quarantine;
mod readable;
pub mod record_keys;
pub mod records;
pub mod recovery_codes;
pub mod reports;
pub mod requests;
pub mod retention;
pub mod rosters;
mod row_value;
mod rows;
pub mod second_factors;
pub mod sessions;
pub mod sign_in_attempts;
pub mod signing_keys;
pub mod staffing;
pub mod stand_ins;
pub mod standing;
mod statement;
pub mod trail;
pub mod values;

use std::sync::Arc;
use std::time::Duration;

use diesel::PgConnection;
use diesel::connection::{AnsiTransactionManager as Transactions, TransactionManager as _};
use diesel::r2d2::{ConnectionManager, Pool};

pub use self::data_keys::KeyProblem;
pub use self::db::Db;
pub use self::readable::Readable;
use crate::vault::{Master, Vault};

/// The pool of connections to one database.
#[derive(Clone)]
pub struct Store {
    pool: Pool<ConnectionManager<PgConnection>>,
    vault: Vault,
    /// How the database is reached; it may hold a password.
    url: Arc<str>,
}

/// What the database answered when it did not answer well.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection was to be had.
    #[error("no connection to PostgreSQL could be had")]
    Pool(#[from] diesel::r2d2::PoolError),
    /// PostgreSQL cannot be reached. Its own words are left out: they quote the URL.
    #[error("PostgreSQL cannot be reached")]
    Unreachable,
    /// A statement failed. PostgreSQL's own words are left out: they quote values.
    #[error("a statement failed: {}", without_values(.0))]
    Database(diesel::result::Error),
    /// The migrations could not be run.
    #[error("the database could not be migrated")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is stored is not what we wrote.
    #[error("{0} cannot be read back")]
    Corrupt(&'static str),
    /// What is sealed cannot be opened.
    #[error("{0} cannot be opened: it was altered, or its key is not there")]
    Sealed(&'static str),
    /// The keys are not to be had.
    #[error(transparent)]
    Keys(KeyProblem),
}

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

/// What failed, and on which table, column or constraint: nothing of what was to be stored.
fn without_values(error: &diesel::result::Error) -> String {
    use diesel::result::Error::DatabaseError;
    let DatabaseError(kind, words) = error else { return error.to_string() };
    let named = [words.table_name(), words.column_name(), words.constraint_name()];
    let named: Vec<&str> = named.into_iter().flatten().collect();
    format!("{kind:?} {}", named.join(" "))
}

impl StoreError {
    /// Whether the same statement may succeed later.
    pub fn is_passing(&self) -> bool {
        use diesel::result::DatabaseErrorKind::{ClosedConnection, SerializationFailure};
        use diesel::result::Error::{BrokenTransactionManager, DatabaseError};
        match self {
            Self::Pool(_) | Self::Unreachable => true,
            Self::Keys(problem) => problem.is_passing(),
            Self::Database(BrokenTransactionManager) => true,
            Self::Database(DatabaseError(kind, _)) => {
                matches!(kind, ClosedConnection | SerializationFailure)
                    || self.is_of_a_destroyed_key()
            }
            _ => false,
        }
    }

    /// Whether it is about one row, or the key of one record, and all others can be read.
    pub fn is_of_one(&self) -> bool {
        matches!(self, Self::Corrupt(_) | Self::Sealed(_))
    }

    /// Whether a key or tokens were made with a data key that is not there any more: the next try knows
    /// the one that took its place.
    fn is_of_a_destroyed_key(&self) -> bool {
        use diesel::result::DatabaseErrorKind::ForeignKeyViolation;
        use diesel::result::Error::DatabaseError;
        match self {
            Self::Database(DatabaseError(ForeignKeyViolation, words)) => {
                words.constraint_name().is_some_and(|name| data_keys::USED_BY.contains(&name))
            }
            _ => false,
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens a pool of at most `connections` to the database of a URL.
    ///
    /// # Errors
    /// [`StoreError::Pool`] when PostgreSQL does not answer within ten seconds.
    pub fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(10))
            .test_on_check_out(false)
            .build(ConnectionManager::new(url))?;
        Ok(Self { pool, vault: Vault::default(), url: url.into() })
    }

    /// The same with the master key that opens what is sealed.
    #[must_use]
    pub fn with_master(self, master: Master) -> Self {
        self.with_vault(Vault::new(master))
    }

    /// The same with a vault.
    #[must_use]
    pub fn with_vault(self, vault: Vault) -> Self {
        Self { vault, ..self }
    }

    /// Runs reads, each seeing what was committed before it.
    ///
    /// # Errors
    /// Those of the closure, or that no connection was to be had.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut db = self.connection()?;
        let done = work(&mut db)?;
        db.committed();
        Ok(done)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Those of the database, or that no connection was to be had.
    pub fn check(&self) -> Result<(), StoreError> {
        use diesel::RunQueryDsl as _;
        self.read(|db| Ok(diesel::sql_query("SELECT 1").execute(db.sql()).map(|_| ())?))
    }

    /// Runs a transaction: all of it or nothing.
    ///
    /// # Errors
    /// Those of the closure, after a rollback.
    pub fn transaction<T>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut db = self.connection()?;
        Transactions::begin_transaction(db.sql())?;
        match work(&mut db) {
            Ok(done) => {
                Transactions::commit_transaction(db.sql())?;
                db.committed();
                Ok(done)
            }
            Err(error) => match Transactions::rollback_transaction(db.sql()) {
                Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => {
                    if error.is_of_a_destroyed_key() {
                        learn_keys(&mut db);
                    }
                    Err(error)
                }
                Err(rollback) => Err(rollback.into()),
            },
        }
    }

    fn connection(&self) -> Result<Db, StoreError> {
        Ok(Db::new(self.pool.get()?, self.vault.clone()))
    }
}

/// Reads the data keys anew for whoever comes next. When they cannot be opened, those that were are
/// kept: what lies under them goes on.
fn learn_keys(db: &mut Db) {
    match db.read_ring() {
        Ok(_) => db.committed(),
        Err(error) => tracing::warn!(%error, "the data keys of before are kept"),
    }
}
