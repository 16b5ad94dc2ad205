//! View `reports`: visits and inspections as the review queue lists them.

use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use sync_protocol::ids::{AreaId, DeviceId, PersonId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::rows::{area, area_key, device, kind, person_key, record, record_key};
use super::{Db, StoreError};
use crate::auth::AreaScope;

/// Which reports are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// In this state.
    pub state: Option<String>,
    /// Only those with open clashes.
    pub clashes: bool,
    /// Whose address has these words in it, or whose worker is one of these.
    pub words: Option<(String, Vec<PersonId>)>,
    /// After this one, newest first.
    pub after: Option<(i64, RecordId)>,
    /// At most so many.
    pub most: i64,
}

/// A report in the queue.
#[derive(Debug, Clone)]
pub struct ReportRow {
    /// Its area.
    pub area: AreaId,
    /// The report.
    pub record: RecordId,
    /// Visit or inspection.
    pub kind: Kind,
    /// The device that opened it.
    pub author: DeviceId,
    /// When its last change came, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// The premises' address, once that has arrived.
    pub address: Option<String>,
    /// Code of its state.
    pub state: Option<String>,
    /// Code of its outcome or verdict.
    pub result: Option<String>,
    /// When it was begun, in milliseconds since 1970 UTC.
    pub started_at: Option<i64>,
    /// When it was ended, in milliseconds since 1970 UTC.
    pub ended_at: Option<i64>,
    /// Open clashes that its reviewer has to settle.
    pub clashes: i64,
    /// Photos that it names.
    pub photos: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    area_id: i64,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = SmallInt)]
    kind: i16,
    #[diesel(sql_type = BigInt)]
    author: i64,
    #[diesel(sql_type = BigInt)]
    received_at: i64,
    #[diesel(sql_type = Nullable<Text>)]
    address: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    state: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    result: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    started_at: Option<chrono::DateTime<chrono::Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ended_at: Option<chrono::DateTime<chrono::Utc>>,
    #[diesel(sql_type = BigInt)]
    clashes: i64,
    #[diesel(sql_type = BigInt)]
    photos: i64,
}

/// Open clashes of a report `r`; and, unless it was accepted and needs nobody any more, those of its
/// premises and the residencies there.
const CLASHES_OF: &str = "
    (SELECT count(*) FROM clashes c
     WHERE c.area_id = r.area_id AND c.settled_seq IS NULL
       AND (c.record_id = r.record_id
            OR (r.state IS DISTINCT FROM 'accepted'
                AND (c.record_id = r.premises
                     OR c.record_id IN (SELECT s.record_id FROM residencies s
                                        WHERE s.area_id = r.area_id
                                          AND s.premises = r.premises)))))";

const MATCHING: &str = "
    FROM reports r
    LEFT JOIN premises p ON p.area_id = r.area_id AND p.record_id = r.premises
    LEFT JOIN devices d ON d.device_id = r.author
    WHERE r.area_id = ANY ($1)
      AND ($2 IS NULL OR r.kind = $2)
      AND ($3 IS NULL OR r.state = $3)
      AND ($4 IS NULL OR p.address ILIKE $4 OR d.person_id = ANY ($5))";

/// The statement with the parameters that list and count share bound to `$1` … `$5`.
macro_rules! bind_filter {
    ($statement:expr, $scopes:expr, $filter:expr) => {
        diesel::sql_query($statement)
            .bind::<Array<BigInt>, _>(scope_keys($scopes))
            .bind::<Nullable<SmallInt>, _>($filter.kind.map(Kind::number))
            .bind::<Nullable<Text>, _>($filter.state.clone())
            .bind::<Nullable<Text>, _>($filter.words.as_ref().map(|(words, _)| containing(words)))
            .bind::<Array<SqlUuid>, _>(workers($filter))
    };
}

/// The reports of these areas that the filter wants, newest first.
///
/// # Errors
/// Those of the database.
pub fn list(
    db: &mut Db,
    scopes: &[AreaScope],
    filter: &Filter,
) -> Result<Vec<ReportRow>, StoreError> {
    let statement = format!(
        "SELECT r.area_id, r.record_id, r.kind, r.author, r.received_at, p.address, r.state,
                r.result, r.started_at, r.ended_at, {CLASHES_OF} AS clashes,
                (SELECT count(*) FROM json_object_keys(r.photos)) AS photos
         {MATCHING}
           AND (NOT $6 OR {CLASHES_OF} > 0)
           AND ($7 IS NULL OR (r.received_at, r.record_id) < ($7, $8))
         ORDER BY r.received_at DESC, r.record_id DESC LIMIT $9"
    );
    let (after_at, after_id) = filter.after.unzip();
    let rows: Vec<Row> = bind_filter!(statement, scopes, filter)
        .bind::<Bool, _>(filter.clashes)
        .bind::<Nullable<BigInt>, _>(after_at)
        .bind::<Nullable<SqlUuid>, _>(after_id.map(record_key))
        .bind::<BigInt, _>(filter.most)
        .load(db.sql())?;
    rows.into_iter().map(from_row).collect()
}

