//! Reading what can be read of a damaged store into a new one, row by row: what lies on a page that
//! is gone is passed over. It reads a copy, so that the damaged file stays as it is.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, params_from_iter};
use sha2::{Digest, Sha256};
use sync_protocol::keys::change_name;

use super::open::{self, StoreKey};
use super::{StoreError, column, photos};

/// What came over from a damaged store.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Salvaged {
    /// Changes that the server had not accepted.
    pub(crate) changes: u64,
    /// Photos that the server did not have.
    pub(crate) photos: u64,
    /// Records.
    pub(crate) records: u64,
    /// Rows that could not be read, at most.
    pub(crate) unread: u64,
    /// Whether the phone's own identity could be read.
    pub(crate) known: bool,
}

/// A damaged store, connected to anew after every error: an error may stay with its connection.
struct Wreck<'a> {
    path: &'a Path,
    key: &'a StoreKey,
    connection: Option<Connection>,
    unread: u64,
}

/// A row by its columns' names.
type Row = Vec<(String, Value)>;

/// Reads everything that can be read of the store at `path` into a new one.
pub(super) fn read(
    path: &Path,
    key: &StoreKey,
    to: &Transaction<'_>,
) -> Result<Salvaged, StoreError> {
    let mut wreck = Wreck { path, key, connection: None, unread: 0 };
    let mut found = Salvaged { known: device(&mut wreck, to)?, ..Salvaged::default() };
    areas(&mut wreck, to)?;
    for table in ["writers", "departures", "set_aside", "configuration", "badge", "moved"] {
        for row in wreck.all(table)? {
            put(to, table, &row)?;
        }
    }
    found.records = records(&mut wreck, to)?;
    found.changes = changes(&mut wreck, to)?;
    found.photos = photos(&mut wreck, to)?;
    found.unread = wreck.unread;
    Ok(found)
}

/// The phone itself. It writes under a new number from now on: what it had written last may be
/// among what is lost.
fn device(wreck: &mut Wreck<'_>, to: &Transaction<'_>) -> Result<bool, StoreError> {
    let Some(row) = wreck.at("device", 1)? else { return Ok(false) };
    put(to, "device", &row)?;
    to.execute("UPDATE device SET incarnation = incarnation + 1", ())?;
    Ok(true)
}

/// The person's areas; everything in them is fetched anew.
fn areas(wreck: &mut Wreck<'_>, to: &Transaction<'_>) -> Result<(), StoreError> {
    for row in wreck.all("areas")? {
        put(to, "areas", &row)?;
    }
    to.execute("UPDATE areas SET cursor = 0, chain = NULL, complete = 0", ())?;
    Ok(())
}

fn records(wreck: &mut Wreck<'_>, to: &Transaction<'_>) -> Result<u64, StoreError> {
    let mut found = 0;
    for id in 1..=wreck.last(&["SELECT max(id) FROM records", "SELECT max(id) FROM bodies"]) {
        if let Some(record) = wreck.at("records", id)?
            && let Some(body) = wreck.at("bodies", id)?
        {
            put(to, "records", &record)?;
            put(to, "bodies", &body)?;
            found += 1;
        }
    }
    Ok(found)
}

/// The outbox and the phone's own log, with what was meant. Answers how many the server lacks.
fn changes(wreck: &mut Wreck<'_>, to: &Transaction<'_>) -> Result<u64, StoreError> {
    let mut open = 0;
    let numbers = "SELECT seq FROM sqlite_sequence WHERE name = 'changes'";
    for id in 1..=wreck.last(&[numbers, "SELECT max(id) FROM changes"]) {
        let Some(row) = wreck.at("changes", id)? else { continue };
        put(to, "changes", &row)?;
        let kept = to.query_row(
            "SELECT hash, bytes, state IN ('pending', 'held', 'rejected') FROM changes WHERE id = ?1",
            [id],
            |row| Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, bool>(2)?)),
        );
        let Some((hash, bytes, unsent)) = kept.optional()? else { continue };
        if change_name(&bytes).0 != hash {
            to.execute("DELETE FROM changes WHERE id = ?1", [id])?;
            wreck.unread += 1;
            continue;
        }
        for meant in wreck.rows("intents", "change = ?1", &[Value::Integer(id)])? {
            put(to, "intents", &meant)?;
        }
        open += u64::from(unsent);
    }
    if wreck.unread > 0 {
        // A push under its old name has to be the same push.
        to.execute("UPDATE changes SET push_id = NULL", ())?;
    }
    Ok(open)
}

