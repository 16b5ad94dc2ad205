//! A master key in a hardware security module, by PKCS#11 (OASIS, 2.40 and newer). The key was made
//! there and never leaves it: the module wraps and opens the few data keys, at the start of a server and
//! when keys are changed, and each time is asked anew, so that one that was unplugged meanwhile is used
//! as soon as it is back.
//!
//! A wrapped data key is `0xE2 ‖ its number, two bytes ‖ nonce, twelve ‖ ciphertext ‖ tag, sixteen`, by
//! AES-256-GCM (`CKM_AES_GCM`); its number is authenticated with it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use sha2::{Digest, Sha256};

use super::Sealed;
use super::master::{MasterError, Wrapping, hex};

/// The first byte of a wrapped key, which names its form.
const FORM: u8 = 0xE2;

/// Before the ciphertext: form and number, then the nonce.
const HEAD: usize = 1 + 2;

const NONCE: usize = 12;

const TAG_BITS: u64 = 128;

/// What the authenticated data begins with.
const LABEL: &[u8] = b"doorstep data key 1\0";

/// Modules that were loaded. A module is initialised once in a process, whoever uses it.
static LOADED: LazyLock<Mutex<HashMap<PathBuf, Pkcs11>>> = LazyLock::new(Mutex::default);

/// Where a key is.
#[derive(Clone)]
pub struct HsmPlace {
    /// The library of the module's maker.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The key's label.
    pub key: String,
    /// The user's PIN.
    pub pin: AuthPin,
}

/// What a security module answered when it did not answer well.
#[derive(Debug, thiserror::Error)]
pub enum HsmError {
    /// Its library is not there or none.
    #[error("the PKCS#11 module {0} cannot be used: name the library that the HSM's maker gives")]
    Module(PathBuf, #[source] Error),
    /// It has no such token.
    #[error("the HSM has no token \"{token}\"{}: plug it in, or correct its label", others(.there))]
    NoToken {
        /// The label that was looked for.
        token: String,
        /// The labels that there are.
        there: Vec<String>,
    },
    /// The PIN is wrong.
    #[error(
        "the HSM refuses the PIN: correct the file that holds it; after a few wrong ones it is locked"
    )]
    WrongPin,
    /// The PIN is locked.
    #[error(
        "the HSM's PIN is locked after too many wrong ones: its security officer must set it anew"
    )]
    Locked,
    /// There is no such key.
    #[error(
        "the HSM's token has no AES key \"{0}\": correct its label, or make one with `doorstep keys make`"
    )]
    NoKey(String),
    /// There is such a key already, or more than one.
    #[error(
        "the HSM's token has more than one AES key \"{0}\", or would have: give each its own label"
    )]
    Taken(String),
    /// It is gone, or failed.
    #[error("the HSM does not answer: see whether it is plugged in and reachable")]
    Gone(#[source] Error),
}

fn others(there: &[String]) -> String {
    match there {
        [] => " nor any other".to_owned(),
        there => format!(", only \"{}\"", there.join("\", \"")),
    }
}

/// A key in a module.
pub(super) struct Hsm {
    place: HsmPlace,
    id: String,
}

impl Hsm {
    /// The key of a place.
    pub(super) fn open(place: HsmPlace) -> Result<Self, HsmError> {
        let session = place.session(false)?;
        let key = place.key(&session)?;
        let id = place.id_of(&session, key)?;
        Ok(Self { place, id })
    }

    /// Makes a key there that can be used and not taken out.
    pub(super) fn make(place: HsmPlace) -> Result<Self, HsmError> {
        let session = place.session(true)?;
        if !session.find_objects(&place.template()).map_err(HsmError::Gone)?.is_empty() {
            return Err(HsmError::Taken(place.key));
        }
        let id: [u8; 16] = rand::random();
        let mut attributes = place.template();
        attributes.extend([
            Attribute::Id(id.to_vec()),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::ValueLen(32.into()),
        ]);
        session.generate_key(&Mechanism::AesKeyGen, &attributes).map_err(HsmError::Gone)?;
        drop(session);
        Self::open(place)
    }

    fn sealed(&self, number: u16, data_key: &[u8; 32]) -> Result<([u8; NONCE], Vec<u8>), HsmError> {
        let session = self.place.session(false)?;
        let key = self.place.key(&session)?;
        let (mut nonce, known): ([u8; NONCE], _) = (rand::random(), known(number));
        let mechanism = gcm(&mut nonce, &known)?;
        let body = session.encrypt(&mechanism, key, data_key).map_err(HsmError::Gone)?;
        drop(mechanism);
        // Some modules choose the nonce themselves and say here which it was.
        Ok((nonce, body))
    }
}

impl Wrapping for Hsm {
    fn id(&self) -> &str {
        &self.id
    }

