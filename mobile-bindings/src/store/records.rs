//! The records on this phone: what lists need, and the bodies.

pub(crate) mod scan;

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use super::{Packed, StoreError, column, packed};
use crate::record::Summary;

/// A record's bytes.
pub(crate) struct Body {
    pub(crate) area: AreaId,
    pub(crate) kind: Kind,
    pub(crate) seq: u64,
    pub(crate) document: Vec<u8>,
}

/// Where a record belongs and how far the server's log has brought it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) record: RecordId,
    pub(crate) area: AreaId,
    pub(crate) kind: Kind,
    pub(crate) seq: u64,
}

/// What a list shows of a record. A report's title is that of its premises.
pub(crate) struct Listed {
    pub(crate) place: Place,
    pub(crate) premises: Option<RecordId>,
    pub(crate) title: String,
    pub(crate) state: Option<String>,
    pub(crate) at: Option<i64>,
    pub(crate) clashes: u64,
}

/// Which records a list wants.
#[derive(Default)]
pub(crate) struct Filter {
    pub(crate) area: Option<AreaId>,
    pub(crate) kind: Option<Kind>,
    pub(crate) premises: Option<RecordId>,
    pub(crate) limit: Option<u32>,
}

/// Writes a record.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    place: &Place,
    summary: &Summary,
    document: &Packed,
) -> Result<(), StoreError> {
    let id: i64 = transaction
        .prepare_cached(
            "INSERT INTO records (record, area, kind, seq, premises, title, search, state, at, clashes,
                facts)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (record) DO UPDATE SET area = ?2, kind = ?3, seq = max(seq, ?4),
                premises = ?5, title = ?6, search = ?7, state = ?8, at = ?9, clashes = ?10, facts = ?11
             RETURNING id",
        )?
        .query_row(
            (
                place.record.0,
                column::area(place.area),
                place.kind.number(),
                column::number(place.seq),
                summary.premises.map(|premises| premises.0),
                &summary.title,
                &summary.search,
                &summary.state,
                summary.at,
                column::number(summary.clashes),
                &summary.facts,
            ),
            |row| row.get(0),
        )?;
    transaction
        .prepare_cached(
            "INSERT INTO bodies (id, document) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET document = ?2",
        )?
        .execute((id, document.bytes()))?;
    Ok(())
}

/// Writes what lists and searches need of a record, and nothing else of it.
pub(crate) fn summarise(
    transaction: &Transaction<'_>,
    record: RecordId,
    summary: &Summary,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE records SET premises = ?2, title = ?3, search = ?4, state = ?5, at = ?6,
                clashes = ?7, facts = ?8 WHERE record = ?1",
        )?
        .execute((
            record.0,
            summary.premises.map(|premises| premises.0),
            &summary.title,
            &summary.search,
            &summary.state,
            summary.at,
            column::number(summary.clashes),
            &summary.facts,
        ))?;
    Ok(())
}

/// Takes a record off the phone of which the server accepted nothing.
pub(crate) fn remove(transaction: &Transaction<'_>, record: RecordId) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM records WHERE record = ?1", [record.0])?;
    Ok(())
}

/// A record belongs to another area now, whose log numbers it anew.
pub(crate) fn move_to(
    transaction: &Transaction<'_>,
    record: RecordId,
    to: AreaId,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE records SET area = ?2, seq = 0, leaving = 0 WHERE record = ?1")?
        .execute((record.0, column::area(to)))?;
    Ok(())
}

/// Whether a record goes from this phone once nothing of it is unsent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// It stays.
    Not = 0,
    /// It is in an area that is not the person's.
    Elsewhere = 1,
    /// It had been kept for as long as the district keeps it.
    PutAway = 2,
}

/// Notes whether a record leaves.
pub(crate) fn set_leaving(
    transaction: &Transaction<'_>,
    record: RecordId,
    leaving: Leaving,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE records SET leaving = ?2 WHERE record = ?1 AND leaving <> ?2")?
        .execute((record.0, leaving as u8))?;
    Ok(())
}

/// The area that a record is stored under, and whether it is leaving.
pub(crate) fn place_of(
    connection: &Connection,
    record: RecordId,
) -> Result<Option<(AreaId, bool)>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT area, leaving FROM records WHERE record = ?1")?;
    let place =
        query.query_row([record.0], |row| Ok((column::get_area(row, 0)?, row.get(1)?))).optional();
    Ok(place?)
}

/// Whether a record was put away and waits for what is unsent of it.
pub(crate) fn is_put_away(connection: &Connection, record: RecordId) -> Result<bool, StoreError> {
    let mut query = connection.prepare_cached("SELECT leaving FROM records WHERE record = ?1")?;
    let leaving = query.query_row([record.0], |row| row.get::<_, u8>(0)).optional()?;
    Ok(leaving == Some(Leaving::PutAway as u8))
}

