//! Table `absences`, one by one and as those who plan see them: each with its name, so that one can be
//! changed and the others stay.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use sync_protocol::ids::PersonId;
use uuid::Uuid;

use super::rows::{moment, person, person_key};
use super::{Db, StoreError};
use crate::auth::duty::LeaveScope;
use crate::schema::absences;

/// Which absence.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct AbsenceId(pub i64);

/// An absence with its name. Times are milliseconds since 1970 UTC; the end itself is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    /// Which.
    pub id: AbsenceId,
    /// Who is absent.
    pub person: PersonId,
    /// From when.
    pub from_ms: i64,
    /// Until when.
    pub until_ms: i64,
    /// Who has the person's own roles meanwhile.
    pub stand_in: Option<PersonId>,
}

type Row = (i64, Uuid, DateTime<Utc>, DateTime<Utc>, Option<Uuid>);

const COLUMNS: (
    absences::absence_id,
    absences::person_id,
    absences::from_at,
    absences::until_at,
    absences::stand_in,
) = (
    absences::absence_id,
    absences::person_id,
    absences::from_at,
    absences::until_at,
    absences::stand_in,
);

fn from_row((id, whose, from, until, stand_in): Row) -> Leave {
    Leave {
        id: AbsenceId(id),
        person: person(whose),
        from_ms: from.timestamp_millis(),
        until_ms: until.timestamp_millis(),
        stand_in: stand_in.map(person),
    }
}

/// Absences of these people, and those in which they stand in, that are not over; the next first.
///
/// # Errors
/// Those of the database.
pub fn around(db: &mut Db, people: &[PersonId], at_ms: i64) -> Result<Vec<Leave>, StoreError> {
    let whose: Vec<Option<Uuid>> = people.iter().map(|who| Some(person_key(*who))).collect();
    let rows: Vec<Row> = absences::table
        .filter(absences::until_at.gt(moment(at_ms)))
        .filter(absences::until_at.gt(absences::from_at))
        .filter(
            absences::person_id
                .nullable()
                .eq_any(whose.clone())
                .or(absences::stand_in.eq_any(whose)),
        )
        .order((absences::from_at, absences::absence_id))
        .select(COLUMNS)
        .load(db.sql())?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// An absence of the person that is not over.
///
/// # Errors
/// Those of the database.
pub fn find_open(
    db: &mut Db,
    may: &LeaveScope,
    which: AbsenceId,
    at_ms: i64,
) -> Result<Option<Leave>, StoreError> {
    let row: Option<Row> = absences::table
        .find(which.0)
        .filter(absences::person_id.eq(person_key(may.person())))
        .filter(absences::until_at.gt(moment(at_ms)))
        .filter(absences::until_at.gt(absences::from_at))
        .select(COLUMNS)
        .for_update()
        .first(db.sql())
        .optional()?;
    Ok(row.map(from_row))
}

/// Has the proof's stand-in, or nobody, stand in from now on in an absence of the proof's person; whoever
/// did so before keeps a row that is over.
///
/// # Errors
/// Those of the database.
pub fn name_stand_in(
    db: &mut Db,
    may: &LeaveScope,
    which: AbsenceId,
    now_ms: i64,
) -> Result<(), StoreError> {
    let own: Vec<i64> = absences::table
        .find(which.0)
        .filter(absences::person_id.eq(person_key(may.person())))
        .select(absences::absence_id)
        .load(db.sql())?;
    super::absences::exchange(db, &own, may.stand_in(), now_ms)
}

/// Ends an absence at a moment; one that has not begun is empty from now on.
///
/// # Errors
/// Those of the database.
pub fn end(db: &mut Db, may: &LeaveScope, which: AbsenceId, at_ms: i64) -> Result<(), StoreError> {
    let at = moment(at_ms);
    let own = absences::person_id.eq(person_key(may.person()));
    let one = absences::absence_id.eq(which.0).and(own);
    diesel::update(absences::table.filter(one).filter(absences::from_at.le(at)))
        .set(absences::until_at.eq(at))
        .execute(db.sql())?;
    diesel::update(absences::table.filter(one).filter(absences::from_at.gt(at)))
        .set(absences::until_at.eq(absences::from_at))
        .execute(db.sql())?;
    Ok(())
}
