//! Setting passwords: by an invitation, or with the old one. Every other session ends with it.

use sync_protocol::codes;

use super::sessions::Account;
use super::{Caller, Judged, Lacks, Reception, StaffError, judged};
use crate::auth::passwords::{self, Turn};
use crate::auth::secrets;
use crate::auth::throttle::{self, Attempt};
use crate::store::logins::{self, Login};
use crate::store::{StoreError, district, invitations, second_factors, sessions};
use crate::trail::{self, Act, Actor, Entry};

impl Reception {
    /// Sets the password of whoever an invitation invites, once; answers the name for signing in.
    ///
    /// # Errors
    /// [`codes::INVITATION_INVALID`] for whatever is wrong with it, or what is wrong with the password,
    /// or those of the database.
    pub fn accept(
        &self,
        turn: &Turn,
        (code, password): (&str, &str),
        caller: &Caller,
        now_ms: i64,
    ) -> Result<String, StaffError> {
        let hash = secrets::digest(&secrets::normalised_code(code));
        let attempt = Attempt::invitation(caller.address());
        let invited = judged(self.store.transaction(|db| {
            if throttle::begin(db, &attempt, now_ms)?.is_some() {
                return Ok(Err(&codes::SIGN_IN_DELAYED));
            }
            let Some(whose) = invitations::find(db, &hash, now_ms)? else {
                return Ok(Err(&codes::INVITATION_INVALID));
            };
            throttle::succeeded(db, &attempt, now_ms)?;
            let beside = self.is_beside(db, whose)?;
            Ok(logins::of(db, whose)?
                .map(|login| (login, beside))
                .ok_or(&codes::INVITATION_INVALID))
        }))?;
        let (login, beside) = invited;
        let password = hashed(turn, password, &login, beside)?;
        judged(self.store.transaction(|db| {
            if invitations::redeem(db, &hash, now_ms)? != Some(login.person.id) {
                return Ok(Err(&codes::INVITATION_INVALID));
            }
            logins::set_password(db, login.person.id, &password)?;
            sessions::end_others(db, login.person.id, None)?;
            let entry = Entry::new(Act::PasswordSet, Actor::Staff(login.person.id), now_ms);
            trail::note(db, &entry.detail("invitation").from(caller.origin))?;
            Ok(Ok(login.login.clone()))
        }))
    }

    /// Changes the password of somebody who knows the old one.
    ///
    /// # Errors
    /// [`codes::PASSWORD_WRONG`], [`codes::SIGN_IN_DELAYED`] after too many of them, what is wrong with
    /// the new one, or those of the database.
    pub fn change_password(
        &self,
        turn: &Turn,
        account: &Account,
        (old, new): (&str, &str),
        caller: &Caller,
        now_ms: i64,
    ) -> Result<(), StaffError> {
        let login = self.confirm(turn, account, old, caller, now_ms)?;
        let whose = login.person.id;
        let beside = self.store.read(|db| self.is_beside(db, whose))?;
        let password = hashed(turn, new, &login, beside)?;
        Ok(self.store.transaction(|db| {
            logins::set_password(db, whose, &password)?;
            sessions::end_others(db, whose, Some(account.session))?;
            let entry = Entry::new(Act::PasswordSet, Actor::Staff(whose), now_ms);
            trail::note(db, &entry.from(caller.origin)).map(|_| ())
        })?)
    }

    /// Asks somebody who is signed in for the password again; answers their login.
    ///
    /// # Errors
    /// [`codes::FORBIDDEN`] halfway through signing in, [`codes::PASSWORD_WRONG`],
    /// [`codes::SIGN_IN_DELAYED`] after too many of them, or those of the database.
    pub(super) fn confirm(
        &self,
        turn: &Turn,
        account: &Account,
        password: &str,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Login, StaffError> {
        if account.lacks() != Lacks::Nothing {
            return Err(StaffError::Refused(&codes::FORBIDDEN));
        }
        let known = self.known_browser(account.person.id, caller);
        let attempt = Attempt::step("password", account.person.id, known, caller.address());
        let login = judged(self.store.transaction(|db| -> Judged<Login> {
            if throttle::begin(db, &attempt, now_ms)?.is_some() {
                return Ok(Err(&codes::SIGN_IN_DELAYED));
            }
            Ok(logins::of(db, account.person.id)?.ok_or(&codes::PASSWORD_WRONG))
        }))?;
        if !turn.verify(password, login.password_hash.as_deref()) {
            return Err(StaffError::Refused(&codes::PASSWORD_WRONG));
        }
        self.store.transaction(|db| throttle::succeeded(db, &attempt, now_ms))?;
        Ok(login)
    }

    /// Whether a person's password stands beside a second factor.
    fn is_beside(
        &self,
        db: &mut crate::store::Db,
        whose: sync_protocol::ids::PersonId,
    ) -> Result<bool, StoreError> {
        Ok(district::wants_second_factor(db)? || second_factors::is_confirmed(db, whose)?)
    }
}

fn hashed(turn: &Turn, new: &str, login: &Login, beside: bool) -> Result<String, StaffError> {
    passwords::check(new, &[&login.login, &login.person.name], beside)
        .map_err(StaffError::Refused)?;
    turn.hash(new).map_err(|_| StaffError::Refused(&codes::PASSWORD_LENGTH))
}
