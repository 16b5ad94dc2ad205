//! Going through all records of the person's areas, for what a list of few is made of. Nothing is
//! copied on the way: 10,000 records take a few milliseconds.

use rusqlite::{Connection, OptionalExtension, Row};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use super::super::{StoreError, column};
use super::{Filter, HERE, LISTED, Listed, listed};

/// A record's number in this store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowNo(i64);

/// What counts of a record.
pub(crate) struct Counting<'r> {
    pub(crate) record: RecordId,
    pub(crate) area: AreaId,
    pub(crate) title: &'r str,
    /// The bytes of [`crate::record::Facts`].
    pub(crate) facts: &'r [u8],
}

const MINE: &str = "area IN (SELECT area FROM areas WHERE NOT revoked)";

/// Gives what each record that fits the filter is looked for by to `each`.
pub(crate) fn each_search(
    connection: &Connection,
    filter: &Filter,
    mut each: impl FnMut(RowNo, Kind, &str),
) -> Result<(), StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT r.id, r.kind, r.search FROM records r
          WHERE {HERE} AND r.{MINE} AND (?1 IS NULL OR r.area = ?1)
            AND (?2 IS NULL OR r.kind = ?2) AND (?3 IS NULL OR r.premises = ?3)"
    ))?;
    let mut rows = query.query((
        filter.area.map(column::area),
        filter.kind.map(Kind::number),
        filter.premises.map(|premises| premises.0),
    ))?;
    while let Some(row) = rows.next()? {
        each(RowNo(row.get(0)?), column::get_kind(row, 1)?, text(row, 2)?);
    }
    Ok(())
}

/// Gives what counts of each record to `each`.
pub(crate) fn each_counting(
    connection: &Connection,
    area: Option<AreaId>,
    mut each: impl FnMut(Counting<'_>),
) -> Result<(), StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT r.record, r.area, r.title, r.facts FROM records r
          WHERE {HERE} AND r.facts IS NOT NULL AND r.{MINE} AND (?1 IS NULL OR r.area = ?1)"
    ))?;
    let mut rows = query.query([area.map(column::area)])?;
    while let Some(row) = rows.next()? {
        let facts = row.get_ref(3)?.as_blob().map_err(|_| StoreError::Form("record's facts"))?;
        each(Counting {
            record: RecordId(row.get(0)?),
            area: column::get_area(row, 1)?,
            title: text(row, 2)?,
            facts,
        });
    }
    Ok(())
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, StoreError> {
    row.get_ref(column)?.as_str().map_err(|_| StoreError::Form("record's text"))
}

/// What a record is looked for by.
pub(crate) fn search_of(
    connection: &Connection,
    record: RecordId,
) -> Result<Option<String>, StoreError> {
    let mut query = connection.prepare_cached("SELECT search FROM records WHERE record = ?1")?;
    Ok(query.query_row([record.0], |row| row.get(0)).optional()?)
}

/// What a person knows a record by; nothing if it is not here.
pub(crate) fn title_of(
    connection: &Connection,
    record: RecordId,
) -> Result<Option<String>, StoreError> {
    let mut query = connection.prepare_cached("SELECT title FROM records WHERE record = ?1")?;
    Ok(query.query_row([record.0], |row| row.get(0)).optional()?)
}

/// One record as a list shows it.
pub(crate) fn by_row(connection: &Connection, row: RowNo) -> Result<Option<Listed>, StoreError> {
    let mut query = connection.prepare_cached(&format!("{LISTED} WHERE {HERE} AND r.id = ?1"))?;
    Ok(query.query_row([row.0], listed).optional()?)
}
