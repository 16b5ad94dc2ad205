//! Invitations: a person sets the first password, or one in place of a lost one, or binds an account
//! of the identity provider; nobody else ever knows it. The code is given from hand to hand.

use sync_protocol::ids::PersonId;

use crate::auth::{Operator, secrets};
use crate::store::{Db, StoreError, invitations, logins, second_factors};
use crate::trail::{self, About, Act, Actor, Entry};

/// How long an invitation can be used, in milliseconds.
const LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

/// What an invitation is to bring along.
#[derive(Debug, Clone, Copy, Default)]
pub struct Along<'a> {
    /// The name for signing in, for somebody who has none.
    pub login: Option<&'a str>,
    /// Take the second factor and its recovery codes away, for somebody who lost them.
    pub without_second_factor: bool,
}

/// Invites a person who has or gets a name for signing in; answers the code, or nothing if they have
/// none.
///
/// # Errors
/// Those of the database, among them that somebody else has the name.
pub fn make(
    db: &mut Db,
    _by: Operator,
    person: PersonId,
    along: Along<'_>,
    (actor, now_ms): (Actor, i64),
) -> Result<Option<String>, StoreError> {
    if let Some(login) = along.login {
        logins::set_login(db, person, login)?;
    }
    if logins::of(db, person)?.is_none() {
        return Ok(None);
    }
    let entry = |act| Entry::new(act, actor.clone(), now_ms).about(About::Person(person));
    if along.without_second_factor {
        second_factors::delete(db, person)?;
        trail::note(db, &entry(Act::SecondFactorRemoved))?;
    }
    let code = secrets::typed_code();
    let hash = secrets::digest(&secrets::normalised_code(&code));
    invitations::insert(db, &hash, person, now_ms + LIFETIME_MS)?;
    trail::note(db, &entry(Act::LoginGiven))?;
    Ok(Some(code))
}
