//! `doorstep keys …`: the keys that the database lies under.

use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::progress::Line;
use crate::clock::now_ms;
use crate::rotation;
use crate::store::{Store, data_keys};
use crate::vault::Master;

/// `doorstep keys …`.
#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// Makes a master key in a new file. It is not used before `keys change-master` or the first
    /// `district create`.
    Make {
        /// The file; there must be none yet.
        file: PathBuf,
    },
    /// Shows which keys there are and how many records lie under each; no key itself.
    Show,
    /// Puts the data keys under another master key. Servers that run go on; start them with the new
    /// one from then on.
    ChangeMaster {
        /// File with the new master key.
        new_key_file: PathBuf,
    },
    /// Makes a new data key and puts every record key and every value of the district under it, while
    /// servers run; the old one is destroyed. Repeat it if it was cut short.
    Rotate,
}

/// Runs `doorstep keys …`.
pub(super) fn keys(database: &DatabaseArgs, command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::Make { file } => {
            let made = Master::make(&file)?;
            println!("master key {} is in {}", made.id(), file.display());
            Ok(())
        }
        KeysCommand::Show => show(&open(database)?.store),
        KeysCommand::ChangeMaster { new_key_file } => {
            let new = Master::from_file(&new_key_file)?;
            let store = open(database)?.store;
            let keys = store.transaction(|db| data_keys::change_master(db, &new))?;
            println!("{keys} data keys lie under master key {} now", new.id());
            Ok(())
        }
        KeysCommand::Rotate => rotate(&open(database)?.store),
    }
}

fn show(store: &Store) -> Result<(), Failure> {
    let keys = store.read(data_keys::all)?;
    for key in &keys {
        let records = store.read(|db| data_keys::uses(db, key.number))?;
        let (number, purpose, master) = (key.number, key.purpose.code(), &key.master);
        println!("{number:>4}  {purpose:<6} under master key {master}, {records} record keys");
    }
    Ok(())
}

fn rotate(store: &Store) -> Result<(), Failure> {
    let mut line = Line::new("record keys under the new data key:");
    let rotated = rotation::rotate(store, now_ms(), |done, of| line.show(done, of))?;
    line.end();
    println!("data key {} is in use, {} record keys lie under it", rotated.key, rotated.records);
    Ok(())
}
