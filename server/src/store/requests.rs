//! Tables `requests`, `request_records` and `request_approvals`: what residents asked for, and who
//! agreed.

use diesel::dsl;
use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::rows::{area, area_key, person, person_key, record, record_key};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::residents::request::{Request, RequestId, RequestKind, State, Words};
use crate::schema::{request_approvals, request_records, requests};
use crate::vault::What;

/// Most requests that are listed at once.
const MOST: i64 = 500;

/// Somebody's agreement.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Who.
    pub person: PersonId,
    /// What they agreed to: the request's digest. Nothing where it was not they who agreed, but somebody
    /// who writes to the database.
    pub digest: Option<[u8; 32]>,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
}

type Row = (
    (Uuid, String, String, i64, Uuid, Option<String>, i64, Option<Vec<u8>>),
    (Uuid, i64, Option<Uuid>, Option<i64>, Option<Uuid>, Option<i64>),
);

macro_rules! columns {
    () => {
        (
            (
                requests::request_id,
                requests::kind,
                requests::state,
                requests::area_id,
                requests::record_id,
                requests::field,
                requests::version,
                requests::words,
            ),
            (
                requests::taken_by,
                requests::taken_at,
                requests::changed_by,
                requests::begun_at,
                requests::closed_by,
                requests::closed_at,
            ),
        )
    };
}

fn from_row(db: &mut Db, (first, second): Row) -> Result<Request, StoreError> {
    let (id, kind, state, area_id, record_id, field, version, words) = first;
    let (taken_by, taken_at, changed_by, begun_at, closed_by, closed_at) = second;
    let words = words.map(|sealed| open(db, id, &sealed)).transpose()?;
    let about: Vec<(i64, Uuid)> = request_records::table
        .filter(request_records::request_id.eq(id))
        .order((request_records::area_id, request_records::record_id))
        .select((request_records::area_id, request_records::record_id))
        .load(db.sql())?;
    Ok(Request {
        id: RequestId(id),
        kind: RequestKind::from_code(&kind).ok_or(StoreError::Corrupt("a request's kind"))?,
        state: State::from_code(&state).ok_or(StoreError::Corrupt("a request's state"))?,
        area: area(area_id),
        record: record(record_id),
        field,
        version,
        words,
        taken_by: person(taken_by),
        taken_at,
        changed_by: changed_by.map(person),
        begun_at,
        closed_by: closed_by.map(person),
        closed_at,
        records: about.into_iter().map(|(of, id)| (area(of), record(id))).collect(),
    })
}

fn open(db: &mut Db, id: Uuid, sealed: &[u8]) -> Result<Words, StoreError> {
    let words = db.open_value(What::Request, id.as_bytes(), sealed, "a request's words")?;
    serde_json::from_slice(&words).map_err(|_| StoreError::Corrupt("a request's words"))
}

fn seal(db: &mut Db, new: &Request) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(words) = &new.words else { return Ok(None) };
    let json = serde_json::to_vec(words).map_err(|_| StoreError::Corrupt("a request's words"))?;
    db.seal_value(What::Request, new.id.0.as_bytes(), &json).map(Some)
}

/// The requests that touch none but these areas.
macro_rules! within {
    ($scopes:expr) => {{
        let areas: Vec<i64> = $scopes.iter().map(|scope| area_key(scope.area())).collect();
        let elsewhere = request_records::table
            .filter(request_records::request_id.eq(requests::request_id))
            .filter(request_records::area_id.ne_all(areas.clone()));
        requests::area_id.eq_any(areas).and(dsl::not(dsl::exists(elsewhere)))
    }};
}

/// A request that touches none but these areas; its row is locked until the transaction ends. Another
/// is neither locked nor opened.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn lock(
    db: &mut Db,
    id: RequestId,
    scopes: &[AreaScope],
) -> Result<Option<Request>, StoreError> {
    let row: Option<Row> = requests::table
        .find(id.0)
        .filter(within!(scopes))
        .select(columns!())
        .for_update()
        .first(db.sql())
        .optional()?;
    row.map(|row| from_row(db, row)).transpose()
}

/// The requests that touch none but these areas, newest first.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn list(db: &mut Db, scopes: &[AreaScope]) -> Result<Vec<Request>, StoreError> {
    let rows: Vec<Row> = requests::table
        .filter(within!(scopes))
        .order((requests::taken_at.desc(), requests::request_id.desc()))
        .limit(MOST)
        .select(columns!())
        .load(db.sql())?;
    rows.into_iter().map(|row| from_row(db, row)).collect()
}

/// Takes a request in.
///
/// # Errors
/// Those of the database.
pub fn insert(db: &mut Db, new: &Request) -> Result<(), StoreError> {
    let words = seal(db, new)?;
    diesel::insert_into(requests::table)
        .values((
            requests::request_id.eq(new.id.0),
            requests::kind.eq(new.kind.code()),
            requests::state.eq(new.state.code()),
            requests::area_id.eq(area_key(new.area)),
            requests::record_id.eq(record_key(new.record)),
            requests::field.eq(&new.field),
            requests::version.eq(new.version),
            requests::words.eq(words),
            requests::taken_by.eq(person_key(new.taken_by)),
            requests::taken_at.eq(new.taken_at),
        ))
        .execute(db.sql())?;
    write_records(db, new)
}

