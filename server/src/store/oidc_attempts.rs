//! Table `oidc_attempts`: ways to the identity provider and back that are under way.

use diesel::prelude::*;

use super::rows::moment;
use super::{Db, StoreError};
use crate::schema::oidc_attempts as attempts;
use crate::vault::What;

/// A way that is under way. It has no `Debug`: it holds secrets.
pub struct Attempt {
    /// SHA-256 of the state.
    pub state_hash: [u8; 32],
    /// SHA-256 of the cookie of the browser that goes.
    pub browser_hash: [u8; 32],
    /// What the ID token must repeat.
    pub nonce: String,
    /// PKCE code verifier.
    pub verifier: String,
    /// The invitation by which the account is to be bound.
    pub invitation_hash: Option<Vec<u8>>,
}

/// Keeps an attempt until a moment, and puts those away whose moment has passed.
///
/// # Errors
/// Those of the database.
pub fn insert(
    db: &mut Db,
    new: &Attempt,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    let nonce = db.seal_value(What::Nonce, &new.state_hash, new.nonce.as_bytes())?;
    let verifier = db.seal_value(What::Verifier, &new.state_hash, new.verifier.as_bytes())?;
    diesel::delete(attempts::table.filter(attempts::expires_at.lt(moment(now_ms))))
        .execute(db.sql())?;
    diesel::insert_into(attempts::table)
        .values((
            attempts::state_hash.eq(new.state_hash.as_slice()),
            attempts::browser_hash.eq(new.browser_hash.as_slice()),
            attempts::nonce.eq(nonce),
            attempts::verifier.eq(verifier),
            attempts::invitation_hash.eq(new.invitation_hash.as_deref()),
            attempts::expires_at.eq(moment(expires_at_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Takes an attempt out: the same state is good once, and in the browser that went alone.
///
/// # Errors
/// Those of the database.
pub fn redeem(
    db: &mut Db,
    state_hash: [u8; 32],
    browser_hash: [u8; 32],
    now_ms: i64,
) -> Result<Option<Attempt>, StoreError> {
    type Row = (Vec<u8>, Vec<u8>, Option<Vec<u8>>);
    let good = attempts::table
        .find(state_hash.as_slice())
        .filter(attempts::browser_hash.eq(browser_hash.as_slice()))
        .filter(attempts::expires_at.gt(moment(now_ms)));
    let row: Option<Row> = diesel::delete(good)
        .returning((attempts::nonce, attempts::verifier, attempts::invitation_hash))
        .get_result(db.sql())
        .optional()?;
    let Some((nonce, verifier, invitation_hash)) = row else { return Ok(None) };
    let words = "what a way to the identity provider must repeat";
    let nonce = db.open_text(What::Nonce, &state_hash, &nonce, words)?;
    let verifier = db.open_text(What::Verifier, &state_hash, &verifier, words)?;
    Ok(Some(Attempt { state_hash, browser_hash, nonce, verifier, invitation_hash }))
}
