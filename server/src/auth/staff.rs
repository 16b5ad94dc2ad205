//! Staff of the console: a password once, then a session.

use super::scope::StaffScope;
use super::secrets;
use crate::store::people::Person;
use crate::store::{Store, StoreError, people, sessions};

/// How long a session holds, in milliseconds: a working day.
const SESSION_LIFETIME_MS: i64 = 12 * 60 * 60 * 1000;

/// Begins a session; answers the secret of its cookie, or nothing if name or password are wrong.
///
/// # Errors
/// Those of the database.
pub fn sign_in(
    store: &Store,
    login: &str,
    password: &str,
    now_ms: i64,
) -> Result<Option<(String, StaffScope)>, StoreError> {
    let found = store.read(|db| people::find_login(db, login))?;
    let hash = found.as_ref().map(|login| login.password_hash.as_str());
    if !secrets::verify_password(password, hash) {
        return Ok(None);
    }
    let Some(login) = found else { return Ok(None) };
    let secret: String = secrets::random::<32>().iter().map(|b| format!("{b:02x}")).collect();
    let hash = secrets::digest(&secret);
    let scope = store.transaction(|db| {
        sessions::insert(db, &hash, login.person.id, now_ms, now_ms + SESSION_LIFETIME_MS)?;
        scope_of(db, login.person)
    })?;
    Ok(Some((secret, scope)))
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub fn sign_out(store: &Store, secret: &str) -> Result<(), StoreError> {
    store.transaction(|db| sessions::delete(db, &secrets::digest(secret)))
}

/// The scope of a session, while it holds.
///
/// # Errors
/// Those of the database.
pub fn scope(store: &Store, secret: &str, now_ms: i64) -> Result<Option<StaffScope>, StoreError> {
    store.read(|db| {
        let person = sessions::find(db, &secrets::digest(secret), now_ms)?;
        person.map(|person| scope_of(db, person)).transpose()
    })
}

fn scope_of(db: &mut crate::store::Db, person: Person) -> Result<StaffScope, StoreError> {
    let areas = people::areas_of(db, person.id)?;
    Ok(StaffScope::new(person.id, person.name, areas))
}
