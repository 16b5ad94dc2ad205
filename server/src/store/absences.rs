//! Table `absences`: when a person's roles rest, and who has them meanwhile. A row is ended, never
//! deleted: what counts the dates that have passed must not go back, and where somebody stood in is asked
//! when their phone is revoked.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz};
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::rows::{moment, person, person_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::schema::absences;

/// An absence. Times are milliseconds since 1970 UTC; the end itself is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// Who is absent.
    pub person: PersonId,
    /// From when.
    pub from_ms: i64,
    /// Until when.
    pub until_ms: i64,
    /// Who has the person's own roles meanwhile.
    pub stand_in: Option<PersonId>,
}

/// Enters an absence.
///
/// # Errors
/// Those of the database, among them that it ends before it begins or that somebody stands in for
/// themselves.
pub fn insert(db: &mut Db, new: &Absence) -> Result<(), StoreError> {
    diesel::insert_into(absences::table)
        .values((
            absences::person_id.eq(person_key(new.person)),
            absences::from_at.eq(moment(new.from_ms)),
            absences::until_at.eq(moment(new.until_ms)),
            absences::stand_in.eq(new.stand_in.map(person_key)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// A person's absences that have not ended at a moment, the next first.
///
/// # Errors
/// Those of the database.
pub fn of(db: &mut Db, who: PersonId, at_ms: i64) -> Result<Vec<Absence>, StoreError> {
    type Row = (DateTime<Utc>, DateTime<Utc>, Option<Uuid>);
    let rows: Vec<Row> = absences::table
        .filter(absences::person_id.eq(person_key(who)))
        .filter(absences::until_at.gt(moment(at_ms)))
        .filter(absences::until_at.gt(absences::from_at))
        .order((absences::from_at, absences::absence_id))
        .select((absences::from_at, absences::until_at, absences::stand_in))
        .load(db.sql())?;
    let absence = |(from, until, stand_in): Row| Absence {
        person: who,
        from_ms: from.timestamp_millis(),
        until_ms: until.timestamp_millis(),
        stand_in: stand_in.map(person),
    };
    Ok(rows.into_iter().map(absence).collect())
}

/// Ends a person's absences at a moment, those to come too; answers how many there were.
///
/// # Errors
/// Those of the database.
pub fn end(db: &mut Db, who: PersonId, at_ms: i64) -> Result<usize, StoreError> {
    let (key, at) = (person_key(who), moment(at_ms));
    let open = absences::table
        .filter(absences::until_at.gt(at))
        .filter(absences::until_at.gt(absences::from_at));
    let own = open.filter(absences::person_id.eq(key));
    let mut ended = diesel::update(own.filter(absences::from_at.le(at)))
        .set(absences::until_at.eq(at))
        .execute(db.sql())?;
    // One that has not begun is empty from now on.
    ended += diesel::update(own.filter(absences::from_at.gt(at)))
        .set(absences::until_at.eq(absences::from_at))
        .execute(db.sql())?;
    Ok(ended)
}

/// Takes from a person whatever they stand in for; the absences stay.
///
/// # Errors
/// Those of the database.
pub fn stand_down(db: &mut Db, who: PersonId, at_ms: i64) -> Result<(), StoreError> {
    let open: Vec<i64> = absences::table
        .filter(absences::until_at.gt(moment(at_ms)))
        .filter(absences::stand_in.eq(person_key(who)))
        .select(absences::absence_id)
        .load(db.sql())?;
    exchange(db, &open, None, at_ms)
}

/// Has somebody else, or nobody, stand in from a moment on. Whoever did so until then keeps a row that is
/// over.
pub(super) fn exchange(
    db: &mut Db,
    which: &[i64],
    stand_in: Option<PersonId>,
    at_ms: i64,
) -> Result<(), StoreError> {
    const BEFORE: &str = "
        INSERT INTO absences (person_id, from_at, until_at, stand_in)
        SELECT person_id, from_at, t.at, stand_in
          FROM absences, (SELECT ?::timestamptz AS at) t
         WHERE absence_id = ANY(?) AND stand_in IS NOT NULL AND from_at < t.at";
    let binds = (bind::<Timestamptz, _>(moment(at_ms)), bind::<Array<BigInt>, _>(which.to_vec()));
    statement(BEFORE, binds).execute(db.sql())?;
    diesel::update(absences::table.filter(absences::absence_id.eq_any(which)))
        .set(absences::stand_in.eq(stand_in.map(person_key)))
        .execute(db.sql())?;
    Ok(())
}
