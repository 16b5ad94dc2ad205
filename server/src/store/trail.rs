//! Tables `trail` and `trail_head`: the audit trail and where it ends. Triggers refuse every change
//! of a row that is there; the head's row is the lock of whoever adds one.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable};
use sync_protocol::ids::{AreaId, RecordId};
use uuid::Uuid;

use super::rows::{area, area_key, record, record_key, seq, seq_key};
use super::{Db, StoreError};
use crate::auth::audit::TrailScope;
use crate::schema::{trail, trail_head};
use crate::trail::Act;
use crate::trail::entry::DONE;

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its place, from 1.
    pub place: u64,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Code of the act.
    pub act: String,
    /// `done`, or the code of the refusal.
    pub outcome: String,
    /// How many it stands for.
    pub times: u64,
    /// Who.
    pub actor: String,
    /// Whom or what it was done to.
    pub about: Option<String>,
    /// The area.
    pub area: Option<AreaId>,
    /// The record.
    pub record: Option<RecordId>,
    /// Key of the field.
    pub field: Option<String>,
    /// What more there is to say.
    pub detail: Option<String>,
    /// The network address.
    pub address: Option<String>,
    /// The request.
    pub request: Option<Uuid>,
    /// Why: random bytes and words; [`crate::trail::reason`] reads them.
    pub reason: Option<Vec<u8>>,
    /// SHA-256 of the same.
    pub reason_sha256: Option<Vec<u8>>,
    /// The chain value.
    pub chain: Vec<u8>,
}

/// Where the trail ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last place; 0 when there is none.
    pub place: u64,
    /// The chain value there.
    pub chain: Vec<u8>,
}

/// Where the trail ends.
///
/// # Errors
/// Those of the database.
pub fn head(db: &mut Db) -> Result<Head, StoreError> {
    let (place, chain): (i64, Vec<u8>) =
        trail_head::table.select((trail_head::place, trail_head::chain)).first(db.sql())?;
    Ok(Head { place: seq(place), chain })
}

/// Takes the trail's lock until the transaction ends; answers where it ends.
///
/// # Errors
/// Those of the database.
pub fn lock(db: &mut Db) -> Result<Head, StoreError> {
    let (place, chain): (i64, Vec<u8>) = trail_head::table
        .select((trail_head::place, trail_head::chain))
        .for_update()
        .first(db.sql())?;
    Ok(Head { place: seq(place), chain })
}

/// Adds an entry behind the head, under the lock, and moves the head on.
///
/// # Errors
/// Those of the database.
pub fn append(db: &mut Db, new: &Kept) -> Result<(), StoreError> {
    let reason = new.reason.as_deref().map(|reason| close(db, reason)).transpose()?;
    diesel::insert_into(trail::table)
        .values((
            (
                trail::place.eq(seq_key(new.place)),
                trail::at.eq(new.at),
                trail::act.eq(&new.act),
                trail::outcome.eq(&new.outcome),
                trail::times.eq(seq_key(new.times)),
                trail::actor.eq(&new.actor),
                trail::about.eq(&new.about),
                trail::area_id.eq(new.area.map(area_key)),
            ),
            (
                trail::record_id.eq(new.record.map(record_key)),
                trail::field.eq(&new.field),
                trail::detail.eq(&new.detail),
                trail::address.eq(&new.address),
                trail::request.eq(new.request),
                trail::reason.eq(reason),
                trail::reason_sha256.eq(&new.reason_sha256),
                trail::chain.eq(&new.chain),
            ),
        ))
        .execute(db.sql())?;
    diesel::update(trail_head::table)
        .set((trail_head::place.eq(seq_key(new.place)), trail_head::chain.eq(&new.chain)))
        .execute(db.sql())?;
    Ok(())
}

/// Seals the reasons that lie in the open: of a database that was used before anything was sealed. It is
/// the one time that entries are written anew, under the trail's lock; the chain covers what a reason
/// says and not how it lies there, and holds.
///
/// # Errors
/// Those of the database, or [`StoreError::Sealed`].
pub(super) fn seal_first(db: &mut Db) -> Result<(), StoreError> {
    lock(db)?;
    diesel::sql_query("ALTER TABLE trail DISABLE TRIGGER trail_is_never_changed")
        .execute(db.sql())?;
    let mut done = 0;
    loop {
        let rows: Vec<(i64, Option<Vec<u8>>)> = trail::table
            .filter(trail::place.gt(done).and(trail::reason.is_not_null()))
            .order(trail::place)
            .limit(FIRST_SEALED)
            .select((trail::place, trail::reason))
            .load(db.sql())?;
        let Some((last, _)) = rows.last() else { break };
        done = *last;
        for (place, reason) in rows {
            let sealed = reason.map(|reason| close(db, &reason)).transpose()?;
            diesel::update(trail::table.find(place))
                .set(trail::reason.eq(sealed))
                .execute(db.sql())?;
        }
    }
    diesel::sql_query("ALTER TABLE trail ENABLE TRIGGER trail_is_never_changed")
        .execute(db.sql())?;
    Ok(())
}

/// Reasons that are read at once.
const FIRST_SEALED: i64 = 1_000;

/// A reason as its column holds it.
fn close(db: &mut Db, reason: &[u8]) -> Result<Vec<u8>, StoreError> {
    let sealed = db.ring()?.seal_for_the_trail(reason);
    sealed.map_err(|_| StoreError::Sealed("the key of the audit trail"))
}