/// Photos, whole or not at all. Answers how many the server lacks.
fn photos(wreck: &mut Wreck<'_>, to: &Transaction<'_>) -> Result<u64, StoreError> {
    for row in wreck.all("photos")? {
        put(to, "photos", &row)?;
    }
    let mut found = 0;
    for photo in photos::pending(to)? {
        let key = [column::area(photo.area).into(), Value::Blob(photo.photo.0.to_vec())];
        let parts = wreck.rows("photo_parts", "area = ?1 AND photo = ?2 ORDER BY part", &key)?;
        let mut hash = Sha256::new();
        for part in &parts {
            if let Some((_, Value::Blob(bytes))) = part.iter().find(|(name, _)| name == "bytes") {
                hash.update(bytes);
            }
        }
        if <[u8; 32]>::from(hash.finalize()) == photo.photo.0 {
            parts.iter().try_for_each(|part| put(to, "photo_parts", part))?;
            found += 1;
        } else {
            to.execute("DELETE FROM photos WHERE area = ?1 AND photo = ?2", params_from_iter(key))?;
            wreck.unread += 1;
        }
    }
    Ok(found)
}

impl Wreck<'_> {
    /// Rows of a table that fit a condition; of what cannot be read, those before it.
    fn rows(&mut self, table: &str, fit: &str, with: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        let sql = format!("SELECT * FROM {table} WHERE {fit}");
        if self.connected()?.is_none_or(|wreck| gather(wreck, &sql, with, &mut found).is_err()) {
            self.connection = None;
            self.unread += 1;
        }
        Ok(found)
    }

    /// Every row of a table; none of one that the store's version does not have.
    fn all(&mut self, table: &str) -> Result<Vec<Row>, StoreError> {
        let there = self.connected()?.map(|wreck| wreck.table_exists(None, table));
        if matches!(there, Some(Ok(false))) {
            return Ok(Vec::new());
        }
        self.rows(table, "1", &[])
    }

    /// The row with this number.
    fn at(&mut self, table: &str, id: i64) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(table, "rowid = ?1", &[Value::Integer(id)])?.pop())
    }

    /// The highest number of a table's rows: the largest of what these ask for and can be read.
    fn last(&mut self, questions: &[&str]) -> i64 {
        let mut last = 0;
        for sql in questions {
            let wreck = self.connected().ok().flatten();
            let answer = wreck.map(|wreck| wreck.query_row(sql, (), |row| row.get(0)));
            match answer {
                Some(Ok(Some(number))) => last = i64::max(last, number),
                Some(Err(rusqlite::Error::QueryReturnedNoRows) | Ok(None)) => {}
                Some(Err(_)) | None => self.connection = None,
            }
        }
        last
    }

    /// A connection, if the file can be opened at all.
    fn connected(&mut self) -> Result<Option<&Connection>, StoreError> {
        if self.connection.is_none() {
            self.connection = match open::connect_damaged(self.path, self.key) {
                Ok(connection) => Some(connection),
                Err(StoreError::WrongKey | StoreError::Damaged) => None,
                Err(error) => return Err(error),
            };
        }
        Ok(self.connection.as_ref())
    }
}

fn gather(
    wreck: &Connection,
    sql: &str,
    with: &[Value],
    found: &mut Vec<Row>,
) -> rusqlite::Result<()> {
    let mut query = wreck.prepare_cached(sql)?;
    let names: Vec<String> = query.column_names().map(str::to_owned).collect();
    let mut rows = query.query(params_from_iter(with))?;
    while let Some(row) = rows.next()? {
        let read =
            names.iter().enumerate().map(|(place, name)| Ok((name.clone(), row.get(place)?)));
        found.push(read.collect::<rusqlite::Result<Row>>()?);
    }
    Ok(())
}

/// Writes a row; columns that a later version has done away with are left out. What the new store
/// could not hold (a second row of one name) is left out too.
fn put(to: &Transaction<'_>, table: &str, row: &Row) -> Result<(), StoreError> {
    let mut columns = to.prepare_cached("SELECT name FROM pragma_table_info(?1)")?;
    let known = columns.query_map([table], |row| row.get(0))?;
    let known = known.collect::<Result<Vec<String>, _>>()?;
    let kept: Vec<_> = row.iter().filter(|(name, _)| known.contains(name)).collect();
    let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
    let marks = vec!["?"; kept.len()].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", names.join(", "));
    to.prepare_cached(&sql)?.execute(params_from_iter(kept.iter().map(|(_, value)| value)))?;
    Ok(())
}
