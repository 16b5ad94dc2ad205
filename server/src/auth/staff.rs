//! Staff of the console: a password or an account of the district's identity provider, a second
//! factor where it is demanded or set up, then a session. Whatever is wrong before somebody has shown
//! who they are is answered in the same words, after the same work.

pub mod invitations;
pub mod oidc;
pub mod passwords;
pub mod second_factor;
pub mod sessions;

use std::net::{IpAddr, Ipv4Addr};

use sync_protocol::codes::{self, Code};
use sync_protocol::ids::PersonId;

use super::browsers::BrowserKey;
use super::passwords::{Hasher, Turn, is_outdated};
use super::scope::StaffScope;
use super::secrets;
use super::throttle::{self, Attempt};
use crate::store::district::District;
use crate::store::logins::Claimed;
use crate::store::people::Person;
pub use crate::store::sessions::Lacks;
use crate::store::sessions::{NewSession, Session};
use crate::store::{Db, Store, StoreError, district, logins, people};
use crate::trail::{self, Act, Actor, Entry, Origin};

/// How long a session holds at the most, in milliseconds: a working day.
const SESSION_MS: i64 = 12 * 60 * 60 * 1000;

/// How long somebody may take to show the second factor, in milliseconds.
const HALFWAY_MS: i64 = 10 * 60 * 1000;

/// Longest of what a browser calls itself, in characters.
const BROWSER_LENGTH: usize = 200;

/// Where staff sign in: what it takes beside the database.
#[derive(Debug, Clone)]
pub struct Reception {
    pub(super) store: Store,
    pub(super) hasher: Hasher,
    pub(super) browsers: BrowserKey,
    pub(super) district: String,
}

/// Who knocks: where the request comes from and what the browser says of itself.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// For the trail, and what delays go by.
    pub origin: Origin,
    /// The cookie of a browser in which somebody signed in before.
    pub browser_cookie: Option<String>,
    /// What the browser calls itself.
    pub browser: String,
}