    fn wrap(&self, number: u16, data_key: &[u8; 32]) -> Result<Vec<u8>, MasterError> {
        let (nonce, body) = self.sealed(number, data_key)?;
        let [high, low] = number.to_be_bytes();
        Ok([&[FORM, high, low], nonce.as_slice(), &body].concat())
    }

    fn unwrap(&self, number: u16, wrapped: &[u8]) -> Result<[u8; 32], MasterError> {
        let (head, rest) = wrapped.split_at_checked(HEAD).ok_or(Sealed)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(Sealed)?;
        let [high, low] = number.to_be_bytes();
        if head != [FORM, high, low] {
            return Err(Sealed.into());
        }
        let session = self.place.session(false)?;
        let key = self.place.key(&session)?;
        let (mut nonce, known) = (nonce.to_vec(), known(number));
        let opened = session.decrypt(&gcm(&mut nonce, &known)?, key, body);
        let bytes = opened.map_err(|error| match error {
            Error::Pkcs11(RvError::EncryptedDataInvalid, _)
            | Error::Pkcs11(RvError::EncryptedDataLenRange, _)
            // SoftHSM says no more when the tag does not fit.
            | Error::Pkcs11(RvError::GeneralError, _) => MasterError::Sealed(Sealed),
            other => MasterError::Hsm(HsmError::Gone(other)),
        })?;
        Ok(bytes.try_into().map_err(|_| Sealed)?)
    }
}

fn known(number: u16) -> Vec<u8> {
    [LABEL, &number.to_be_bytes()].concat()
}

fn gcm<'a>(nonce: &'a mut [u8], known: &'a [u8]) -> Result<Mechanism<'a>, HsmError> {
    let params = GcmParams::new(nonce, known, TAG_BITS.into()).map_err(HsmError::Gone)?;
    Ok(Mechanism::AesGcm(params))
}

impl HsmPlace {
    /// What is looked for.
    fn template(&self) -> Vec<Attribute> {
        vec![
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::Label(self.key.clone().into_bytes()),
        ]
    }

    /// The module, initialised.
    fn module(&self) -> Result<Pkcs11, HsmError> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = loaded.get(&self.module) {
            return Ok(module.clone());
        }
        let unusable = |error| HsmError::Module(self.module.clone(), error);
        let module = Pkcs11::new(&self.module).map_err(unusable)?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(unusable(error)),
        }
        loaded.insert(self.module.clone(), module.clone());
        Ok(module)
    }

    /// A session of the user; with `writes` it can make keys.
    fn session(&self, writes: bool) -> Result<Session, HsmError> {
        let module = self.module()?;
        let slots = module.get_slots_with_initialized_token().map_err(HsmError::Gone)?;
        let mut there = Vec::new();
        let mut found = None;
        for slot in slots {
            // A token that goes while one looks is as good as none.
            let Ok(info) = module.get_token_info(slot) else { continue };
            if info.label().trim_end() == self.token {
                found = Some(slot);
            }
            there.push(info.label().trim_end().to_owned());
        }
        let slot = found.ok_or_else(|| HsmError::NoToken { token: self.token.clone(), there })?;
        let session =
            if writes { module.open_rw_session(slot) } else { module.open_ro_session(slot) };
        let session = session.map_err(HsmError::Gone)?;
        match session.login(UserType::User, Some(&self.pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
                _,
            )) => Err(HsmError::WrongPin),
            Err(Error::Pkcs11(RvError::PinLocked, _)) => Err(HsmError::Locked),
            Err(error) => Err(HsmError::Gone(error)),
        }
    }

    /// The one key of the label.
    fn key(&self, session: &Session) -> Result<ObjectHandle, HsmError> {
        let found = session.find_objects(&self.template()).map_err(HsmError::Gone)?;
        match found.as_slice() {
            [key] => Ok(*key),
            [] => Err(HsmError::NoKey(self.key.clone())),
            _ => Err(HsmError::Taken(self.key.clone())),
        }
    }

    /// What the key is called: the same in every copy of the module, and another for another key.
    fn id_of(&self, session: &Session, key: ObjectHandle) -> Result<String, HsmError> {
        let wanted = [AttributeType::Id, AttributeType::CheckValue];
        let attributes = session.get_attributes(key, &wanted).map_err(HsmError::Gone)?;
        let mut digest = Sha256::new().chain_update(b"doorstep master key in a module 1\0");
        digest.update(self.key.as_bytes());
        for attribute in attributes {
            if let Attribute::Id(bytes) | Attribute::CheckValue(bytes) = attribute {
                digest.update([0]);
                digest.update(bytes);
            }
        }
        Ok(format!("hsm-{}", hex(digest.finalize().get(..8).unwrap_or_default())))
    }
}