fn write_records(db: &mut Db, new: &Request) -> Result<(), StoreError> {
    let rows: Vec<_> = new
        .records
        .iter()
        .map(|(of, id)| {
            (
                request_records::request_id.eq(new.id.0),
                request_records::area_id.eq(area_key(*of)),
                request_records::record_id.eq(record_key(*id)),
            )
        })
        .collect();
    diesel::insert_into(request_records::table).values(rows).execute(db.sql())?;
    Ok(())
}

/// Writes a request that asks for something else now: all approvals are gone.
///
/// # Errors
/// Those of the database.
pub fn change(db: &mut Db, new: &Request) -> Result<(), StoreError> {
    let of_request = request_approvals::request_id.eq(new.id.0);
    diesel::delete(request_approvals::table.filter(of_request)).execute(db.sql())?;
    let of_request = request_records::request_id.eq(new.id.0);
    diesel::delete(request_records::table.filter(of_request)).execute(db.sql())?;
    write_records(db, new)?;
    diesel::update(requests::table.find(new.id.0))
        .set((
            requests::version.eq(new.version),
            requests::changed_by.eq(new.changed_by.map(person_key)),
        ))
        .execute(db.sql())?;
    stand(db, new)
}

/// Writes where a request stands, and its words.
///
/// # Errors
/// Those of the database.
pub fn stand(db: &mut Db, new: &Request) -> Result<(), StoreError> {
    let words = seal(db, new)?;
    diesel::update(requests::table.find(new.id.0))
        .set((
            requests::state.eq(new.state.code()),
            requests::words.eq(words),
            requests::begun_at.eq(new.begun_at),
            requests::closed_by.eq(new.closed_by.map(person_key)),
            requests::closed_at.eq(new.closed_at),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Who agreed, in that order.
///
/// # Errors
/// Those of the database.
pub fn approvals(db: &mut Db, id: RequestId) -> Result<Vec<Approval>, StoreError> {
    let rows: Vec<(Uuid, Vec<u8>, i64)> = request_approvals::table
        .filter(request_approvals::request_id.eq(id.0))
        .order((request_approvals::at, request_approvals::person_id))
        .select((request_approvals::person_id, request_approvals::digest, request_approvals::at))
        .load(db.sql())?;
    let mut approvals = Vec::with_capacity(rows.len());
    for (who, sealed, at) in rows {
        let opened =
            db.open_value(What::Agreement, &agreement(id.0, who), &sealed, "somebody's agreement");
        let digest = match opened {
            Ok(digest) => digest.try_into().ok(),
            Err(StoreError::Sealed(_)) => None,
            Err(error) => return Err(error),
        };
        approvals.push(Approval { person: person(who), digest, at });
    }
    Ok(approvals)
}

/// Where somebody's agreement stands: no other request's or person's opens there.
fn agreement(request: Uuid, who: Uuid) -> [u8; 32] {
    let mut place = [0; 32];
    let (first, second) = place.split_at_mut(16);
    first.copy_from_slice(request.as_bytes());
    second.copy_from_slice(who.as_bytes());
    place
}

/// Notes that somebody agrees; whether they had not before.
///
/// # Errors
/// Those of the database.
pub fn approve(db: &mut Db, request: &Request, by: PersonId, at: i64) -> Result<bool, StoreError> {
    let who = person_key(by);
    let place = agreement(request.id.0, who);
    let digest = db.seal_value(What::Agreement, &place, &request.digest())?;
    let written = diesel::insert_into(request_approvals::table)
        .values((
            request_approvals::request_id.eq(request.id.0),
            request_approvals::person_id.eq(who),
            request_approvals::digest.eq(digest),
            request_approvals::at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(written == 1)
}

/// Seals agreements anew under the data key in use. One that does not open is nobody's, and stays as it
/// is: it counts for nothing.
pub(super) fn reseal_agreements(db: &mut Db) -> Result<(), StoreError> {
    let rows: Vec<(Uuid, Uuid, Vec<u8>)> = request_approvals::table
        .order((request_approvals::request_id, request_approvals::person_id))
        .for_update()
        .select((
            request_approvals::request_id,
            request_approvals::person_id,
            request_approvals::digest,
        ))
        .load(db.sql())?;
    // With the keys as they are known: read anew, the one that is on its way out would not be among them.
    let ring = db.ring()?;
    for (id, who, sealed) in rows {
        let place = agreement(id, who);
        let Ok(digest) = ring.open_value(What::Agreement, &place, &sealed) else { continue };
        let digest = db.seal_value(What::Agreement, &place, &digest)?;
        diesel::update(request_approvals::table.find((id, who)))
            .set(request_approvals::digest.eq(digest))
            .execute(db.sql())?;
    }
    Ok(())
}
