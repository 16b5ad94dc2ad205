//! Devices: enrolment with a one-time code, the proof of the device's key for a token, and the
//! scope of a request that carries one. A token only says who: how a device stands and what its person
//! may is asked of the database with every request, so that what ends there ends at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sync_protocol::ids::{DeviceId, PersonId};
use sync_protocol::keys;

use super::nonces::Challenges;
use super::scope::{Operator, PhoneScope};
use super::secrets;
use super::tokens::{Proven, Tokens};
use crate::store::devices::{Device, NewDevice, Standing};
use crate::store::people::{Holdings, Person};
use crate::store::{
    Db, Store, StoreError, device_keys, devices, enrolment_codes, nonces, people, signing_keys,
};
use crate::trail::{self, About, Act, Actor, Entry, Origin};

/// How long an enrolment code can be used, in milliseconds.
pub const CODE_LIFETIME_MS: i64 = 10 * 60 * 1000;

/// What a phone says of itself when it enrols.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The code that was shown as text and QR.
    pub code: String,
    /// The device's Ed25519 public key.
    pub public_key: [u8; 32],
    /// What the person calls it.
    pub name: String,
    /// App and version.
    pub app: String,
}

/// Makes a code by which one phone can enrol as a person's, within ten minutes.
///
/// # Errors
/// Those of the database.
pub fn make_code(
    db: &mut Db,
    _by: Operator,
    person: PersonId,
    now_ms: i64,
) -> Result<String, StoreError> {
    new_code(db, person, now_ms)
}

pub(super) fn new_code(db: &mut Db, person: PersonId, now_ms: i64) -> Result<String, StoreError> {
    let code = secrets::typed_code();
    let hash = secrets::digest(&secrets::normalised_code(&code));
    enrolment_codes::insert(db, &hash, person, now_ms + CODE_LIFETIME_MS)?;
    Ok(code)
}

/// Enrols a phone; answers nothing if the code is wrong, used or expired. A phone that asks again
/// with the same code and key did not hear the answer, and gets it again.
///
/// # Errors
/// Those of the database.
pub fn enrol(
    store: &Store,
    enrolment: Enrolment,
    origin: Origin,
    now_ms: i64,
) -> Result<Option<(DeviceId, Person)>, StoreError> {
    let hash = secrets::digest(&secrets::normalised_code(&enrolment.code));
    store.transaction(|db| {
        let Some(whose) = enrolment_codes::find(db, &hash, now_ms)? else { return Ok(None) };
        let Some(person) = people::find(db, whose)? else { return Ok(None) };
        if let Some(again) = devices::find_by_key(db, whose, &enrolment.public_key)? {
            return Ok(Some((again, person)));
        }
        if enrolment_codes::redeem(db, &hash, now_ms)?.is_none() {
            return Ok(None);
        }
        let id = DeviceId(u64::from_be_bytes(secrets::random()));
        devices::insert(db, &new_device(id, whose, enrolment), now_ms)?;
        let entry = Entry::new(Act::DeviceEnrolled, Actor::Device(id), now_ms);
        trail::note(db, &entry.about(About::Person(whose)).from(origin))?;
        Ok(Some((id, person)))
    })
}

fn new_device(id: DeviceId, person: PersonId, enrolment: Enrolment) -> NewDevice {
    let Enrolment { public_key, name, app, .. } = enrolment;
    NewDevice { id, person, public_key, name, app }
}

/// A device's answer to a challenge.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The device.
    pub device: DeviceId,
    /// The nonce that it was given.
    pub nonce: [u8; 32],
    /// Ed25519 over [`keys::token_statement`].
    pub signature: Vec<u8>,
}

/// A token for a device that proved its key, however the device stands: what it may is asked when it
/// comes with it. Nothing if it did not, or the answer was given before. A device that is not there is
/// answered with as much work as one that is.
///
/// # Errors
/// Those of the database.
pub fn prove(
    store: &Store,
    (tokens, challenges): (&Tokens, &Challenges),
    proof: &Proof,
    now_ms: i64,
) -> Result<Option<String>, StoreError> {
    let expires_at = challenges.expires_at(proof.device, &proof.nonce, now_ms);
    let found = store.read(|db| devices::find(db, proof.device))?;
    let statement = keys::token_statement(proof.device, &proof.nonce);
    let key = found.as_ref().map_or(NOBODYS_KEY.as_slice(), |device| &device.public_key);
    let signed = keys::verify(key, &statement, &proof.signature);
    let (Some(device), Some(expires_at), true) = (found, expires_at, signed) else {
        return Ok(None);
    };
    let fresh = store.transaction(|db| {
        let fresh = nonces::redeem(db, &proof.nonce, device.id, now_ms, expires_at)?;
        devices::note_seen(db, device.id, now_ms)?;
        Ok(fresh)
    })?;
    refresh(store, tokens, device.signing_number)?;
    Ok(if fresh { tokens.issue(device.id, &device.public_key, now_ms).ok() } else { None })
}

/// The curve's base point (RFC 8032, 5.1), compressed: what is checked in the place of the key of a
/// device that is not there. What it would say is not believed: there is no device to give a token to.
const NOBODYS_KEY: [u8; 32] = [
    0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
];

