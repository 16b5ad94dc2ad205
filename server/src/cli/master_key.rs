//! Where the master key is: in a security module or a file that is named, in the environment, or in the
//! data folder, where a first one is made for a database that holds nothing yet.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Failure;
use crate::store::{KeyProblem, Store, StoreError, data_keys};
use crate::vault::{HsmPlace, Master};

/// The file in a data folder.
const FILE: &str = "master.key";

/// Which master key opens the database.
#[derive(Args, Clone, Default)]
pub(super) struct MasterKeyArgs {
    /// File with the master key, 64 hexadecimal digits. Without it and without DOORSTEP_MASTER_KEY it
    /// is `master.key` in the data folder.
    #[arg(long, global = true, env = "DOORSTEP_MASTER_KEY_FILE", value_name = "FILE")]
    pub(super) master_key_file: Option<PathBuf>,
    /// The master key is in a security module (HSM): its PKCS#11 library, the token's label and the
    /// key's, e.g. /usr/lib/softhsm/libsofthsm2.so,district,doorstep.
    #[arg(
        long,
        global = true,
        env = "DOORSTEP_MASTER_KEY_PKCS11",
        value_name = "MODULE,TOKEN,KEY",
        conflicts_with = "master_key_file",
        requires = "master_key_pin_file"
    )]
    pub(super) master_key_pkcs11: Option<InModule>,
    /// File with the PIN of the security module's user.
    #[arg(long, global = true, env = "DOORSTEP_MASTER_KEY_PIN_FILE", value_name = "FILE")]
    pub(super) master_key_pin_file: Option<PathBuf>,
    /// The master key itself.
    #[arg(skip = std::env::var("DOORSTEP_MASTER_KEY").ok())]
    pub(super) master_key: Option<String>,
}

/// A key in a security module, as it is named.
#[derive(Clone)]
pub(super) struct InModule {
    module: PathBuf,
    token: String,
    key: String,
}

impl std::str::FromStr for InModule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        match parts.as_slice() {
            [module, token, key] if parts.iter().all(|part| !part.is_empty()) => Ok(Self {
                module: PathBuf::from(module),
                token: (*token).to_owned(),
                key: (*key).to_owned(),
            }),
            _ => Err("name the library, the token and the key, with commas between".to_owned()),
        }
    }
}

impl InModule {
    /// The place, with the PIN of a file.
    pub(super) fn place(&self, pin_file: &Path) -> Result<HsmPlace, Failure> {
        let pin = fs::read_to_string(pin_file).map_err(|error| {
            format!("the HSM's PIN cannot be read from {}: {error}", pin_file.display())
        })?;
        let Self { module, token, key } = self.clone();
        Ok(HsmPlace { module, token, key, pin: pin.trim_end_matches(['\r', '\n']).into() })
    }
}

/// The store with its master key, which must be that of its data keys.
pub(super) fn unlock(
    store: Store,
    args: &MasterKeyArgs,
    data_folder: &Path,
) -> Result<Store, Failure> {
    let keys = store.read(data_keys::all)?;
    let master = match named(args)? {
        Some(master) => master,
        None => in_folder(&data_folder.join(FILE), keys.first().map(|key| key.master.as_str()))?,
    };
    let store = store.with_master(master);
    if !keys.is_empty() {
        store.read(data_keys::check)?;
    }
    Ok(store)
}

/// The one that is named.
fn named(args: &MasterKeyArgs) -> Result<Option<Master>, Failure> {
    Ok(match (&args.master_key_pkcs11, &args.master_key_pin_file, &args.master_key_file) {
        (Some(key), Some(pin_file), _) => Some(Master::in_module(key.place(pin_file)?)?),
        (_, _, Some(file)) => Some(Master::from_file(file)?),
        _ => match &args.master_key {
            Some(digits) => Some(Master::from_hex(digits, "DOORSTEP_MASTER_KEY")?),
            None => None,
        },
    })
}

/// The one of the data folder; a new one there for a database without keys.
fn in_folder(file: &Path, expected: Option<&str>) -> Result<Master, Failure> {
    match expected {
        _ if file.exists() => Ok(Master::from_file(file)?),
        Some(expected) => {
            let expected = expected.to_owned();
            Err(StoreError::Keys(KeyProblem::NoMaster { expected }).into())
        }
        None => first(file),
    }
}

fn first(file: &Path) -> Result<Master, Failure> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let made = Master::make(file)?;
    eprintln!(
        "doorstep: a new master key is in {}. Keep a copy of it apart from the database's backups: \
         without it nobody can ever read them",
        file.display()
    );
    Ok(made)
}
