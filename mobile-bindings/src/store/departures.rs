//! What goes from this phone: an area that is no longer the person's, a record that was moved out of
//! one, or was kept long enough. Nothing goes while anything of it is unsent and without a verdict; what
//! stays is a count. A record that was erased at somebody's request goes at once, with all that was
//! written of it.

use std::collections::HashSet;

use rusqlite::{Connection, Row, Transaction};
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};

use super::records::Leaving;
use super::{StoreError, column};

/// What went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Went {
    /// A whole area.
    Area,
    /// Records of an area that is still the person's: they are in another area now.
    Records,
    /// Records that were erased at somebody's request.
    Erased,
    /// Records that had been kept for as long as the district keeps them.
    PutAway,
}

impl Went {
    fn code(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Records => "records",
            Self::Erased => "erased",
            Self::PutAway => "put_away",
        }
    }

    fn of_code(code: &str) -> Self {
        let all = [Self::Area, Self::Erased, Self::PutAway];
        all.into_iter().find(|went| went.code() == code).unwrap_or(Self::Records)
    }
}

/// A departure, without a word of what went.
#[derive(Debug)]
pub(crate) struct Departure {
    pub(crate) area: AreaId,
    pub(crate) went: Went,
    pub(crate) name: (String, String),
    /// Records that were taken off the phone.
    pub(crate) records: u64,
    /// Changes among them that are in no log: the server keeps them, refused or waiting; those of what
    /// was erased are gone.
    pub(crate) changes: u64,
    /// Photos among them that the server would not take.
    pub(crate) photos: u64,
    pub(crate) at: i64,
}

/// Whether a change has no verdict yet, or one that says to push it again.
const UNSENT: &str = "(c.state = 'pending' OR (c.state = 'held' AND NOT c.kept))";

/// Whether a photo has neither been taken nor refused.
const PHOTO_UNSENT: &str = "(p.state = 'pending' AND p.code IS NULL)";