/// Every record's id.
pub(crate) fn all(connection: &Connection) -> Result<Vec<RecordId>, StoreError> {
    let mut query = connection.prepare_cached("SELECT record FROM records")?;
    let rows = query.query_map((), |row| row.get(0).map(RecordId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A record's bytes.
pub(crate) fn body(connection: &Connection, record: RecordId) -> Result<Option<Body>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT area, kind, seq, document FROM records JOIN bodies USING (id)
         WHERE record = ?1",
    )?;
    let body = query.query_row([record.0], |row| {
        Ok(Body {
            area: column::get_area(row, 0)?,
            kind: column::get_kind(row, 1)?,
            seq: column::get_number(row, 2)?,
            document: row.get(3)?,
        })
    });
    let body = body.optional()?;
    body.map(|body| Ok(Body { document: packed::unpack(body.document)?, ..body })).transpose()
}

/// The columns of [`listed`]; `p` is a report's or a residency's premises.
const LISTED: &str = "SELECT r.record, r.area, r.kind, r.seq, r.premises,
       CASE WHEN r.title = '' THEN coalesce(p.title, '') ELSE r.title END,
       r.state, r.at, r.clashes
  FROM records r JOIN areas a ON a.area = r.area AND NOT a.revoked
  LEFT JOIN records p ON p.record = r.premises";

/// What is leaving is no longer shown.
const HERE: &str = "NOT r.leaving";

/// Records by kind; of a kind, reports latest first, others by title.
pub(crate) fn list(connection: &Connection, filter: &Filter) -> Result<Vec<Listed>, StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "{LISTED}
          WHERE {HERE} AND (?1 IS NULL OR r.area = ?1) AND (?2 IS NULL OR r.kind = ?2)
            AND (?3 IS NULL OR r.premises = ?3)
          ORDER BY r.kind, r.at DESC, 6, r.record LIMIT ?4"
    ))?;
    let rows = query.query_map(
        (
            filter.area.map(column::area),
            filter.kind.map(Kind::number),
            filter.premises.map(|premises| premises.0),
            filter.limit.map_or(-1, i64::from),
        ),
        listed,
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One record as a list shows it.
pub(crate) fn find(
    connection: &Connection,
    record: RecordId,
) -> Result<Option<Listed>, StoreError> {
    let mut query =
        connection.prepare_cached(&format!("{LISTED} WHERE {HERE} AND r.record = ?1"))?;
    Ok(query.query_row([record.0], listed).optional()?)
}

/// Records that a person should look at: with a clash, or returned by a reviewer.
pub(crate) fn noteworthy(connection: &Connection) -> Result<Vec<Listed>, StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "{LISTED} WHERE {HERE} AND (r.clashes > 0 OR r.state = 'returned') ORDER BY r.kind, r.record"
    ))?;
    let rows = query.query_map((), listed)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Reports that are not handed in, or came back; latest first.
pub(crate) fn in_hand(connection: &Connection) -> Result<Vec<Listed>, StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "{LISTED} WHERE {HERE} AND r.state IN ('draft', 'returned') ORDER BY r.at DESC, r.record"
    ))?;
    let rows = query.query_map((), listed)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        place: Place {
            record: RecordId(row.get(0)?),
            area: column::get_area(row, 1)?,
            kind: column::get_kind(row, 2)?,
            seq: column::get_number(row, 3)?,
        },
        premises: row.get::<_, Option<[u8; 16]>>(4)?.map(RecordId),
        title: row.get(5)?,
        state: row.get(6)?,
        at: row.get(7)?,
        clashes: column::get_number(row, 8)?,
    })
}

/// At most two records whose ids begin with these hexadecimal digits: two are too many already.
pub(crate) fn by_prefix(
    connection: &Connection,
    prefix: &str,
) -> Result<Vec<RecordId>, StoreError> {
    let low = format!("{prefix:0<32}").parse::<RecordId>();
    let high = format!("{prefix:f<32}").parse::<RecordId>();
    let (Ok(low), Ok(high)) = (low, high) else {
        return Ok(Vec::new());
    };
    let mut query = connection
        .prepare_cached("SELECT record FROM records WHERE record BETWEEN ?1 AND ?2 LIMIT 2")?;
    let rows = query.query_map([low.0, high.0], |row| row.get(0).map(RecordId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives every record's document to `each`, ordered by id.
pub(crate) fn each_document<E: From<StoreError>>(
    connection: &Connection,
    mut each: impl FnMut(RecordId, Kind, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut query = connection
        .prepare_cached(
            "SELECT record, kind, document FROM records JOIN bodies USING (id) ORDER BY record",
        )
        .map_err(StoreError::from)?;
    let rows = query.query_map((), |row| {
        Ok((RecordId(row.get(0)?), column::get_kind(row, 1)?, row.get::<_, Vec<u8>>(2)?))
    });
    for row in rows.map_err(StoreError::from)? {
        let (record, kind, document) = row.map_err(StoreError::from)?;
        each(record, kind, &packed::unpack(document)?)?;
    }
    Ok(())
}

/// How many records there are in the person's areas.
pub(crate) fn count(connection: &Connection) -> Result<u64, StoreError> {
    let sql =
        "SELECT count(*) FROM records JOIN areas USING (area) WHERE NOT revoked AND NOT leaving";
    Ok(connection.query_row(sql, (), |row| column::get_number(row, 0))?)
}
