//! Table `documents`: each record's whole document as of some change, which may be behind its
//! registers.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, SmallInt, Uuid as SqlUuid};
use sync_protocol::ids::RecordId;
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::rows::{area_key, kind, record, record_key, seq, seq_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::documents;
use crate::vault::What;

/// A record's document, which may be behind its registers.
#[derive(Debug, Clone)]
pub struct StoredDocument {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its last change in the area's log.
    pub last_seq: u64,
    /// The document, unless none was saved yet.
    pub document: Option<Vec<u8>>,
    /// The last change in the document.
    pub document_seq: u64,
}

/// The documents of these records.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn of_records(
    db: &mut Db,
    scope: &AreaScope,
    ids: &[RecordId],
) -> Result<Vec<StoredDocument>, StoreError> {
    let keys: Vec<Uuid> = ids.iter().copied().map(record_key).collect();
    let rows: Vec<Row> = statement(
        "SELECT r.record_id, r.kind, r.last_seq, d.document, COALESCE(d.seq, 0) AS document_seq, k.wrapped
         FROM records r LEFT JOIN documents d USING (area_id, record_id)
         LEFT JOIN record_keys k USING (area_id, record_id)
         WHERE r.area_id = ? AND r.record_id = ANY (?)",
        (bind::<BigInt, _>(area_key(scope.area())), bind::<Array<SqlUuid>, _>(keys)),
    )
    .load(db.sql())?;
    opened(db, scope, rows)
}

/// Documents of the area's records after a log position, in the order of their last change.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn after(
    db: &mut Db,
    scope: &AreaScope,
    after: u64,
    most: usize,
) -> Result<Vec<StoredDocument>, StoreError> {
    let rows: Vec<Row> = statement(
        "SELECT r.record_id, r.kind, r.last_seq, d.document, COALESCE(d.seq, 0) AS document_seq, k.wrapped
         FROM (SELECT area_id, record_id, kind, last_seq FROM records
               WHERE area_id = ? AND last_seq > ? ORDER BY last_seq LIMIT ?) r
         LEFT JOIN documents d USING (area_id, record_id)
         LEFT JOIN record_keys k USING (area_id, record_id)
         ORDER BY r.last_seq",
        (
            bind::<BigInt, _>(area_key(scope.area())),
            bind::<BigInt, _>(seq_key(after)),
            bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX)),
        ),
    )
    .load(db.sql())?;
    opened(db, scope, rows)
}

/// Documents of the area that are behind their registers, of records whose last change is after a place,
/// oldest first.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn stale(
    db: &mut Db,
    scope: &AreaScope,
    place: u64,
    most: i64,
) -> Result<Vec<StoredDocument>, StoreError> {
    let rows: Vec<Row> = statement(
        "SELECT r.record_id, r.kind, r.last_seq, d.document, COALESCE(d.seq, 0) AS document_seq, k.wrapped
         FROM records r LEFT JOIN documents d USING (area_id, record_id)
         LEFT JOIN record_keys k USING (area_id, record_id)
         WHERE r.area_id = ? AND r.last_seq > ? AND COALESCE(d.seq, 0) < r.last_seq
         ORDER BY r.last_seq LIMIT ?",
        (
            bind::<BigInt, _>(area_key(scope.area())),
            bind::<BigInt, _>(seq_key(place)),
            bind::<BigInt, _>(most),
        ),
    )
    .load(db.sql())?;
    opened(db, scope, rows)
}

/// Saves documents that were brought up to date, unless a newer one was saved meanwhile or the record
/// has left the area.
///
/// # Errors
/// Those of the database.
pub fn save(
    db: &mut Db,
    scope: &AreaScope,
    fresh: &[(RecordId, u64, Vec<u8>)],
) -> Result<(), StoreError> {
    let area = area_key(scope.area());
    db.fetch_keys(fresh.iter().map(|(id, ..)| (area, record_key(*id))))?;
    let (mut ids, mut seqs, mut documents) = (Vec::new(), Vec::new(), Vec::new());
    for (id, at, bytes) in fresh {
        let owner = (area, record_key(*id));
        // A record that was erased meanwhile has no key, and gets no document.
        let Ok(document) = db.seal(owner, What::Document, bytes) else { continue };
        ids.push(owner.1);
        seqs.push(seq_key(*at));
        documents.push(document);
    }
    statement(
        "INSERT INTO documents AS d (area_id, record_id, seq, document)
         SELECT r.area_id, n.*
         FROM unnest(?, ?, ?) AS n (record_id, seq, document)
         JOIN records r ON r.area_id = ? AND r.record_id = n.record_id
         ON CONFLICT (area_id, record_id)
         DO UPDATE SET seq = excluded.seq, document = excluded.document
         WHERE d.seq < excluded.seq",
        (
            bind::<Array<SqlUuid>, _>(ids),
            bind::<Array<BigInt>, _>(seqs),
            bind::<Array<Binary>, _>(documents),
            bind::<BigInt, _>(area),
        ),
    )
    .execute(db.sql())?;
    Ok(())
}

/// Takes every document of the area out, before they are put together anew from the log.
///
/// # Errors
/// Those of the database.
pub fn clear(db: &mut Db, scope: &AreaScope) -> Result<(), StoreError> {
    let of_area = documents::table.filter(documents::area_id.eq(area_key(scope.area())));
    diesel::delete(of_area).execute(db.sql())?;
    Ok(())
}

/// Takes a record's document out: it has left the area.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &mut Db, scope: &AreaScope, id: RecordId) -> Result<(), StoreError> {
    diesel::delete(documents::table.find((area_key(scope.area()), record_key(id))))
        .execute(db.sql())?;
    Ok(())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = SmallInt)]
    kind: i16,
    #[diesel(sql_type = BigInt)]
    last_seq: i64,
    #[diesel(sql_type = Nullable<Binary>)]
    document: Option<Vec<u8>>,
    #[diesel(sql_type = BigInt)]
    document_seq: i64,
    #[diesel(sql_type = Nullable<Binary>)]
    wrapped: Option<Vec<u8>>,
}

fn opened(
    db: &mut Db,
    scope: &AreaScope,
    rows: Vec<Row>,
) -> Result<Vec<StoredDocument>, StoreError> {
    let area = area_key(scope.area());
    let opened = |mut row: Row| {
        let owner = (area, row.record_id);
        if let Some(wrapped) = &row.wrapped {
            db.learn(owner, wrapped)?;
        }
        // One that cannot be opened is as good as none: it is put together from the log.
        row.document = row.document.and_then(|d| db.open(owner, What::Document, &d).ok());
        if row.document.is_none() {
            row.document_seq = 0;
        }
        from_row(row)
    };
    rows.into_iter().map(opened).collect()
}

fn from_row(row: Row) -> Result<StoredDocument, StoreError> {
    Ok(StoredDocument {
        record: record(row.record_id),
        kind: kind(row.kind)?,
        last_seq: seq(row.last_seq),
        document: row.document,
        document_seq: seq(row.document_seq),
    })
}
