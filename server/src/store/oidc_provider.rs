//! Table `oidc_provider`: the district's own identity provider. [`find`] and [`set`] are the only
//! ways to its secret.

use diesel::prelude::*;

use super::{Db, StoreError};
use crate::schema::oidc_provider as provider;
use crate::vault::What;

/// The identity provider.
#[derive(Clone)]
pub struct Provider {
    /// Its issuer URL.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// What this server proves itself with there.
    pub client_secret: String,
    /// Under which address browsers reach this server, without a slash at its end.
    pub public_url: String,
    /// The claim that says who somebody is.
    pub claim: String,
    /// Values of `amr` (RFC 8176) that count as a second factor.
    pub factor_amr: Vec<String>,
    /// Certificates of the authority that alone vouches for its address, as PEM; nothing for whatever
    /// authority is public.
    pub authority: Option<String>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// The provider, if the district has one.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db) -> Result<Option<Provider>, StoreError> {
    type Row = (String, String, Vec<u8>, String, String, String, Option<String>);
    let row: Option<Row> = provider::table
        .select((
            provider::issuer,
            provider::client_id,
            provider::client_secret,
            provider::public_url,
            provider::claim,
            provider::factor_amr,
            provider::authority,
        ))
        .first(db.sql())
        .optional()?;
    row.map(|(issuer, client_id, secret, public_url, claim, amr, authority)| {
        let words = "the provider's secret";
        let secret = db.open_value(What::ProviderSecret, &[], &secret, words)?;
        let client_secret =
            String::from_utf8(secret).map_err(|_| StoreError::Corrupt("the provider's secret"))?;
        let factor_amr = amr.split_whitespace().map(str::to_owned).collect();
        Ok(Provider { issuer, client_id, client_secret, public_url, claim, factor_amr, authority })
    })
    .transpose()
}

/// Sets the provider, in place of an earlier one.
///
/// # Errors
/// Those of the database.
pub fn set(db: &mut Db, new: &Provider) -> Result<(), StoreError> {
    clear(db)?;
    let secret = db.seal_value(What::ProviderSecret, &[], new.client_secret.as_bytes())?;
    diesel::insert_into(provider::table)
        .values((
            provider::provider_id.eq(1_i16),
            provider::issuer.eq(&new.issuer),
            provider::client_id.eq(&new.client_id),
            provider::client_secret.eq(secret),
            provider::public_url.eq(&new.public_url),
            provider::claim.eq(&new.claim),
            provider::factor_amr.eq(new.factor_amr.join(" ")),
            provider::authority.eq(&new.authority),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Forgets the provider; whom its accounts belong to stays. Answers whether there was one.
///
/// # Errors
/// Those of the database.
pub fn clear(db: &mut Db) -> Result<bool, StoreError> {
    Ok(diesel::delete(provider::table).execute(db.sql())? > 0)
}
