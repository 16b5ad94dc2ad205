//! Emptying the store: every row of every table, and the damaged stores that lie beside it.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{Store, StoreError, files, set_aside};

/// How far this phone has written: the number of its last change, and its photos that have not arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    change: i64,
    photos: i64,
}

/// How far this phone has written.
pub(crate) fn written(connection: &Connection) -> Result<Written, StoreError> {
    let sequence = "SELECT seq FROM sqlite_sequence WHERE name = 'changes'";
    let change = connection.query_row(sequence, (), |row| row.get(0)).optional()?;
    let waiting = "SELECT count(*) FROM photos WHERE state = 'pending'";
    let photos = connection.query_row(waiting, (), |row| row.get(0))?;
    Ok(Written { change: change.unwrap_or_default(), photos })
}

impl Store {
    /// Deletes everything, in one transaction, unless more was written than `known`; answers whether it
    /// did. The phone can enrol anew then.
    pub(crate) fn empty(&self, known: Written) -> Result<bool, StoreError> {
        let done = self.write(|transaction| {
            if written(transaction)? != known {
                return Ok(None);
            }
            let aside = set_aside::list(transaction)?;
            let path = transaction.path().map(str::to_owned);
            delete_rows(transaction)?;
            Ok::<_, StoreError>(Some((path, aside)))
        })?;
        let Some((path, aside)) = done else { return Ok(false) };
        self.settle()?;
        let folder = path.as_deref().map(Path::new).and_then(Path::parent);
        for damaged in aside {
            if let Some(folder) = folder {
                files::remove(&folder.join(damaged.file))?;
            }
        }
        Ok(true)
    }
}

fn delete_rows(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute_batch("PRAGMA defer_foreign_keys = ON")?;
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut query = transaction.prepare(sql)?;
    let tables = query.query_map((), |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for table in tables {
        transaction.execute(&format!("DELETE FROM \"{table}\""), ())?;
    }
    Ok(())
}
