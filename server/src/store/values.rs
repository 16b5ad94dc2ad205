//! Values that belong to the district and not to a record, wherever they are: secrets of areas, of
//! people's sign-in and of the district, what residents asked for. They lie under the data key itself,
//! so all are sealed anew when that changes.

use diesel::prelude::*;
use uuid::Uuid;

use super::{Db, StoreError, requests};
use crate::schema::{areas, district, oidc_provider as provider, second_factors as factors};
use crate::vault::What;

/// Seals every such value under the data key in use. The old key must still be known to the connection,
/// and its row be gone or locked, so that nobody seals with it meanwhile.
///
/// # Errors
/// Those of the database, or [`StoreError::Sealed`].
pub fn seal_anew(db: &mut Db) -> Result<(), StoreError> {
    each(db, |db, what, place, value| {
        let value = db.open_value(what, place, value, "a value of the district")?;
        db.seal_value(what, place, &value)
    })?;
    requests::reseal_agreements(db)
}

/// Seals what lies in the open: of a database that was used before values were sealed.
pub(super) fn seal_first(db: &mut Db) -> Result<(), StoreError> {
    each(db, |db, what, place, value| db.seal_value(what, place, value))
}

/// How one value is replaced by another.
type Replace = fn(&mut Db, What, &[u8], &[u8]) -> Result<Vec<u8>, StoreError>;

fn each(db: &mut Db, replace: Replace) -> Result<(), StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = areas::table
        .order(areas::area_id)
        .for_update()
        .select((areas::area_id, areas::area_key))
        .load(db.sql())?;
    for (id, value) in rows {
        let sealed = replace(db, What::AreaKey, &id.to_be_bytes(), &value)?;
        diesel::update(areas::table.find(id)).set(areas::area_key.eq(sealed)).execute(db.sql())?;
    }
    let rows: Vec<(Vec<u8>, Vec<u8>)> = district::table
        .for_update()
        .select((district::signing_key, district::rescue_key))
        .load(db.sql())?;
    for (signing, rescue) in rows {
        let signing = replace(db, What::SigningKey, &[], &signing)?;
        let rescue = replace(db, What::RescueKey, &[], &rescue)?;
        diesel::update(district::table)
            .set((district::signing_key.eq(signing), district::rescue_key.eq(rescue)))
            .execute(db.sql())?;
    }
    let rows: Vec<(Uuid, Vec<u8>)> = factors::table
        .order(factors::person_id)
        .for_update()
        .select((factors::person_id, factors::secret))
        .load(db.sql())?;
    for (whose, secret) in rows {
        let sealed = replace(db, What::SecondFactor, whose.as_bytes(), &secret)?;
        diesel::update(factors::table.find(whose))
            .set(factors::secret.eq(sealed))
            .execute(db.sql())?;
    }
    let rows: Vec<Vec<u8>> =
        provider::table.for_update().select(provider::client_secret).load(db.sql())?;
    for secret in rows {
        let sealed = replace(db, What::ProviderSecret, &[], &secret)?;
        diesel::update(provider::table)
            .set(provider::client_secret.eq(sealed))
            .execute(db.sql())?;
    }
    for (id, value) in requests::sealed(db)? {
        let sealed = replace(db, What::Request, id.as_bytes(), &value)?;
        requests::reseal(db, id, sealed)?;
    }
    Ok(())
}
