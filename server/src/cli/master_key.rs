//! Where the master key is: in a file that is named, in the environment, or in the data folder, where a
//! first one is made for a database that holds nothing yet.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Failure;
use crate::store::{KeyProblem, Store, StoreError, data_keys};
use crate::vault::Master;

/// The file in a data folder.
const FILE: &str = "master.key";

/// Which master key opens the database.
#[derive(Args, Clone, Default)]
pub(super) struct MasterKeyArgs {
    /// File with the master key, 64 hexadecimal digits. Without it and without DOORSTEP_MASTER_KEY it
    /// is `master.key` in the data folder.
    #[arg(long, global = true, env = "DOORSTEP_MASTER_KEY_FILE", value_name = "FILE")]
    pub(super) master_key_file: Option<PathBuf>,
    /// The master key itself.
    #[arg(skip = std::env::var("DOORSTEP_MASTER_KEY").ok())]
    pub(super) master_key: Option<String>,
}

/// The store with its master key, which must be that of its data keys.
pub(super) fn unlock(
    store: Store,
    args: &MasterKeyArgs,
    data_folder: &Path,
) -> Result<Store, Failure> {
    let keys = store.read(data_keys::all)?;
    let file = data_folder.join(FILE);
    let master = match (&args.master_key_file, &args.master_key) {
        (Some(named), _) => Master::from_file(named)?,
        (None, Some(digits)) => Master::from_hex(digits, "DOORSTEP_MASTER_KEY")?,
        (None, None) if file.exists() => Master::from_file(&file)?,
        (None, None) => match keys.first() {
            Some(key) => {
                let expected = key.master.clone();
                return Err(StoreError::Keys(KeyProblem::NoMaster { expected }).into());
            }
            None => first(&file)?,
        },
    };
    let store = store.with_master(master);
    if !keys.is_empty() {
        store.read(data_keys::check)?;
    }
    Ok(store)
}

fn first(file: &Path) -> Result<Master, Failure> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let made = Master::make(file)?;
    eprintln!(
        "doorstep: a new master key is in {}. Keep a copy of it apart from the database's backups: \
         without it nobody can ever read them",
        file.display()
    );
    Ok(made)
}
