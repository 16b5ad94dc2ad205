//! The second factor: setting it up, showing it, recovery codes in its place, and taking it away.

use sync_protocol::codes;
use sync_protocol::ids::PersonId;

use super::sessions::Account;
use super::{
    Begun, Caller, Lacks, Reception, SESSION_MS, StaffError, judged, scope_of, session_secret,
};
use crate::auth::passwords::{LENGTH_ALONE, Turn, normalised};
use crate::auth::secrets;
use crate::auth::throttle::{self, Attempt};
use crate::auth::totp::{self, Invitation};
use crate::store::{Db, StoreError, district, logins, recovery_codes, second_factors, sessions};
use crate::trail::{self, Act, Actor, Entry, Origin};

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// How often a code may be wrong before the password has to be shown again.
const TRIES: i32 = 5;

/// What confirming a second factor brings: recovery codes, and a session if one was halfway.
pub struct Confirmed {
    /// Codes to be kept on paper; they are shown this once.
    pub recovery_codes: Vec<String>,
    /// The session that lacked it.
    pub begun: Option<Begun>,
}

impl Reception {
    /// A new secret for somebody who has no second factor, to be confirmed by a first code.
    ///
    /// # Errors
    /// [`codes::SECOND_FACTOR_THERE`] if there is one, or those of the database.
    pub fn offer_second_factor(&self, account: &Account) -> Result<Invitation, StaffError> {
        let (whose, secret) = (account.person.id, totp::new_secret());
        let login = judged(self.store.transaction(|db| {
            if second_factors::read(db, whose)?.is_some_and(|factor| factor.confirmed) {
                return Ok(Err(&codes::SECOND_FACTOR_THERE));
            }
            second_factors::write(db, whose, &secret)?;
            Ok(Ok(logins::of(db, whose)?.map_or(account.person.name.clone(), |l| l.login)))
        }))?;
        totp::invitation(&secret, &self.district, &login)
            .map_err(|_| StaffError::Refused(&codes::INTERNAL))
    }