/// What becomes of a request with a token.
#[derive(Debug)]
pub enum Admission {
    /// The device is in use.
    Active(PhoneScope),
    /// It is set aside for a while.
    Suspended,
    /// It is revoked: a scope in which nothing can be read or written.
    Revoked(PhoneScope),
    /// The token is not ours, not of now, or of a key that the device no longer has.
    Refused,
}

/// What the device of a token may, as the database says now.
///
/// # Errors
/// Those of the database.
pub fn admit(
    store: &Store,
    tokens: &Tokens,
    scopes: &Scopes,
    token: &str,
    now_ms: i64,
) -> Result<Admission, StoreError> {
    let Some(claimed) = tokens.claims(token, now_ms) else { return Ok(Admission::Refused) };
    let Some(device) = store.read(|db| devices::find(db, claimed))? else {
        return Ok(Admission::Refused);
    };
    refresh(store, tokens, device.signing_number)?;
    decide(store, tokens, scopes, (token, device), now_ms)
}

/// What the device of a token may, by its row as it was just read. It asks the database only for what
/// has changed since it last asked.
///
/// # Errors
/// Those of the database.
pub fn decide(
    store: &Store,
    tokens: &Tokens,
    scopes: &Scopes,
    (token, device): (&str, Device),
    now_ms: i64,
) -> Result<Admission, StoreError> {
    let proven = tokens.proven(token, now_ms);
    let is_its = |proven: Proven| proven.device == device.id && proven.is_of(&device.public_key);
    if !proven.is_some_and(is_its) {
        return Ok(Admission::Refused);
    }
    Ok(match device.standing {
        Standing::Active => Admission::Active(scopes.of(store, device, now_ms)?),
        Standing::Suspended => Admission::Suspended,
        Standing::Revoked => Admission::Revoked(nowhere(device)),
    })
}

/// Fetches the district's signing keys when another server has changed them.
fn refresh(store: &Store, tokens: &Tokens, number: i64) -> Result<(), StoreError> {
    if tokens.number() != number
        && let Some(keys) = store.read(signing_keys::find)?
    {
        tokens.replace(&keys);
    }
    Ok(())
}

fn nowhere(device: Device) -> PhoneScope {
    PhoneScope::suspended(device.id, device.person, device.public_key)
}

/// The scopes in which a bundle that a device signed may be taken in, one for each key that it has or
/// had: the device's own, or none at all if it is revoked or suspended, so that everything goes into
/// quarantine. Empty if it never enrolled here.
///
/// # Errors
/// Those of the database.
pub fn scopes_of_signature(
    db: &mut Db,
    device: DeviceId,
    now_ms: i64,
) -> Result<Vec<PhoneScope>, StoreError> {
    let Some(device) = devices::find(db, device)? else { return Ok(Vec::new()) };
    let spans = device_keys::of(db, [device.id])?.remove(&device.id).unwrap_or_default();
    let holdings = people::holdings(db, device.person, now_ms)?;
    let scope = |public_key| {
        let device = Device { public_key, ..device.clone() };
        match device.standing {
            Standing::Active => in_areas(device, holdings.clone()),
            Standing::Suspended | Standing::Revoked => nowhere(device),
        }
    };
    Ok(spans.into_iter().map(|span| scope(span.public_key)).collect())
}

/// What the author of a change that waits may write now: nothing if the device is revoked. One that is
/// suspended wrote it before.
///
/// # Errors
/// Those of the database.
pub fn scope(db: &mut Db, device: DeviceId, now_ms: i64) -> Result<Option<PhoneScope>, StoreError> {
    let found = devices::find(db, device)?;
    let Some(device) = found.filter(|device| device.standing != Standing::Revoked) else {
        return Ok(None);
    };
    let holdings = people::holdings(db, device.person, now_ms)?;
    Ok(Some(in_areas(device, holdings)))
}

fn in_areas(device: Device, holdings: Holdings) -> PhoneScope {
    PhoneScope::new(device.id, device.person, device.public_key, holdings)
}

/// What people may, as it was last looked up: good for its term, as long as neither their roles nor the
/// tree of areas have changed since, which the device's row says with every request. Its copies share
/// their memory.
#[derive(Debug, Clone, Default)]
pub struct Scopes {
    known: Arc<Mutex<HashMap<PersonId, Holdings>>>,
}

/// How many people's areas are remembered at most.
const REMEMBERED: usize = 10_000;

impl Scopes {
    fn of(&self, store: &Store, device: Device, now_ms: i64) -> Result<PhoneScope, StoreError> {
        let remembered = self.known().get(&device.person).cloned();
        if let Some(holdings) = remembered.filter(|of| of.term.holds(device.changes, now_ms)) {
            return Ok(in_areas(device, holdings));
        }
        let holdings = store.read(|db| people::holdings(db, device.person, now_ms))?;
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(device.person, holdings.clone());
        drop(known);
        Ok(in_areas(device, holdings))
    }

    fn known(&self) -> MutexGuard<'_, HashMap<PersonId, Holdings>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
