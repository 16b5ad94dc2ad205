//! `doorstep keys …`: the keys that the database lies under.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::master_key::InModule;
use super::noted;
use super::progress::Line;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::rotation::{self, Left, Rotated};
use crate::store::{Store, blind_index, data_keys, photo_keys, presence};
use crate::trail::{Act, note, note_apart};
use crate::vault::{HsmPlace, Master, Purpose};

/// `doorstep keys …`.
#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// Makes a master key in a new file or in a security module. It is not used before `keys
    /// change-master` or the first `district create`.
    Make(NewKey),
    /// Shows which keys there are and how many records and photos lie under each; no key itself.
    Show,
    /// Puts the data keys under another master key. Servers that run go on; start them with the new
    /// one from then on.
    ChangeMaster(NewKey),
    /// Makes a new data key and puts the key of every record and photo and every value of the district
    /// under it, while servers run; the old one is destroyed. Refused while a server runs with another
    /// master key than this command has. Repeat it if it was cut short.
    Rotate,
    /// Makes a new key for the index by which people are found and writes the index anew with it,
    /// while servers run; the old one is destroyed. Refused while a server runs with another master key
    /// than this command has. Repeat it if it was cut short.
    RotateIndex,
}

/// Where the new master key is, or will be.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct NewKey {
    /// A file.
    new_key_file: Option<PathBuf>,
    /// A security module: its PKCS#11 library, the token's label, the key's label, the file of the PIN.
    #[arg(long, value_name = "MODULE,TOKEN,KEY,PIN-FILE")]
    in_pkcs11: Option<String>,
}

impl NewKey {
    /// The place in a security module, if it is one.
    fn place(&self) -> Result<Option<HsmPlace>, Failure> {
        let Some(text) = &self.in_pkcs11 else { return Ok(None) };
        let (key, pin_file) = text.rsplit_once(',').ok_or(
            "--in-pkcs11 names the library, the token, the key and the file of the PIN, with commas",
        )?;
        let key: InModule = key.parse()?;
        Ok(Some(key.place(pin_file.trim().as_ref())?))
    }

    fn file(&self) -> Result<&Path, Failure> {
        Ok(self.new_key_file.as_deref().ok_or("name a file or --in-pkcs11")?)
    }

    /// Makes it.
    fn make(&self) -> Result<Master, Failure> {
        Ok(match self.place()? {
            Some(place) => Master::make_in_module(place)?,
            None => Master::make(self.file()?)?,
        })
    }

    /// Finds it.
    fn find(&self) -> Result<Master, Failure> {
        Ok(match self.place()? {
            Some(place) => Master::in_module(place)?,
            None => Master::from_file(self.file()?)?,
        })
    }
}

/// Runs `doorstep keys …`.
pub(super) fn keys(database: &DatabaseArgs, command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::Make(new) => {
            println!("master key {} was made", new.make()?.id());
            Ok(())
        }
        KeysCommand::Show => show(&open(database)?.store),
        KeysCommand::ChangeMaster(new) => {
            let new = new.find()?;
            let store = open(database)?.store;
            presence::wait(&store, presence::all_know_the_newest)?;
            let keys = store.transaction(|db| {
                let keys = data_keys::change_master(db, &new)?;
                let entry = noted::entry(Act::MasterKeyChanged);
                note(db, &entry.detail(format!("{keys} data keys under {}", new.id())))?;
                Ok(keys)
            })?;
            println!("{keys} data keys lie under master key {} now", new.id());
            println!("servers that run go on; start each with it before data keys are changed");
            Ok(())
        }
        KeysCommand::Rotate => rotate(&open(database)?.store),
        KeysCommand::RotateIndex => rotate_index(&open(database)?.store),
    }
}

fn show(store: &Store) -> Result<(), Failure> {
    let keys = store.read(data_keys::all)?;
    for key in &keys {
        let lies_under = match key.purpose {
            Purpose::Data => {
                let records = store.read(|db| data_keys::uses(db, key.number))?;
                let photos = store.read(|db| photo_keys::uses(db, key.number))?;
                format!(", {records} record keys, {photos} photo keys")
            }
            Purpose::Index => {
                let (records, _) = store.read(|db| blind_index::uses(db, key.number))?;
                format!(", {records} records are found by it")
            }
            Purpose::Trail => String::new(),
        };
        let (number, purpose, master) = (key.number, key.purpose.code(), &key.master);
        println!("{number:>4}  {purpose:<6} under master key {master}{lies_under}");
    }
    Ok(())
}

fn rotate(store: &Store) -> Result<(), Failure> {
    presence::wait(store, presence::all_run_under_the_master)?;
    let entry = noted::entry(Act::DataKeyChanged);
    note_apart(store, &entry.clone().detail("begun"))?;
    let mut line = Line::new("keys of records and photos under the new data key:");
    let rotated = rotation::rotate(store, now_ms(), |done, of| line.show(done, of))?;
    line.end();
    let Rotated { key, records, photos, left } = rotated;
    let counted = format!("{records} record keys and {photos} photo keys");
    note_apart(store, &entry.detail(format!("data key {key}, {counted}")))?;
    println!("data key {key} is in use, {counted} lie under it");
    all_done(store, Purpose::Data, &left)
}

fn rotate_index(store: &Store) -> Result<(), Failure> {
    presence::wait(store, presence::all_run_under_the_master)?;
    let entry = noted::entry(Act::IndexKeyChanged);
    note_apart(store, &entry.clone().detail("begun"))?;
    let mut line = Line::new("records found by the new key:");
    let by = Operator::at_the_command_line();
    let (key, left) = rotation::rotate_index(store, by, now_ms(), |done, of| line.show(done, of))?;
    line.end();
    note_apart(store, &entry.detail(format!("index key {key}")))?;
    println!("index key {key} is in use");
    all_done(store, Purpose::Index, &left)
}

/// Fails if something was left, and says what and which old keys are kept for it.
fn all_done(store: &Store, purpose: Purpose, left: &[Left]) -> Result<(), Failure> {
    if left.is_empty() {
        return Ok(());
    }
    let mut keys = store.read(data_keys::all)?;
    keys.retain(|key| key.purpose == purpose);
    keys.pop();
    let kept = keys.iter().map(|key| format!("data key {}", key.number)).collect::<Vec<_>>();
    let named = left.iter().map(ToString::to_string).collect::<Vec<_>>();
    Err(format!(
        "{}\n{} is kept for these, all else lies under the new key. Take them from a backup, or erase what \
         nobody can read any more, and do this again",
        named.join("\n"),
        kept.join(", ")
    )
    .into())
}
