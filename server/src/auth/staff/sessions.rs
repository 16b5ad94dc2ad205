//! Somebody's own account while they are signed in, or halfway: who they are, their sessions.

use uuid::Uuid;

use super::{Lacks, Reception, StaffError, scope_of};
use crate::auth::scope::StaffScope;
use crate::auth::secrets;
use crate::store::people::Person;
pub use crate::store::sessions::Listed;
use crate::store::{logins, oidc_provider, recovery_codes, second_factors, sessions};
use crate::trail::{self, Act, Actor, Entry, Origin};

/// Proof that a request comes from somebody who has shown a password at least: good for their own
/// account and nothing else. Only [`Reception::account`] makes it.
#[derive(Debug, Clone)]
pub struct Account {
    pub(super) person: Person,
    pub(super) session: Uuid,
    pub(super) token_hash: [u8; 32],
    lacks: Lacks,
}

impl Account {
    /// Whose it is.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// What is still to be shown.
    pub fn lacks(&self) -> Lacks {
        self.lacks
    }

    /// The session by which the request comes.
    pub fn session(&self) -> Uuid {
        self.session
    }
}

/// What somebody sees of their account.
#[derive(Debug)]
pub struct Particulars {
    /// The name for signing in.
    pub login: Option<String>,
    /// Whether a password is set: not for those who come by the identity provider alone.
    pub has_password: bool,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
    /// What they may; nothing before nothing is lacking.
    pub scope: Option<StaffScope>,
}

impl Reception {
    /// The account of a session, while it holds, whatever it lacks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn account(&self, secret: &str, now_ms: i64) -> Result<Option<Account>, StaffError> {
        let token_hash = secrets::digest(secret);
        let found = self.store.read(|db| sessions::find(db, &token_hash, now_ms))?;
        Ok(found.map(|session| Account {
            person: session.person,
            session: session.id,
            token_hash,
            lacks: session.lacks,
        }))
    }

    /// What somebody sees of their account; nothing once they are nothing anywhere.
    ///
    /// # Errors
    /// Those of the database.
    pub fn particulars(
        &self,
        account: &Account,
        now_ms: i64,
    ) -> Result<Option<Particulars>, StaffError> {
        Ok(self.store.read(|db| {
            let whose = account.person.id;
            let scope = scope_of(db, &account.person, now_ms)?;
            if !scope.is_somebody() {
                return Ok(None);
            }
            let login = logins::of(db, whose)?;
            Ok(Some(Particulars {
                has_password: login.as_ref().is_some_and(|login| login.password_hash.is_some()),
                login: login.map(|login| login.login),
                second_factor: second_factors::is_confirmed(db, whose)?,
                recovery_codes: recovery_codes::left(db, whose)?,
                scope: (account.lacks == Lacks::Nothing).then_some(scope),
            }))
        })?)
    }

    /// Somebody's sessions, the last used first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sessions(&self, account: &Account, now_ms: i64) -> Result<Vec<Listed>, StaffError> {
        Ok(self.store.read(|db| sessions::of(db, account.person.id, now_ms))?)
    }

    /// Ends one of somebody's sessions, or all but the one by which they ask; answers whether there
    /// was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_session(
        &self,
        account: &Account,
        which: Option<Uuid>,
        origin: Origin,
        now_ms: i64,
    ) -> Result<bool, StaffError> {
        Ok(self.store.transaction(|db| {
            let ended = match which {
                Some(id) => sessions::end(db, account.person.id, id)?,
                None => {
                    sessions::end_others(db, account.person.id, Some(account.session))?;
                    true
                }
            };
            if ended {
                let entry = Entry::new(Act::SessionsEnded, Actor::Staff(account.person.id), now_ms);
                trail::note(db, &entry.from(origin))?;
            }
            Ok(ended)
        })?)
    }

    /// Whether the district has an identity provider of its own.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_provider(&self) -> Result<bool, StaffError> {
        Ok(self.store.read(oidc_provider::find)?.is_some())
    }
}
