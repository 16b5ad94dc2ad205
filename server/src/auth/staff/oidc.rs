//! Signing in by the district's own identity provider (OpenID Connect, authorization code with PKCE).
//! An account there is bound to a person by an invitation, never by a name or an e-mail address.

mod client;

use sync_protocol::codes::{self, Code};

use super::{Begun, Caller, Lacks, Reception, StaffError, judged, lacks};
use crate::auth::{Operator, secrets, throttle};
use crate::store::oidc_attempts::Attempt;
pub use crate::store::oidc_provider::Provider;
use crate::store::{
    Db, StoreError, invitations, logins, oidc_attempts, oidc_provider, oidc_subjects, people,
};
use crate::trail::{self, Act, Actor, Entry};

/// How long somebody may take at the provider, in milliseconds.
const AWAY_MS: i64 = 10 * 60 * 1000;

/// A browser that goes to the provider. It has no `Debug`: it holds a secret.
pub struct Away {
    /// Where it goes.
    pub url: String,
    /// The secret of the cookie by which it is known when it comes back.
    pub secret: String,
}

/// What the provider sent a browser back with.
#[derive(Debug, Clone, Default)]
pub struct Return {
    /// The code, unless the provider refused.
    pub code: Option<String>,
    /// The state.
    pub state: String,
    /// The issuer, where the provider says it (RFC 9207).
    pub issuer: Option<String>,
    /// The secret of the browser's cookie.
    pub secret: String,
}