    /// Confirms the secret by a code. Every other session ends; one that lacked only this is good.
    ///
    /// # Errors
    /// [`codes::CODE_WRONG`], [`codes::SIGN_IN_DELAYED`] after too many of them, or those of the
    /// database.
    pub fn confirm_second_factor(
        &self,
        account: &Account,
        code: &str,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Confirmed, StaffError> {
        let whose = account.person.id;
        let attempt = self.step("new second factor", account, caller);
        judged(self.store.transaction(|db| {
            if throttle::begin(db, &attempt, now_ms)?.is_some() {
                return Ok(Err(&codes::SIGN_IN_DELAYED));
            }
            let factor = second_factors::read(db, whose)?.filter(|factor| !factor.confirmed);
            let step = factor.and_then(|new| totp::step(&new.secret, code, now_ms, new.last_step));
            let Some(step) = step else { return Ok(Err(&codes::CODE_WRONG)) };
            throttle::succeeded(db, &attempt, now_ms)?;
            second_factors::used(db, whose, step, now_ms)?;
            let recovery_codes = new_recovery_codes(db, whose)?;
            sessions::end_others(db, whose, Some(account.session))?;
            let begun = match account.lacks() {
                Lacks::Enrolment => {
                    Some(self.complete(db, account, "new second factor", caller, now_ms)?)
                }
                _ => None,
            };
            note(db, Act::SecondFactorSet, whose, caller.origin, now_ms)?;
            Ok(Ok(Confirmed { recovery_codes, begun }))
        }))
    }

    /// Shows the second factor, or a recovery code in its place, and so completes a session.
    ///
    /// # Errors
    /// [`codes::CODE_WRONG`]; after five of them the session is gone and this is answered too;
    /// [`codes::SIGN_IN_DELAYED`], or those of the database.
    pub fn show_second_factor(
        &self,
        account: &Account,
        code: &str,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Begun, StaffError> {
        if account.lacks() != Lacks::SecondFactor {
            return Err(StaffError::Refused(&codes::FORBIDDEN));
        }
        let attempt = self.step("second factor", account, caller);
        judged(self.store.transaction(|db| {
            if throttle::begin(db, &attempt, now_ms)?.is_some() {
                return Ok(Err(&codes::SIGN_IN_DELAYED));
            }
            let tries = sessions::tried(db, &account.token_hash)?;
            let Some(how) = shown(db, account.person.id, code, now_ms)? else {
                if tries >= TRIES {
                    sessions::delete(db, &account.token_hash)?;
                }
                return Ok(Err(&codes::CODE_WRONG));
            };
            throttle::succeeded(db, &attempt, now_ms)?;
            Ok(Ok(self.complete(db, account, how, caller, now_ms)?))
        }))
    }

    /// Takes the second factor away from somebody who shows the password again: to set another up,
    /// which follows at once where one is demanded.
    ///
    /// # Errors
    /// [`codes::PASSWORD_WRONG`]; [`codes::PASSWORD_LENGTH`] if the password is too short to stand
    /// alone and nothing demands another factor; or those of the database.
    pub fn remove_second_factor(
        &self,
        turn: &Turn,
        account: &Account,
        password: &str,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<(), StaffError> {
        self.confirm(turn, account, password, caller, now_ms)?;
        let stands_alone = normalised(password).chars().count() >= LENGTH_ALONE;
        let whose = account.person.id;
        judged(self.store.transaction(|db| {
            let wanted = district::wants_second_factor(db)?;
            if !wanted && !stands_alone {
                return Ok(Err(&codes::PASSWORD_LENGTH));
            }
            second_factors::delete(db, whose)?;
            sessions::end_others(db, whose, Some(account.session))?;
            if wanted {
                sessions::set_lacking(db, &account.token_hash, Lacks::Enrolment)?;
            }
            note(db, Act::SecondFactorRemoved, whose, caller.origin, now_ms)?;
            Ok(Ok(()))
        }))
    }

    /// New recovery codes in place of those that are left, for somebody who shows the password again.
    ///
    /// # Errors
    /// [`codes::PASSWORD_WRONG`], or those of the database.
    pub fn renew_recovery_codes(
        &self,
        turn: &Turn,
        account: &Account,
        password: &str,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Vec<String>, StaffError> {
        self.confirm(turn, account, password, caller, now_ms)?;
        Ok(self.store.transaction(|db| {
            let codes = new_recovery_codes(db, account.person.id)?;
            note(db, Act::SecondFactorSet, account.person.id, caller.origin, now_ms)?;
            Ok(codes)
        })?)
    }

    fn step(&self, what: &str, account: &Account, caller: &Caller) -> Attempt {
        let known = self.known_browser(account.person.id, caller);
        Attempt::step(what, account.person.id, known, caller.address())
    }

    /// Makes a session good that lacked something, under another secret.
    fn complete(
        &self,
        db: &mut Db,
        account: &Account,
        how: &str,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Begun, StoreError> {
        let secret = session_secret();
        let hash = secrets::digest(&secret);
        sessions::complete(db, &account.token_hash, &hash, now_ms + SESSION_MS)?;
        // The password was shown when the session began: that attempt was right all along.
        let login = logins::of(db, account.person.id)?.map(|login| login.login);
        let attempt = self.attempt(&login.unwrap_or_default(), Some(account.person.id), caller);
        let browser_cookie = Some(self.welcome(db, &account.person, &attempt, caller, now_ms)?);
        let scope = scope_of(db, &account.person, now_ms)?;
        let entry = Entry::new(Act::SignIn, Actor::Staff(account.person.id), now_ms);
        trail::note(db, &entry.detail(how).from(caller.origin))?;
        Ok(Begun { secret, browser_cookie, lacks: Lacks::Nothing, scope })
    }
}

/// Which of a person's codes this is, used up now; nothing if none.
fn shown(
    db: &mut Db,
    whose: PersonId,
    code: &str,
    now_ms: i64,
) -> Result<Option<&'static str>, StoreError> {
    let Some(factor) = second_factors::read(db, whose)? else { return Ok(None) };
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if let Some(step) = totp::step(&factor.secret, &digits, now_ms, factor.last_step) {
        second_factors::used(db, whose, step, now_ms)?;
        return Ok(Some("second factor"));
    }
    let hash = secrets::digest(&secrets::normalised_code(code));
    Ok(recovery_codes::redeem(db, whose, &hash)?.then_some("recovery code"))
}

fn new_recovery_codes(db: &mut Db, whose: PersonId) -> Result<Vec<String>, StoreError> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| secrets::long_code()).collect();
    let hash = |code: &String| secrets::digest(&secrets::normalised_code(code));
    recovery_codes::replace(db, whose, &codes.iter().map(hash).collect::<Vec<_>>())?;
    Ok(codes)
}

fn note(
    db: &mut Db,
    act: Act,
    whose: PersonId,
    from: Origin,
    now_ms: i64,
) -> Result<(), StoreError> {
    let entry = Entry::new(act, Actor::Staff(whose), now_ms).from(from);
    trail::note(db, &entry).map(|_| ())
}
