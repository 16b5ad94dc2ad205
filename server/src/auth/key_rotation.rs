//! Changing keys: a device's own, which both the old and the new key sign, and the district's, under
//! which its tokens and exported heads are signed.

use ed25519_dalek::SigningKey;
use sync_protocol::codes::{self, Code};
use sync_protocol::keys;

use super::scope::{Operator, PhoneScope};
use super::secrets;
use crate::store::{Db, Store, StoreError, device_keys, signing_keys};
use crate::trail::{self, About, Act, Actor, Entry, Origin};

/// A device's wish to change its key.
#[derive(Debug, Clone)]
pub struct Change {
    /// The key that it has.
    pub old: [u8; 32],
    /// The key that it wants.
    pub new: [u8; 32],
    /// Ed25519 of the old key over [`keys::rotation_statement`].
    pub by_old: Vec<u8>,
    /// Ed25519 of the new key over the same: it has the private half.
    pub by_new: Vec<u8>,
}

/// Changes a device's key. The same change again, by a phone that did not hear the answer, is found
/// done; one from a key that the device no longer has is refused, and so is going back to an old key:
/// what was overheard is of no use later.
///
/// # Errors
/// Those of the database. Refused with [`codes::SIGNATURE_WRONG`] or [`codes::KEY_USED`].
pub fn change(
    store: &Store,
    phone: &PhoneScope,
    change: &Change,
    origin: Origin,
    now_ms: i64,
) -> Result<Result<(), &'static Code>, StoreError> {
    let device = phone.device();
    let statement = keys::rotation_statement(device, &change.old, &change.new);
    let signed = keys::verify(&change.old, &statement, &change.by_old)
        && keys::verify(&change.new, &statement, &change.by_new);
    if !signed || change.old == change.new {
        return Ok(Err(&codes::SIGNATURE_WRONG));
    }
    store.transaction(|db| {
        if phone.public_key() == change.new && device_keys::was(db, device, &change.old)? {
            return Ok(Ok(()));
        }
        if device_keys::was(db, device, &change.new)? {
            return Ok(Err(&codes::KEY_USED));
        }
        if !device_keys::replace(db, device, (&change.old, &change.new), now_ms)? {
            return Ok(Err(&codes::SIGNATURE_WRONG));
        }
        let entry = Entry::new(Act::DeviceKeyChanged, Actor::Device(device), now_ms);
        trail::note(db, &entry.about(About::Device(device)).from(origin))?;
        Ok(Ok(()))
    })
}

/// Gives the district another signing key; answers its number, or nothing if there is no district yet.
/// Tokens that were signed before stay good for the rest of their quarter of an hour, and nothing that
/// the old key signs from now on.
///
/// # Errors
/// Those of the database.
pub fn change_signing_key(
    db: &mut Db,
    _by: Operator,
    now_ms: i64,
) -> Result<Option<i64>, StoreError> {
    let Some(keys) = signing_keys::find(db)? else { return Ok(None) };
    let public = SigningKey::from_bytes(&keys.seed).verifying_key().to_bytes();
    let seed = secrets::random();
    let changed = signing_keys::replace(db, (keys.number, &public), &seed, now_ms)?;
    Ok(changed.then_some(keys.number + 1))
}
