//! The keyed hashes beside what is sealed and looked up whole: logins, card numbers, accounts of the
//! identity provider. They follow from what they stand beside, and from the index key.

use diesel::prelude::*;
use uuid::Uuid;

use super::{Db, StoreError, badges, logins, oidc_subjects};
use crate::schema::people;

/// A person's id, sealed login and sealed card number.
type Row = (Uuid, Option<Vec<u8>>, Option<Vec<u8>>);

/// Writes every such hash from the values that lie sealed beside them. Where the index key changes, in
/// the transaction that destroys the old one: hashes are under one key at any time.
///
/// # Errors
/// Those of the database, or [`StoreError::Sealed`].
pub fn write_anew(db: &mut Db) -> Result<(), StoreError> {
    let rows: Vec<Row> = people::table
        .order(people::person_id)
        .for_update()
        .select((people::person_id, people::login, people::card_number))
        .load(db.sql())?;
    for (whose, login, card) in rows {
        let login = login.map(|sealed| logins::open(db, whose, &sealed)).transpose()?;
        let login = login.map(|login| logins::hash(db, &login)).transpose()?;
        let card = card.map(|sealed| badges::open_number(db, whose, &sealed)).transpose()?;
        let card = card.map(|number| badges::hash(db, &number)).transpose()?;
        diesel::update(people::table.find(whose))
            .set((people::login_hash.eq(login), people::card_hash.eq(card)))
            .execute(db.sql())?;
    }
    oidc_subjects::write_anew(db)
}
