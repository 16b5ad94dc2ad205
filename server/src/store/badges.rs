//! What workers' badges say: columns of `people` and table `portraits`.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::{Role, Roles};
use uuid::Uuid;

use super::rows::{area, moment, person_key, seq};
use super::statement::{bind, statement};
use super::{Db, StoreError, people as persons};
use crate::schema::{people, portraits};
use crate::vault::{Sought, What};

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
    type Row = (Vec<u8>, Option<Vec<u8>>, i64);
    let key = person_key(of);
    let row: Option<Row> = people::table
        .find(key)
        .filter(people::left_at.is_null())
        .select((people::name, people::card_number, people::badge))
        .first(db.sql())
        .optional()?;
    let Some((name, card_number, version)) = row else { return Ok(None) };
    let name = persons::name(db, key, &name)?;
    let card_number = card_number.map(|sealed| open_number(db, key, &sealed)).transpose()?;
    let portrait: Option<Vec<u8>> =
        portraits::table.find(key).select(portraits::jpeg).first(db.sql()).optional()?;
    let portrait = portrait.map(|sealed| {
        db.open_value(What::Portrait, key.as_bytes(), &sealed, "somebody's portrait")
    });
    let portrait = portrait.transpose()?;
    Ok(Some(Card { version: seq(version), name, card_number, portrait }))
}

/// A card number as its column holds it, opened.
pub(super) fn open_number(db: &mut Db, whose: Uuid, sealed: &[u8]) -> Result<String, StoreError> {
    db.open_text(What::CardNumber, whose.as_bytes(), sealed, "the number of a work card")
}

/// The hash that no two people have.
pub(super) fn hash(db: &mut Db, card_number: &str) -> Result<Vec<u8>, StoreError> {
    db.hash_to_keep(Sought::CardNumber, &[card_number.as_bytes()])
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
    let key = person_key(of);
    let number = card_number.map(|number| {
        let sealed = db.seal_value(What::CardNumber, key.as_bytes(), number.as_bytes())?;
        Ok::<_, StoreError>((sealed, hash(db, number)?))
    });
    let number = number.transpose()?;
    let jpeg = portrait.map(|jpeg| db.seal_value(What::Portrait, key.as_bytes(), jpeg));
    let jpeg = jpeg.transpose()?;
    let whose = people::table.find(key);
    diesel::update(whose).set(people::badge.eq(people::badge + 1)).execute(db.sql())?;
    if let Some((sealed, hash)) = number {
        diesel::update(whose)
            .set((people::card_number.eq(sealed), people::card_hash.eq(hash)))
            .execute(db.sql())?;
    }
    if let Some(jpeg) = jpeg {
        diesel::insert_into(portraits::table)
            .values((portraits::person_id.eq(key), portraits::jpeg.eq(&jpeg)))
            .on_conflict(portraits::person_id)
            .do_update()
            .set(portraits::jpeg.eq(&jpeg))
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
