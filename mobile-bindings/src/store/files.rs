//! The store's files by name: the store and its log, the ones beside it, and the ones set aside. It
//! must not know what is in them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// SQLite's write-ahead log of a store.
pub(super) const LOG: &str = "-wal";

/// SQLite's index of that log; it is made anew whenever it is missing.
const INDEX: &str = "-shm";

/// A new store until it takes a damaged one's place.
const NEW: &str = "-new";

/// The same, once it is whole.
const READY: &str = "-ready";

/// A file beside the store: its name and a suffix.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Puts a file that is written in the place of another one, for good.
pub(super) fn replace(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    sync_folder(to)
}

/// Removes a store with all that SQLite keeps beside it, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    for suffix in ["", LOG, INDEX] {
        match fs::remove_file(beside(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Copies a store with its log.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    remove(to)?;
    fs::copy(from, to)?;
    let log = beside(from, LOG);
    if log.exists() {
        fs::copy(log, beside(to, LOG))?;
    }
    Ok(())
}

/// Where the new store is made that takes a damaged one's place.
pub(super) fn new_store(path: &Path) -> PathBuf {
    beside(path, NEW)
}

/// The name under which a damaged store is to lie: the first that is free.
pub(super) fn aside(path: &Path) -> PathBuf {
    let mut number: u32 = 1;
    loop {
        let name = beside(path, &format!("-damaged-{number}"));
        if !name.exists() {
            return name;
        }
        number += 1;
    }
}

/// Sets the damaged store aside and puts the new one in its place.
pub(super) fn swap(path: &Path) -> io::Result<()> {
    replace(&new_store(path), &beside(path, READY))?;
    finish(path)
}

/// Goes on where a swap was cut short: once the new store is called ready, the damaged one goes
/// aside, its log first, and the new one takes its place.
pub(super) fn finish(path: &Path) -> io::Result<()> {
    let ready = beside(path, READY);
    if !ready.exists() {
        return Ok(());
    }
    if path.exists() {
        let (aside, log) = (aside(path), beside(path, LOG));
        if log.exists() {
            fs::rename(log, beside(&aside, LOG))?;
        }
        fs::rename(path, aside)?;
        sync_folder(path)?;
    }
    remove(path)?;
    replace(&ready, path)
}

/// A name lasts once its folder is synced; not every system lets a folder be opened.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new("."))) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}