impl Caller {
    fn address(&self) -> IpAddr {
        self.origin.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

/// A session that has begun. It has no `Debug`: it holds secrets.
pub struct Begun {
    /// The secret of its cookie.
    pub secret: String,
    /// The cookie of the browser, once nothing is lacking.
    pub browser_cookie: Option<String>,
    /// What is still to be shown.
    pub lacks: Lacks,
    /// What the person may, once nothing is lacking.
    pub scope: StaffScope,
}

/// Why somebody did not get in, or did not get what they asked for.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// A code of the catalogue.
    #[error("{}", .0.message.en)]
    Refused(&'static Code),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a transaction answers that is to be committed although something is refused.
pub(super) type Judged<T> = Result<Result<T, &'static Code>, StoreError>;

/// Unpacks what a committed transaction answered.
pub(super) fn judged<T>(answer: Judged<T>) -> Result<T, StaffError> {
    answer?.map_err(StaffError::Refused)
}

impl Reception {
    /// The reception of a district.
    pub fn new(store: Store, district: &District) -> Self {
        Self {
            store,
            hasher: Hasher::default(),
            browsers: BrowserKey::of(&district.signing_key),
            district: district.name_zh.clone(),
        }
    }

    /// Where turns at argon2 are to be had.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Begins a session by a login and a password.
    ///
    /// # Errors
    /// [`codes::CREDENTIALS_WRONG`] whatever of both is wrong, [`codes::SIGN_IN_DELAYED`] before the
    /// time has come, [`codes::NO_ROLE`] for somebody who is nothing at present, or those of the
    /// database.
    pub fn sign_in(
        &self,
        turn: &Turn,
        (login, password): (&str, &str),
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Begun, StaffError> {
        let found = self.store.read(|db| logins::find(db, login))?;
        let attempt = self.attempt(login, found.as_ref().map(|found| found.person), caller);
        if self.store.transaction(|db| throttle::begin(db, &attempt, now_ms))?.is_some() {
            return Err(StaffError::Refused(&codes::SIGN_IN_DELAYED));
        }
        let hash = found.as_ref().and_then(|login| login.password_hash.as_deref());
        let right = turn.verify(password, hash);
        let (Some(claimed), true) = (found, right) else {
            return Err(StaffError::Refused(&codes::CREDENTIALS_WRONG));
        };
        self.renew_hash(turn, &claimed, password)?;
        judged(self.store.transaction(|db| {
            let Some(person) = people::find(db, claimed.person)? else {
                return Ok(Err(&codes::CREDENTIALS_WRONG));
            };
            let lacks = lacks(db, &person)?;
            self.begin(db, &person, (lacks, &attempt, "password"), caller, now_ms)
        }))
    }

    /// Whose a login is, for the audit trail alone.
    ///
    /// # Errors
    /// Those of the database.
    pub fn whose(&self, login: &str) -> Result<Option<PersonId>, StaffError> {
        let found = self.store.read(|db| logins::find(db, login))?;
        Ok(found.map(|claimed| claimed.person))
    }

    /// What an attempt to sign in as a login counts under.
    fn attempt(&self, login: &str, person: Option<PersonId>, caller: &Caller) -> Attempt {
        let known = person.and_then(|person| self.known_browser(person, caller));
        Attempt::sign_in(login, known, caller.address())
    }

    fn known_browser(&self, person: PersonId, caller: &Caller) -> Option<[u8; 16]> {
        self.browsers.known(caller.browser_cookie.as_deref()?, person)
    }

    /// Hashes a password anew if its hash was made at a lower cost than today's.
    fn renew_hash(&self, turn: &Turn, of: &Claimed, password: &str) -> Result<(), StaffError> {
        if !of.password_hash.as_deref().is_some_and(is_outdated) {
            return Ok(());
        }
        let Ok(hash) = turn.hash(password) else { return Ok(()) };
        let (old, whose) = (of.password_hash.clone(), of.person);
        Ok(self.store.transaction(|db| {
            // A password that was changed meanwhile stays.
            match logins::of(db, whose)? {
                Some(now) if now.password_hash == old => logins::set_password(db, whose, &hash),
                _ => Ok(()),
            }
        })?)
    }

    /// Begins a session of somebody who has shown who they are.
    fn begin(
        &self,
        db: &mut Db,
        person: &Person,
        (lacks, attempt, how): (Lacks, &Attempt, &str),
        caller: &Caller,
        now_ms: i64,
    ) -> Judged<Begun> {
        let scope = scope_of(db, person, now_ms)?;
        if !scope.is_somebody() {
            return Ok(Err(&codes::NO_ROLE));
        }
        let secret = session_secret();
        let lifetime = if lacks == Lacks::Nothing { SESSION_MS } else { HALFWAY_MS };
        let new = NewSession {
            token_hash: secrets::digest(&secret),
            id: uuid::Uuid::from_bytes(secrets::random()),
            person: person.id,
            lacks,
            address: &caller.address().to_string(),
            browser: &caller.browser.chars().take(BROWSER_LENGTH).collect::<String>(),
            expires_at_ms: now_ms + lifetime,
        };
        crate::store::sessions::insert(db, &new, now_ms)?;
        let mut browser_cookie = None;
        if lacks == Lacks::Nothing {
            browser_cookie = Some(self.welcome(db, person, attempt, caller, now_ms)?);
            let entry = Entry::new(Act::SignIn, Actor::Staff(person.id), now_ms);
            trail::note(db, &entry.detail(how).from(caller.origin))?;
        }
        Ok(Ok(Begun { secret, browser_cookie, lacks, scope }))
    }

    /// Takes an attempt's count back; answers the cookie by which the browser is known from now on.
    fn welcome(
        &self,
        db: &mut Db,
        person: &Person,
        attempt: &Attempt,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<String, StoreError> {
        throttle::succeeded(db, attempt, now_ms)?;
        let known = self.known_browser(person.id, caller);
        Ok(self.browsers.cookie(known, person.id))
    }
}

fn session_secret() -> String {
    secrets::random::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What somebody who has shown a password lacks.
fn lacks(db: &mut Db, person: &Person) -> Result<Lacks, StoreError> {
    if crate::store::second_factors::is_confirmed(db, person.id)? {
        return Ok(Lacks::SecondFactor);
    }
    let wanted = district::wants_second_factor(db)?;
    Ok(if wanted { Lacks::Enrolment } else { Lacks::Nothing })
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub fn sign_out(
    store: &Store,
    secret: &str,
    origin: Origin,
    now_ms: i64,
) -> Result<(), StoreError> {
    let hash = secrets::digest(secret);
    store.transaction(|db| {
        let Some(session) = crate::store::sessions::find(db, &hash, now_ms)? else { return Ok(()) };
        crate::store::sessions::delete(db, &hash)?;
        let entry = Entry::new(Act::SignOut, Actor::Staff(session.person.id), now_ms);
        trail::note(db, &entry.from(origin)).map(|_| ())
    })
}

/// The scope of a session that lacks nothing, while it holds and its person is something somewhere.
///
/// # Errors
/// Those of the database.
pub fn scope(store: &Store, secret: &str, now_ms: i64) -> Result<Option<StaffScope>, StoreError> {
    store.read(|db| {
        let found = crate::store::sessions::find(db, &secrets::digest(secret), now_ms)?;
        match found {
            Some(Session { person, lacks: Lacks::Nothing, .. }) => {
                let scope = scope_of(db, &person, now_ms)?;
                Ok(scope.is_somebody().then_some(scope))
            }
            _ => Ok(None),
        }
    })
}

fn scope_of(db: &mut Db, person: &Person, now_ms: i64) -> Result<StaffScope, StoreError> {
    let areas = people::areas_of(db, person.id, now_ms)?;
    Ok(StaffScope::new(person.id, person.name.clone(), areas))
}