/// The areas that can go now.
pub(crate) fn areas(connection: &Connection) -> Result<Vec<AreaId>, StoreError> {
    let mut query = connection.prepare(&format!(
        "SELECT area FROM areas a WHERE revoked
            AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.area = a.area AND {UNSENT})
            AND NOT EXISTS (SELECT 1 FROM photos p WHERE p.area = a.area AND {PHOTO_UNSENT})"
    ))?;
    let rows = query.query_map((), |row| column::get_area(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A record that can go, with the area that it was in and why.
type Leaver = (RecordId, (AreaId, Went));

/// The records that can go now.
pub(crate) fn records(connection: &Connection) -> Result<Vec<Leaver>, StoreError> {
    let mut query = connection.prepare(&format!(
        "SELECT record, area, leaving FROM records r WHERE leaving
            AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.record = r.record AND {UNSENT})
            AND NOT EXISTS (SELECT 1 FROM photos p WHERE p.record = r.record AND {PHOTO_UNSENT})"
    ))?;
    let rows = query.query_map((), |row| {
        let put_away = row.get::<_, u8>(2)? == Leaving::PutAway as u8;
        let went = if put_away { Went::PutAway } else { Went::Records };
        Ok((RecordId(row.get(0)?), (column::get_area(row, 1)?, went)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a change or a photo of a record is unsent and without a verdict.
pub(crate) fn has_unsent(connection: &Connection, record: RecordId) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM changes c WHERE c.record = ?1 AND {UNSENT})
             OR EXISTS (SELECT 1 FROM photos p WHERE p.record = ?1 AND {PHOTO_UNSENT})"
    );
    Ok(connection.query_row(&sql, [record.0], |row| row.get(0))?)
}

/// Deletes everything of an area and leaves a note.
pub(crate) fn let_area_go(
    transaction: &Transaction<'_>,
    area: AreaId,
    now: i64,
) -> Result<(), StoreError> {
    let key = column::area(area);
    note(transaction, area, Went::Area, ("area", &key), now)?;
    for sql in [
        "DELETE FROM changes WHERE area = ?1",
        "DELETE FROM records WHERE area = ?1",
        "DELETE FROM photo_parts WHERE area = ?1",
        "DELETE FROM photos WHERE area = ?1",
        "DELETE FROM strays WHERE area = ?1",
        "DELETE FROM areas WHERE area = ?1",
        "DELETE FROM departures WHERE area = ?1 AND why = 'records'",
    ] {
        transaction.execute(sql, [key])?;
    }
    Ok(())
}

/// Deletes everything of a record and leaves a note that does not say which it was.
pub(crate) fn let_record_go(
    transaction: &Transaction<'_>,
    record: RecordId,
    (area, went): (AreaId, Went),
    now: i64,
) -> Result<(), StoreError> {
    note(transaction, area, went, ("record", &record.0), now)?;
    for sql in [
        "DELETE FROM changes WHERE record = ?1",
        "DELETE FROM photo_parts
          WHERE (area, photo) IN (SELECT area, photo FROM photos WHERE record = ?1)",
        "DELETE FROM photos WHERE record = ?1",
        "DELETE FROM strays WHERE record = ?1",
        "DELETE FROM records WHERE record = ?1",
    ] {
        transaction.execute(sql, [record.0])?;
    }
    Ok(())
}

/// Deletes these changes of a record of which something stays, and leaves a note. Photos stay: only
/// reports have any, and nothing of a report can begin anew.
pub(crate) fn let_part_go(
    transaction: &Transaction<'_>,
    gone: &HashSet<ChangeHash>,
    record: RecordId,
    (area, went): (AreaId, Went),
    now: i64,
) -> Result<(), StoreError> {
    note(transaction, area, went, ("record", &record.0), now)?;
    let mut delete = transaction.prepare_cached("DELETE FROM changes WHERE hash = ?1")?;
    gone.iter().try_for_each(|hash| delete.execute([hash.0]).map(|_| ()))?;
    Ok(())
}

/// Counts what is about to go into the area's note.
fn note(
    transaction: &Transaction<'_>,
    area: AreaId,
    went: Went,
    (column, key): (&str, &dyn rusqlite::ToSql),
    now: i64,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO departures (area, why, name_zh, name_en, records, changes, photos, at)
         SELECT ?1, ?2, a.name_zh, a.name_en,
                (SELECT count(*) FROM records r WHERE r.{column} = ?3),
                (SELECT count(*) FROM changes c WHERE c.{column} = ?3
                    AND (c.state IN ('rejected', 'held') OR ?2 = 'erased' AND c.state = 'pending')
                    AND c.settled_at IS NULL),
                (SELECT count(*) FROM photos p WHERE p.{column} = ?3 AND p.state = 'pending'), ?4
           FROM areas a WHERE a.area = ?1
         ON CONFLICT (area, why) DO UPDATE SET records = records + excluded.records,
            changes = changes + excluded.changes, photos = photos + excluded.photos,
            at = excluded.at"
    );
    transaction.execute(&sql, (self::column::area(area), went.code(), key, now))?;
    Ok(())
}

/// The area is the person's again.
pub(crate) fn forget(transaction: &Transaction<'_>, area: AreaId) -> Result<(), StoreError> {
    transaction
        .prepare_cached("DELETE FROM departures WHERE area = ?1 AND why = 'area'")?
        .execute([column::area(area)])?;
    Ok(())
}

/// What has gone, latest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Departure>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT area, why, name_zh, name_en, records, changes, photos, at FROM departures
          ORDER BY at DESC, area",
    )?;
    let rows = query.query_map((), departure)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn departure(row: &Row<'_>) -> rusqlite::Result<Departure> {
    Ok(Departure {
        area: column::get_area(row, 0)?,
        went: Went::of_code(&row.get::<_, String>(1)?),
        name: (row.get(2)?, row.get(3)?),
        records: column::get_number(row, 4)?,
        changes: column::get_number(row, 5)?,
        photos: column::get_number(row, 6)?,
        at: row.get(7)?,
    })
}

/// Forgets the notes of what went before a moment.
pub(crate) fn prune(transaction: &Transaction<'_>, before: i64) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM departures WHERE at < ?1", [before])?;
    Ok(())
}
