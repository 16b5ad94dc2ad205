//! A damaged store gives its place to a new one, which knows where it lies and what came over.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::open::{self, StoreKey};
use super::salvage::{self, Salvaged};
use super::{StoreError, column, files, log, migrations, proof};

/// A damaged store that was set aside.
pub(crate) struct SetAside {
    /// Its file's name, in the folder of the store.
    pub(crate) file: String,
    pub(crate) salvaged: Salvaged,
    pub(crate) at: i64,
}

/// The damaged stores that were set aside, oldest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<SetAside>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT file, changes, photos, records, unread, known, at FROM set_aside ORDER BY at, file",
    )?;
    let rows = query.query_map((), |row| {
        Ok(SetAside {
            file: row.get(0)?,
            salvaged: Salvaged {
                changes: column::get_number(row, 1)?,
                photos: column::get_number(row, 2)?,
                records: column::get_number(row, 3)?,
                unread: column::get_number(row, 4)?,
                known: row.get(5)?,
            },
            at: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn insert(transaction: &Transaction<'_>, aside: &SetAside) -> Result<(), StoreError> {
    let Salvaged { changes, photos, records, unread, known } = aside.salvaged;
    transaction.execute(
        "INSERT INTO set_aside (file, changes, photos, records, unread, known, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            &aside.file,
            column::number(changes),
            column::number(photos),
            column::number(records),
            column::number(unread),
            known,
            aside.at,
        ),
    )?;
    Ok(())
}

/// Makes the new store, then lets it take the damaged one's place.
pub(super) fn run<E: From<StoreError>>(
    path: &Path,
    key: &StoreKey,
    now: i64,
    sort: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let (new, aside) = (files::new_store(path), files::aside(path));
    let copy = files::beside(path, "-copy");
    readable_copy(path, &copy)?;
    files::remove(&new).map_err(StoreError::from)?;
    let mut connection = open::connect(&new, key)?;
    migrations::run(&mut connection)?;
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = begun.map_err(StoreError::from)?;
    let salvaged = salvage::read(&copy, key, &transaction)?;
    sort(&transaction)?;
    let name = aside.file_name().unwrap_or(aside.as_os_str());
    let file = name.to_string_lossy().into_owned();
    insert(&transaction, &SetAside { file, salvaged, at: now })?;
    transaction.commit().map_err(StoreError::from)?;
    // The last connection to close brings the log into the file and removes it.
    connection.close().map_err(|(_, error)| StoreError::from(error))?;
    files::remove(&copy).and_then(|()| files::swap(path)).map_err(StoreError::from)?;
    Ok(())
}

/// A copy to read from, with its salt where that has gone and a log that is read to its end: reading
/// changes a file.
fn readable_copy(path: &Path, copy: &Path) -> Result<(), StoreError> {
    files::copy(path, copy)?;
    log::make_readable(&files::beside(copy, files::LOG))?;
    if let Some(salt) = proof::salt(path) {
        let mut file = std::fs::OpenOptions::new().write(true).open(copy)?;
        std::io::Write::write_all(&mut file, &salt)?;
    }
    Ok(())
}