/// A reason as its column held it; nothing of one that cannot be opened, which the chain's walk finds.
fn open(db: &mut Db, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let ring = db.ring()?;
    match ring.open_of_the_trail(sealed) {
        Ok(reason) => Ok(reason),
        Err(_) => Ok(db.read_ring()?.open_of_the_trail(sealed).unwrap_or_default()),
    }
}

type Row = (
    (i64, i64, String, String, i64, String, Option<String>, Option<i64>),
    (
        Option<Uuid>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<Uuid>,
        Option<Vec<u8>>,
        Option<Vec<u8>>,
        Vec<u8>,
    ),
);

fn from_row(db: &mut Db, (first, second): Row) -> Result<Kept, StoreError> {
    let (place, at, act, outcome, times, actor, about, area_id) = first;
    let (record_id, field, detail, address, request, reason, reason_sha256, chain) = second;
    Ok(Kept {
        place: seq(place),
        at,
        act,
        outcome,
        times: seq(times),
        actor,
        about,
        area: area_id.map(area),
        record: record_id.map(record),
        field,
        detail,
        address,
        request,
        reason: reason.map(|reason| open(db, &reason)).transpose()?,
        reason_sha256,
        chain,
    })
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        (
            (
                trail::place,
                trail::at,
                trail::act,
                trail::outcome,
                trail::times,
                trail::actor,
                trail::about,
                trail::area_id,
            ),
            (
                trail::record_id,
                trail::field,
                trail::detail,
                trail::address,
                trail::request,
                trail::reason,
                trail::reason_sha256,
                trail::chain,
            ),
        )
    };
}

/// The entries after a place, up to another, in order.
///
/// # Errors
/// Those of the database.
pub fn entries(db: &mut Db, after: u64, up_to: u64, most: i64) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<Row> = trail::table
        .filter(trail::place.gt(seq_key(after)))
        .filter(trail::place.le(seq_key(up_to)))
        .order(trail::place)
        .limit(most)
        .select(columns!())
        .load(db.sql())?;
    rows.into_iter().map(|row| from_row(db, row)).collect()
}

/// Where the trail ends, by its head and by its rows.
#[derive(Debug, Clone)]
pub struct End {
    /// The head.
    pub head: Head,
    /// The last row's place; 0 when there is none.
    pub last: u64,
}

#[derive(QueryableByName)]
struct EndRow {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Binary)]
    chain: Vec<u8>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last: Option<i64>,
}

/// Where the trail ends: one statement, so that head and rows are of one moment.
///
/// # Errors
/// Those of the database.
pub fn end(db: &mut Db) -> Result<Option<End>, StoreError> {
    let row: Option<EndRow> = diesel::sql_query(
        "SELECT place, chain, (SELECT max(t.place) FROM trail t) AS last FROM trail_head",
    )
    .get_result(db.sql())
    .optional()?;
    Ok(row.map(|EndRow { place, chain, last }| End {
        head: Head { place: seq(place), chain },
        last: seq(last.unwrap_or_default()),
    }))
}

/// The chain value at a place, if there is an entry.
///
/// # Errors
/// Those of the database.
pub fn chain_at(db: &mut Db, place: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let row = trail::table.find(seq_key(place)).select(trail::chain);
    Ok(row.first(db.sql()).optional()?)
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// From this time on, in milliseconds since 1970 UTC.
    pub from: Option<i64>,
    /// Before this time.
    pub until: Option<i64>,
    /// By this actor, as it stands in the trail.
    pub actor: Option<String>,
    /// Of this act.
    pub act: Option<Act>,
    /// In this area.
    pub area: Option<AreaId>,
    /// To this record.
    pub record: Option<RecordId>,
    /// Only what was refused.
    pub refused: bool,
    /// Before this place.
    pub before: Option<u64>,
    /// At most so many.
    pub most: i64,
}

/// The entries that are wanted and may be read, newest first.
///
/// # Errors
/// Those of the database.
pub fn page(db: &mut Db, scope: &TrailScope, wanted: &Filter) -> Result<Vec<Kept>, StoreError> {
    let mut query = trail::table.select(columns!()).into_boxed();
    if let Some(areas) = scope.areas() {
        let keys: Vec<i64> = areas.iter().copied().map(area_key).collect();
        query = query.filter(trail::area_id.eq_any(keys));
    }
    if let Some(from) = wanted.from {
        query = query.filter(trail::at.ge(from));
    }
    if let Some(until) = wanted.until {
        query = query.filter(trail::at.lt(until));
    }
    if let Some(actor) = &wanted.actor {
        query = query.filter(trail::actor.eq(actor));
    }
    if let Some(act) = wanted.act {
        query = query.filter(trail::act.eq(act.code()));
    }
    if let Some(area) = wanted.area {
        query = query.filter(trail::area_id.eq(area_key(area)));
    }
    if let Some(record) = wanted.record {
        query = query.filter(trail::record_id.eq(record_key(record)));
    }
    if wanted.refused {
        query = query.filter(trail::outcome.ne(DONE));
    }
    if let Some(before) = wanted.before {
        query = query.filter(trail::place.lt(seq_key(before)));
    }
    let rows: Vec<Row> = query.order(trail::place.desc()).limit(wanted.most).load(db.sql())?;
    rows.into_iter().map(|row| from_row(db, row)).collect()
}
