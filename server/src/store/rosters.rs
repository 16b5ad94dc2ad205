//! Who goes to doors where, for residents: of `people`, `person_roles` and `absences` what is public by
//! Liaoning art. 15.

use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::{Role, Roles};
use uuid::Uuid;

use super::rows::{area, area_key, moment, person};
use super::statement::{bind, statement};
use super::{Db, StoreError, badges, people};

/// Most workers of one area, and most areas, that are listed.
const MOST_WORKERS: usize = 100;
const MOST_AREAS: i64 = 5_000;

#[derive(QueryableByName)]
struct WorkerRow {
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
    #[diesel(sql_type = Binary)]
    name: Vec<u8>,
    #[diesel(sql_type = Nullable<Binary>)]
    card_number: Option<Vec<u8>>,
    #[diesel(sql_type = Bool)]
    works_now: bool,
}

/// The people posted to an area or one above it who go to doors, and whether they do so at a moment:
/// not while they are away, and whoever stands in for them does. Those who do come first, then by card
/// number and name.
///
/// # Errors
/// Those of the database.
pub fn workers(db: &mut Db, of: AreaId, at_ms: i64) -> Result<Vec<(PersonId, bool)>, StoreError> {
    const SQL: &str = "
        WITH RECURSIVE up (area_id, parent) AS (
            SELECT area_id, parent FROM areas WHERE area_id = ?
            UNION ALL SELECT a.area_id, a.parent FROM areas a JOIN up ON a.area_id = up.parent),
        working AS (
            SELECT h.person_id FROM roles_holding(?) h JOIN up USING (area_id) WHERE h.role = ANY (?)),
        posted AS (
            SELECT r.person_id FROM person_roles r JOIN up USING (area_id)
            WHERE r.role = ANY (?) AND coalesce(r.valid_from <= ?, true)
              AND coalesce(? < r.valid_until, true))
        SELECT p.person_id, p.name, p.card_number, p.person_id IN (SELECT person_id FROM working) AS works_now
        FROM people p
        WHERE p.left_at IS NULL
          AND p.person_id IN (SELECT person_id FROM working UNION SELECT person_id FROM posted)";
    let at = moment(at_ms);
    let binds = (
        (bind::<BigInt, _>(area_key(of)), bind::<Timestamptz, _>(at)),
        (bind::<Array<Text>, _>(field_roles()), bind::<Array<Text>, _>(field_roles())),
        (bind::<Timestamptz, _>(at), bind::<Timestamptz, _>(at)),
    );
    let rows: Vec<WorkerRow> = statement(SQL, binds).load(db.sql())?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let name = people::name(db, row.person_id, &row.name)?;
        let number =
            row.card_number.as_deref().map(|sealed| badges::open_number(db, row.person_id, sealed));
        let number = number.transpose()?;
        // Whoever has no card comes after those who have one.
        found.push(((!row.works_now, number.is_none(), number, name), row));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.truncate(MOST_WORKERS);
    Ok(found.into_iter().map(|(_, row)| (person(row.person_id), row.works_now)).collect())
}

#[derive(QueryableByName)]
struct AreaRow {
    #[diesel(sql_type = BigInt)]
    area_id: i64,
}

/// The areas below which there is none and in which somebody goes to doors at a moment, by id.
///
/// # Errors
/// Those of the database.
pub fn areas(db: &mut Db, at_ms: i64) -> Result<Vec<AreaId>, StoreError> {
    const SQL: &str = "
        WITH RECURSIVE covered AS (
            SELECT area_id FROM roles_holding(?) WHERE role = ANY (?)
            UNION SELECT a.area_id FROM areas a JOIN covered c ON a.parent = c.area_id)
        SELECT a.area_id FROM areas a JOIN covered USING (area_id)
        WHERE NOT EXISTS (SELECT FROM areas b WHERE b.parent = a.area_id)
        ORDER BY a.area_id LIMIT ?";
    let binds = (
        bind::<Timestamptz, _>(moment(at_ms)),
        bind::<Array<Text>, _>(field_roles()),
        bind::<BigInt, _>(MOST_AREAS),
    );
    let rows: Vec<AreaRow> = statement(SQL, binds).load(db.sql())?;
    Ok(rows.into_iter().map(|row| area(row.area_id)).collect())
}

fn field_roles() -> Vec<&'static str> {
    Roles::FIELD.iter().map(Role::code).collect()
}