/// How many reports the filter wants, over all pages.
///
/// # Errors
/// Those of the database.
pub fn count(db: &mut Db, scopes: &[AreaScope], filter: &Filter) -> Result<i64, StoreError> {
    let statement =
        format!("SELECT count(*) AS number {MATCHING} AND (NOT $6 OR {CLASHES_OF} > 0)");
    let row: CountRow = bind_filter!(statement, scopes, filter)
        .bind::<Bool, _>(filter.clashes)
        .get_result(db.sql())?;
    Ok(row.number)
}

/// Residencies at a premises, by id.
///
/// # Errors
/// Those of the database.
pub fn residencies_at(
    db: &mut Db,
    scope: &AreaScope,
    premises: RecordId,
) -> Result<Vec<RecordId>, StoreError> {
    #[derive(QueryableByName)]
    struct IdRow {
        #[diesel(sql_type = SqlUuid)]
        record_id: Uuid,
    }
    let rows: Vec<IdRow> = diesel::sql_query(
        "SELECT record_id FROM residencies WHERE area_id = $1 AND premises = $2 ORDER BY record_id",
    )
    .bind::<BigInt, _>(area_key(scope.area()))
    .bind::<SqlUuid, _>(record_key(premises))
    .load(db.sql())?;
    Ok(rows.into_iter().map(|row| record(row.record_id)).collect())
}

/// A report as others name it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ReportAt {
    /// Its area.
    pub area: AreaId,
    /// The report.
    pub record: RecordId,
    /// Visit or inspection.
    pub kind: Kind,
    /// When its last change came, in milliseconds since 1970 UTC.
    pub received_at: i64,
}

/// The last reports about a premises, newest first.
///
/// # Errors
/// Those of the database.
pub fn at(
    db: &mut Db,
    scope: &AreaScope,
    premises: RecordId,
    most: i64,
) -> Result<Vec<ReportAt>, StoreError> {
    #[derive(QueryableByName)]
    struct AtRow {
        #[diesel(sql_type = SqlUuid)]
        record_id: Uuid,
        #[diesel(sql_type = SmallInt)]
        kind: i16,
        #[diesel(sql_type = BigInt)]
        received_at: i64,
    }
    let rows: Vec<AtRow> = diesel::sql_query(
        "SELECT record_id, kind, received_at FROM reports WHERE area_id = $1 AND premises = $2
         ORDER BY received_at DESC, record_id LIMIT $3",
    )
    .bind::<BigInt, _>(area_key(scope.area()))
    .bind::<SqlUuid, _>(record_key(premises))
    .bind::<BigInt, _>(most)
    .load(db.sql())?;
    let report = |row: AtRow| {
        let (area, record) = (scope.area(), record(row.record_id));
        Ok(ReportAt { area, record, kind: kind(row.kind)?, received_at: row.received_at })
    };
    rows.into_iter().map(report).collect()
}

/// Reports and open clashes of each area.
///
/// # Errors
/// Those of the database.
pub fn counts_by_area(
    db: &mut Db,
    scopes: &[AreaScope],
) -> Result<Vec<(AreaId, i64, i64)>, StoreError> {
    #[derive(QueryableByName)]
    struct AreaRow {
        #[diesel(sql_type = BigInt)]
        area_id: i64,
        #[diesel(sql_type = BigInt)]
        reports: i64,
        #[diesel(sql_type = BigInt)]
        clashes: i64,
    }
    let rows: Vec<AreaRow> = diesel::sql_query(
        "SELECT a.area_id,
                (SELECT count(*) FROM reports r WHERE r.area_id = a.area_id) AS reports,
                (SELECT count(*) FROM clashes c
                 WHERE c.area_id = a.area_id AND c.settled_seq IS NULL) AS clashes
         FROM unnest($1) AS a (area_id) ORDER BY a.area_id",
    )
    .bind::<Array<BigInt>, _>(scope_keys(scopes))
    .load(db.sql())?;
    Ok(rows.into_iter().map(|row| (area(row.area_id), row.reports, row.clashes)).collect())
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn scope_keys(scopes: &[AreaScope]) -> Vec<i64> {
    scopes.iter().map(|scope| area_key(scope.area())).collect()
}

fn workers(filter: &Filter) -> Vec<Uuid> {
    let people = filter.words.iter().flat_map(|(_, people)| people);
    people.copied().map(person_key).collect()
}

/// A LIKE pattern for whatever contains these words, taken literally.
fn containing(words: &str) -> String {
    let literal = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{literal}%")
}

fn from_row(row: Row) -> Result<ReportRow, StoreError> {
    Ok(ReportRow {
        area: area(row.area_id),
        record: record(row.record_id),
        kind: kind(row.kind)?,
        author: device(row.author),
        received_at: row.received_at,
        address: row.address,
        state: row.state,
        result: row.result,
        started_at: row.started_at.map(|at| at.timestamp_millis()),
        ended_at: row.ended_at.map(|at| at.timestamp_millis()),
        clashes: row.clashes,
        photos: row.photos,
    })
}
