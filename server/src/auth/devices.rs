//! Devices: enrolment with a one-time code, the proof of the device's key for a token, and the
//! scope of a request that carries one.

use sync_protocol::ids::{DeviceId, PersonId};
use sync_protocol::keys;

use super::scope::{Operator, PhoneScope};
use super::secrets;
use super::tokens::Tokens;
use crate::store::devices::NewDevice;
use crate::store::people::Person;
use crate::store::{Db, Store, StoreError, devices, enrolment_codes, nonces, people};

/// How long an enrolment code can be used, in milliseconds.
const CODE_LIFETIME_MS: i64 = 10 * 60 * 1000;

/// How long a nonce can be answered, in milliseconds.
const NONCE_LIFETIME_MS: i64 = 60 * 1000;

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
        Ok(Some((id, person)))
    })
}

fn new_device(id: DeviceId, person: PersonId, enrolment: Enrolment) -> NewDevice {
    let Enrolment { public_key, name, app, .. } = enrolment;
    NewDevice { id, person, public_key, name, app }
}

/// A nonce for a device to sign; nothing if the server does not know it or it is revoked.
///
/// # Errors
/// Those of the database.
pub fn challenge(
    store: &Store,
    device: DeviceId,
    now_ms: i64,
) -> Result<Option<[u8; 32]>, StoreError> {
    let nonce = secrets::random();
    store.transaction(|db| {
        if devices::find_active(db, device)?.is_none() {
            return Ok(None);
        }
        nonces::insert(db, &nonce, device, now_ms, now_ms + NONCE_LIFETIME_MS)?;
        Ok(Some(nonce))
    })
}

/// A device's answer to a challenge.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The device.
    pub device: DeviceId,
    /// The nonce that it was given.
    pub nonce: Vec<u8>,
    /// Ed25519 over [`keys::token_statement`].
    pub signature: Vec<u8>,
}

/// A token for a device that proved its key; nothing if it did not.
///
/// # Errors
/// Those of the database.
pub fn prove(
    store: &Store,
    tokens: &Tokens,
    proof: &Proof,
    now_ms: i64,
) -> Result<Option<String>, StoreError> {
    let proven = store.transaction(|db| {
        let Some(device) = devices::find_active(db, proof.device)? else {
            return Ok(false);
        };
        let fresh = nonces::redeem(db, &proof.nonce, proof.device, now_ms)?;
        let statement = keys::token_statement(proof.device, &proof.nonce);
        Ok(fresh && keys::verify(&device.public_key, &statement, &proof.signature))
    })?;
    Ok(if proven { tokens.issue(proof.device, now_ms).ok() } else { None })
}

/// The scope in which a bundle that a device signed is taken in: the device's own, or none at all if
/// it is revoked, so that everything goes into quarantine. Nothing if it never enrolled here.
///
/// # Errors
/// Those of the database.
pub fn scope_of_signature(
    db: &mut Db,
    device: DeviceId,
    now_ms: i64,
) -> Result<Option<PhoneScope>, StoreError> {
    let Some((device, revoked)) = devices::find_any(db, device)? else {
        return Ok(None);
    };
    if revoked {
        return Ok(Some(PhoneScope::suspended(device.id, device.person, device.public_key)));
    }
    let held = people::holdings(db, device.person, now_ms)?;
    Ok(Some(PhoneScope::new(device.id, device.person, device.public_key, held.areas, held.grants)))
}

/// The scope of a device, unless it is revoked.
///
/// # Errors
/// Those of the database.
pub fn scope(db: &mut Db, device: DeviceId, now_ms: i64) -> Result<Option<PhoneScope>, StoreError> {
    let Some(device) = devices::find_active(db, device)? else {
        return Ok(None);
    };
    let held = people::holdings(db, device.person, now_ms)?;
    Ok(Some(PhoneScope::new(device.id, device.person, device.public_key, held.areas, held.grants)))
}
