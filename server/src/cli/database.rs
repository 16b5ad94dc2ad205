//! Which database a command works on: one that is named, or the private cluster of a data folder.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Failure;
use super::master_key::{MasterKeyArgs, unlock};
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::postgres::{Durability, PostgresError, PrivateCluster};
use crate::store::{Store, first_sealing};

/// The database's name in a private cluster.
const DATABASE: &str = "doorstep";

/// The file in a data folder that tells other commands how to reach its running cluster.
const URL_FILE: &str = "database.url";

/// Most connections to the database.
const CONNECTIONS: u32 = 16;

/// Which database, and where files are kept.
#[derive(Args)]
pub(super) struct DatabaseArgs {
    /// An existing PostgreSQL database, e.g. postgres://user@host/doorstep. Without it a private
    /// cluster is run in the data folder.
    #[arg(long, global = true, env = "DOORSTEP_DATABASE_URL", value_name = "URL")]
    pub(super) database_url: Option<String>,
    /// Folder for photos and, without --database-url, for the private cluster.
    #[arg(long, global = true, env = "DOORSTEP_DATA_FOLDER", default_value = "doorstep-data")]
    pub(super) data_folder: PathBuf,
    /// Folder that holds postgres, initdb and pg_ctl, if they are not found by themselves.
    #[arg(long, global = true, env = "DOORSTEP_POSTGRES_BIN", value_name = "FOLDER")]
    pub(super) postgres_bin: Option<PathBuf>,
    #[command(flatten)]
    pub(super) master: MasterKeyArgs,
}

/// An opened, migrated database. A private cluster runs as long as it is held.
pub(super) struct Database {
    pub(super) store: Store,
    pub(super) url: String,
    _cluster: Option<Running>,
}

/// A private cluster, and the note of how to reach it.
struct Running {
    _cluster: PrivateCluster,
    note: PathBuf,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.note);
    }
}

/// Opens the database that the arguments name, and migrates it.
pub(super) fn open(args: &DatabaseArgs) -> Result<Database, Failure> {
    let (url, cluster) = match &args.database_url {
        Some(url) => (url.clone(), None),
        None => private(args)?,
    };
    let store = Store::open(&url, CONNECTIONS)
        .map_err(|error| format!("{error}: check --database-url and that PostgreSQL runs"))?;
    let ran = store.migrate()?;
    if ran > 0 {
        eprintln!("doorstep: {ran} migrations run");
    }
    let store = unlock(store, &args.master, &args.data_folder)?;
    if store.read(first_sealing::is_due)? {
        eprintln!("doorstep: everything personal is sealed now, once; this takes a while");
        let by = Operator::at_the_command_line();
        store.transaction(|db| first_sealing::seal(db, by, now_ms()))?;
    }
    Ok(Database { store, url, _cluster: cluster })
}

/// Starts the data folder's cluster, or finds the one that another command runs there.
fn private(args: &DatabaseArgs) -> Result<(String, Option<Running>), Failure> {
    fs::create_dir_all(&args.data_folder)?;
    let note = args.data_folder.join(URL_FILE);
    let folder = args.data_folder.join("postgres");
    match PrivateCluster::start(&folder, args.postgres_bin.as_deref(), Durability::Durable) {
        Ok(cluster) => {
            let url = cluster.url(DATABASE);
            create_database(&cluster)?;
            fs::write(&note, &url)?;
            Ok((url, Some(Running { _cluster: cluster, note })))
        }
        Err(error @ PostgresError::InUse { .. }) => match read_note(&note) {
            Some(url) => Ok((url, None)),
            None => Err(error.into()),
        },
        Err(error) => Err(error.into()),
    }
}

fn read_note(note: &Path) -> Option<String> {
    fs::read_to_string(note).ok().filter(|url| !url.is_empty())
}

fn create_database(cluster: &PrivateCluster) -> Result<(), Failure> {
    let maintenance = Store::open(&cluster.url("postgres"), 1)?;
    Ok(maintenance.create_database(DATABASE)?)
}