impl Reception {
    /// Sends a browser to the provider; with an invitation, to bind the account there.
    ///
    /// # Errors
    /// [`codes::NOT_FOUND`] if the district has no provider, [`codes::OIDC_UNAVAILABLE`] if it does not
    /// answer, [`codes::SIGN_IN_DELAYED`] after too many that came back with nothing, or those of the
    /// database.
    pub fn leave_for_provider(
        &self,
        invitation: Option<&str>,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Away, StaffError> {
        let provider = self.provider()?;
        // Each way costs requests to the provider, and whoever asks for it has shown nothing.
        let going = throttle::Attempt::provider(caller.address());
        if self.store.transaction(|db| throttle::begin(db, &going, now_ms))?.is_some() {
            return Err(StaffError::Refused(&codes::SIGN_IN_DELAYED));
        }
        let leaving = client::leave(&provider).map_err(|error| unavailable(&error))?;
        let secret = super::session_secret();
        let hashed = |code: &str| secrets::digest(&secrets::normalised_code(code)).to_vec();
        let attempt = Attempt {
            state_hash: secrets::digest(&leaving.state),
            browser_hash: secrets::digest(&secret),
            nonce: leaving.nonce,
            verifier: leaving.verifier,
            invitation_hash: invitation.map(hashed),
        };
        self.store
            .transaction(|db| oidc_attempts::insert(db, &attempt, now_ms, now_ms + AWAY_MS))?;
        Ok(Away { url: leaving.url, secret })
    }

    /// Begins a session of somebody who comes back from the provider.
    ///
    /// # Errors
    /// [`codes::OIDC_REFUSED`] whatever is wrong with what came back, [`codes::OIDC_UNBOUND`] for an
    /// account that is nobody's here, [`codes::OIDC_UNAVAILABLE`], [`codes::NO_ROLE`], or those of the
    /// database.
    pub fn arrive_from_provider(
        &self,
        back: &Return,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Begun, StaffError> {
        let provider = self.provider()?;
        let hashes = (secrets::digest(&back.state), secrets::digest(&back.secret));
        let attempt = self
            .store
            .transaction(|db| oidc_attempts::redeem(db, hashes.0, hashes.1, now_ms))?
            .ok_or(StaffError::Refused(&codes::OIDC_REFUSED))?;
        let begun = self.judge_return(&provider, back, attempt, caller, now_ms);
        if let Err(StaffError::Refused(code)) = &begun {
            let entry = Entry::new(Act::SignIn, Actor::Nobody, now_ms).detail("single sign-on");
            trail::note_apart(&self.store, &entry.refused(code).from(caller.origin))?;
        }
        begun
    }

    fn judge_return(
        &self,
        provider: &Provider,
        back: &Return,
        attempt: Attempt,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Begun, StaffError> {
        if back.issuer.as_ref().is_some_and(|issuer| *issuer != provider.issuer) {
            return Err(StaffError::Refused(&codes::OIDC_REFUSED));
        }
        let code = back.code.as_deref().ok_or(StaffError::Refused(&codes::OIDC_REFUSED))?;
        let kept = (attempt.nonce, attempt.verifier);
        let arrived = client::arrive(provider, code, kept, now_ms).map_err(|error| {
            tracing::warn!(%error, "a sign-in by the identity provider is refused");
            StaffError::Refused(&codes::OIDC_REFUSED)
        })?;
        let account = (provider.issuer.as_str(), arrived.subject.as_str());
        judged(self.store.transaction(|db| {
            let invitation = attempt.invitation_hash.as_deref();
            let whose = match whose(db, account, invitation, caller, now_ms)? {
                Ok(whose) => whose,
                Err(code) => return Ok(Err(code)),
            };
            let Some(person) = people::find(db, whose)? else {
                return Ok(Err(&codes::OIDC_UNBOUND));
            };
            throttle::succeeded(db, &throttle::Attempt::provider(caller.address()), now_ms)?;
            let there = arrived.amr.iter().any(|method| provider.factor_amr.contains(method));
            let lacks = if there { Lacks::Nothing } else { lacks(db, &person)? };
            let login = logins::of(db, whose)?.map(|login| login.login).unwrap_or_default();
            let attempt = self.attempt(&login, Some(person.id), caller);
            self.begin(db, &person, (lacks, &attempt, "single sign-on"), caller, now_ms)
        }))
    }

    fn provider(&self) -> Result<Provider, StaffError> {
        let found = self.store.read(oidc_provider::find)?;
        found.ok_or(StaffError::Refused(&codes::NOT_FOUND))
    }
}

/// Whose account it is, bound just now if an invitation says so.
fn whose(
    db: &mut Db,
    account: (&str, &str),
    invitation: Option<&[u8]>,
    caller: &Caller,
    now_ms: i64,
) -> Result<Result<sync_protocol::ids::PersonId, &'static Code>, StoreError> {
    let Some(invitation) = invitation else {
        return Ok(oidc_subjects::find(db, account)?.ok_or(&codes::OIDC_UNBOUND));
    };
    let Some(whose) = invitations::lock(db, invitation, now_ms)? else {
        return Ok(Err(&codes::INVITATION_INVALID));
    };
    if !oidc_subjects::bind(db, account, whose, now_ms)? {
        return Ok(Err(&codes::OIDC_REFUSED));
    }
    if invitations::redeem(db, invitation, now_ms)? != Some(whose) {
        return Err(StoreError::Corrupt("an invitation that is locked"));
    }
    let entry = Entry::new(Act::SingleSignOnLinked, Actor::Staff(whose), now_ms);
    trail::note(db, &entry.from(caller.origin))?;
    Ok(Ok(whose))
}

fn unavailable(error: &client::OidcError) -> StaffError {
    tracing::warn!(%error, "the identity provider cannot be used");
    StaffError::Refused(&codes::OIDC_UNAVAILABLE)
}

/// What is wrong with a provider's settings.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// An address would carry codes or tokens in the clear.
    #[error("{0} must begin with https:// (http:// is for this machine alone)")]
    InTheClear(&'static str),
    /// The provider could not be asked.
    #[error("the identity provider at this issuer does not answer as OpenID Connect says: {0}")]
    Unreachable(String),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets the district's provider, once it has answered.
///
/// # Errors
/// [`ProviderError`]; nothing is set then.
pub fn set_provider(
    store: &crate::store::Store,
    _by: Operator,
    new: &Provider,
    (actor, now_ms): (Actor, i64),
) -> Result<(), ProviderError> {
    for (name, url) in [("the issuer", &new.issuer), ("the public address", &new.public_url)] {
        if !is_protected(url) {
            return Err(ProviderError::InTheClear(name));
        }
    }
    client::leave(new).map_err(|error| ProviderError::Unreachable(error.to_string()))?;
    let entry = Entry::new(Act::ProviderSet, actor, now_ms).detail(new.issuer.as_str());
    store.transaction(|db| {
        oidc_provider::set(db, new)?;
        trail::note(db, &entry)
    })?;
    Ok(())
}

/// Where a provider is to send browsers back to.
pub fn redirect_uri(provider: &Provider) -> String {
    format!("{}{}", provider.public_url, client::CALLBACK)
}

/// The district's provider.
///
/// # Errors
/// Those of the database.
pub fn show_provider(db: &mut Db, _by: Operator) -> Result<Option<Provider>, StoreError> {
    oidc_provider::find(db)
}

/// Forgets the district's provider, if there is one; people sign in with passwords again.
///
/// # Errors
/// Those of the database.
pub fn clear_provider(
    db: &mut Db,
    _by: Operator,
    (actor, now_ms): (Actor, i64),
) -> Result<(), StoreError> {
    if oidc_provider::clear(db)? {
        trail::note(db, &Entry::new(Act::ProviderCleared, actor, now_ms))?;
    }
    Ok(())
}

fn is_protected(url: &str) -> bool {
    let Ok(url) = openidconnect::url::Url::parse(url) else { return false };
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for good in
            ["https://id.example", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost"]
        {
            assert!(is_protected(good), "{good}");
        }
        for bad in ["http://id.example", "http://127.0.0.1.id.example", "ftp://localhost", "id"] {
            assert!(!is_protected(bad), "{bad}");
        }
    }
}
