//! What workers' badges say: columns of `people` and table `portraits`.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::{Role, Roles};

use super::rows::{area, moment, person_key, seq};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::schema::{people, portraits};

/// A person's badge. It has no `Debug`: nobody's portrait belongs into a log.
#[derive(Clone)]
pub struct Card {
    /// How often it was set.
    pub version: u64,
    /// The person's name.
    pub name: String,
    /// The number of the work card.
    pub card_number: Option<String>,
    /// The portrait, a JPEG.
    pub portrait: Option<Vec<u8>>,
}

/// The badge of somebody who has not left.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, of: PersonId) -> Result<Option<Card>, StoreError> {
    type Row = (String, Option<String>, i64);
    let row: Option<Row> = people::table
        .find(person_key(of))
        .filter(people::left_at.is_null())
        .select((people::name, people::card_number, people::badge))
        .first(db.sql())
        .optional()?;
    let Some((name, card_number, version)) = row else { return Ok(None) };
    let portrait =
        portraits::table.find(person_key(of)).select(portraits::jpeg).first(db.sql()).optional()?;
    Ok(Some(Card { version: seq(version), name, card_number, portrait }))
}

#[derive(QueryableByName)]
struct PostRow {
    #[diesel(sql_type = BigInt)]
    area_id: i64,
}

/// The areas in which a person goes to doors at a moment, as they were given; what lies below them is
/// not named.
///
/// # Errors
/// Those of the database.
pub fn posts(db: &mut Db, of: PersonId, at_ms: i64) -> Result<Vec<AreaId>, StoreError> {
    const SQL: &str = "SELECT DISTINCT area_id FROM roles_holding(?)
                       WHERE person_id = ? AND role = ANY (?) ORDER BY area_id";
    let codes: Vec<&str> = Roles::FIELD.iter().map(Role::code).collect();
    let binds = (
        bind::<Timestamptz, _>(moment(at_ms)),
        bind::<SqlUuid, _>(person_key(of)),
        bind::<Array<Text>, _>(codes),
    );
    let rows: Vec<PostRow> = statement(SQL, binds).load(db.sql())?;
    Ok(rows.into_iter().map(|row| area(row.area_id)).collect())
}

/// Sets what is given of a person's badge; the rest stays.
///
/// # Errors
/// Those of the database, among them that somebody else has the card number.
pub fn set(
    db: &mut Db,
    of: PersonId,
    card_number: Option<&str>,
    portrait: Option<&[u8]>,
) -> Result<(), StoreError> {
    let whose = people::table.find(person_key(of));
    diesel::update(whose).set(people::badge.eq(people::badge + 1)).execute(db.sql())?;
    if let Some(number) = card_number {
        diesel::update(whose).set(people::card_number.eq(number)).execute(db.sql())?;
    }
    if let Some(jpeg) = portrait {
        diesel::insert_into(portraits::table)
            .values((portraits::person_id.eq(person_key(of)), portraits::jpeg.eq(jpeg)))
            .on_conflict(portraits::person_id)
            .do_update()
            .set(portraits::jpeg.eq(jpeg))
            .execute(db.sql())?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct VersionsRow {
    #[diesel(sql_type = Nullable<BigInt>)]
    configuration: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    badge: Option<i64>,
}

/// The versions of the district's configuration and of a person's badge, 0 for none: one statement,
/// since every sync asks.
///
/// # Errors
/// Those of the database.
pub fn versions(db: &mut Db, of: PersonId) -> Result<(u64, u64), StoreError> {
    const SQL: &str = "
        SELECT (SELECT max(version) FROM configurations) AS configuration,
               (SELECT badge FROM people WHERE person_id = ?) AS badge";
    let row: VersionsRow =
        statement(SQL, bind::<SqlUuid, _>(person_key(of))).get_result(db.sql())?;
    Ok((seq(row.configuration.unwrap_or_default()), seq(row.badge.unwrap_or_default())))
}
