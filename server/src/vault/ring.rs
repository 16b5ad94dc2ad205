//! The district's data keys, opened. One of them is in use; older ones open what was sealed before.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::blind::Blind;
use super::cipher::{self, Key, What};
use super::lookup::Lookup;
use super::{Master, MasterError, Sealed};

/// What a data key is called in the database and in whatever is sealed under it.
pub type KeyNumber = u16;

/// What a data key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Wraps record keys and seals what belongs to the district. The one of the highest number is in
    /// use.
    Data,
    /// Makes the tokens by which names and numbers are found, by the key of the highest number; and the
    /// hashes by which logins are, by that of the lowest ([`Ring::lookup`]).
    Index,
    /// Seals what is never written again, in the audit trail: such a key is never destroyed. The one of
    /// the highest number is in use.
    Trail,
}

impl Purpose {
    /// Its name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Index => "index",
            Self::Trail => "trail",
        }
    }

    /// The purpose of a name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Data, Self::Index, Self::Trail].into_iter().find(|purpose| purpose.code() == code)
    }
}

/// A data key as the database has it.
#[derive(Debug, Clone)]
pub struct WrappedKey {
    /// Its number.
    pub number: KeyNumber,
    /// What it is for.
    pub purpose: Purpose,
    /// What the master key is called that wraps it.
    pub master: String,
    /// It, wrapped.
    pub wrapped: Vec<u8>,
}

impl WrappedKey {
    /// A new key.
    ///
    /// # Errors
    /// [`MasterError::Hsm`].
    pub fn make(number: KeyNumber, purpose: Purpose, master: &Master) -> Result<Self, MasterError> {
        let wrapped = master.wrap(number, &rand::random())?;
        Ok(Self { number, purpose, master: master.id().to_owned(), wrapped })
    }

    /// The same key under another master key.
    ///
    /// # Errors
    /// [`MasterError::Sealed`] when `from` does not open it, or [`MasterError::Hsm`].
    pub fn rewrap(&self, from: &Master, to: &Master) -> Result<Self, MasterError> {
        let key = from.unwrap(self.number, &self.wrapped)?;
        let wrapped = to.wrap(self.number, &key)?;
        Ok(Self { master: to.id().to_owned(), wrapped, ..*self })
    }
}

/// The keys.
#[derive(Debug)]
pub struct Ring {
    data: BTreeMap<KeyNumber, DataKey>,
    in_use: KeyNumber,
    blind: BTreeMap<KeyNumber, Blind>,
    lookups: BTreeMap<KeyNumber, Lookup>,
    trail: BTreeMap<KeyNumber, Key>,
}

/// A data key's two parts, so that no key does two things.
#[derive(Debug)]
struct DataKey {
    wrapping: Key,
    sealing: Key,
}

impl Ring {
    /// Opens the keys with their master key.
    ///
    /// # Errors
    /// [`MasterError::Sealed`] when it is not theirs, or one of each purpose is not among them;
    /// [`MasterError::Hsm`].
    pub fn open(master: &Master, keys: &[WrappedKey]) -> Result<Self, MasterError> {
        let (mut data, mut trail) = (BTreeMap::new(), BTreeMap::new());
        let (mut blind, mut lookups) = (BTreeMap::new(), BTreeMap::new());
        for key in keys {
            let key_number = key.number;
            let bytes = master.unwrap(key.number, &key.wrapped)?;
            match key.purpose {
                Purpose::Data => {
                    let wrapping = Key::new(&derived(&bytes, b"doorstep record keys 1"));
                    let sealing = Key::new(&derived(&bytes, b"doorstep values 1"));
                    data.insert(key.number, DataKey { wrapping, sealing });
                }
                Purpose::Index => {
                    blind.insert(key.number, Blind::new(&bytes));
                    lookups.insert(key.number, Lookup::new(&bytes));
                }
                Purpose::Trail => {
                    let key = Key::new(&derived(&bytes, b"doorstep trail 1"));
                    trail.insert(key_number, key);
                }
            }
        }
        let in_use = *data.keys().next_back().ok_or(Sealed)?;
        if blind.is_empty() {
            return Err(Sealed.into());
        }
        Ok(Self { data, in_use, blind, lookups, trail })
    }

    /// The number of the data key in use.
    pub fn in_use(&self) -> KeyNumber {
        self.in_use
    }

    /// Whether it knows a key for data or for tokens.
    pub fn knows(&self, number: KeyNumber) -> bool {
        self.data.contains_key(&number) || self.blind.contains_key(&number)
    }

    /// Whether these keys, in order of their numbers, are all that it knows.
    pub fn is_of(&self, numbers: impl Iterator<Item = KeyNumber>) -> bool {
        let mut known: Vec<KeyNumber> = self.data.keys().copied().collect();
        known.extend(self.blind.keys().chain(self.trail.keys()));
        known.sort_unstable();
        numbers.eq(known)
    }

    /// Makes the tokens of whatever is written from now on, and the number of its key.
    ///
    /// # Errors
    /// None is expected: there is one.
    pub fn blind(&self) -> Result<(KeyNumber, &Blind), Sealed> {
        self.blind.last_key_value().map(|(number, blind)| (*number, blind)).ok_or(Sealed)
    }

    /// All that made tokens which are still there: more than one while its key is being changed.
    pub fn blinds(&self) -> impl Iterator<Item = &Blind> {
        self.blind.values()
    }

    /// Makes the hashes by which logins and card numbers are found, and the number of its key: the
    /// oldest that is there. While the key is being changed all hashes stay under it, so that no two
    /// people get one login, until all are made anew at once.
    ///
    /// # Errors
    /// None is expected: there is one.
    pub fn lookup(&self) -> Result<(KeyNumber, &Lookup), Sealed> {
        self.lookups.first_key_value().map(|(number, lookup)| (*number, lookup)).ok_or(Sealed)
    }

    /// All that made such hashes or will, the newest last.
    pub fn lookups(&self) -> impl DoubleEndedIterator<Item = &Lookup> {
        self.lookups.values()
    }

    /// Makes the key of a record or a photo; answers it, and wrapped by the key in use.
    ///
    /// # Errors
    /// None is expected: the key in use is there.
    pub fn make_key(&self, what: What, place: &[u8]) -> Result<(Key, Vec<u8>), Sealed> {
        let bytes: [u8; 32] = rand::random();
        Ok((Key::new(&bytes), self.wrap(what, place, &bytes)?))
    }

    fn wrap(&self, what: What, place: &[u8], bytes: &[u8; 32]) -> Result<Vec<u8>, Sealed> {
        let key = self.data.get(&self.in_use).ok_or(Sealed)?;
        Ok(key.wrapping.seal(self.in_use, what, place, bytes))
    }

    fn unwrap(&self, what: What, place: &[u8], wrapped: &[u8]) -> Result<[u8; 32], Sealed> {
        let key = cipher::number_of(wrapped).and_then(|number| self.data.get(&number));
        let bytes = key.ok_or(Sealed)?.wrapping.open(what, place, wrapped)?;
        bytes.try_into().map_err(|_| Sealed)
    }

    /// Opens the key of a record or a photo.
    ///
    /// # Errors
    /// [`Sealed`], also when the ring does not know the key that it is wrapped by.
    pub fn open_key(&self, what: What, place: &[u8], wrapped: &[u8]) -> Result<Key, Sealed> {
        Ok(Key::new(&self.unwrap(what, place, wrapped)?))
    }

    /// Wraps the key of a record or a photo anew by the key in use.
    ///
    /// # Errors
    /// Those of [`Ring::open_key`].
    pub fn rewrap(&self, what: What, place: &[u8], wrapped: &[u8]) -> Result<Vec<u8>, Sealed> {
        self.wrap(what, place, &self.unwrap(what, place, wrapped)?)
    }

    /// Seals what belongs to the district.
    ///
    /// # Errors
    /// None is expected: the key in use is there.
    pub fn seal(&self, what: What, place: &[u8], value: &[u8]) -> Result<Vec<u8>, Sealed> {
        let key = self.data.get(&self.in_use).ok_or(Sealed)?;
        Ok(key.sealing.seal(self.in_use, what, place, value))
    }

    /// Seals what stands in the audit trail, at a place that does not say where.
    ///
    /// # Errors
    /// [`Sealed`] when there is no such key.
    pub fn seal_for_the_trail(&self, value: &[u8]) -> Result<Vec<u8>, Sealed> {
        let (number, key) = self.trail.last_key_value().ok_or(Sealed)?;
        Ok(key.seal(*number, What::TrailReason, &[], value))
    }

    /// Opens what stands in the audit trail.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn open_of_the_trail(&self, sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        let key = cipher::number_of(sealed).and_then(|number| self.trail.get(&number));
        key.ok_or(Sealed)?.open(What::TrailReason, &[], sealed)
    }

    /// Opens what belongs to the district.
    ///
    /// # Errors
    /// [`Sealed`], also when the ring does not know the key that it lies under.
    pub fn open_value(&self, what: What, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        let key = cipher::number_of(sealed).and_then(|number| self.data.get(&number));
        key.ok_or(Sealed)?.sealing.open(what, place, sealed)
    }
}

/// A key that follows from another: HMAC-SHA-256 of a label.
pub(super) fn derived(key: &[u8; 32], label: &[u8]) -> [u8; 32] {
    // A key of any length is one for HMAC.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac.chain_update(label).finalize().into_bytes().into(),
        Err(_) => *key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(master: &Master) -> Vec<WrappedKey> {
        vec![
            WrappedKey::make(1, Purpose::Data, master).unwrap(),
            WrappedKey::make(2, Purpose::Index, master).unwrap(),
        ]
    }

    #[test]
    fn only_their_master_key_opens_data_keys_and_another_can_take_its_place() {
        let (old, new) = (Master::new(&[1; 32]), Master::new(&[2; 32]));
        let keys = keys(&old);
        let sealed = Ring::open(&old, &keys).unwrap().seal(What::AreaKey, b"a", b"value").unwrap();
        assert!(Ring::open(&new, &keys).is_err());
        let moved: Vec<_> = keys.iter().map(|key| key.rewrap(&old, &new).unwrap()).collect();
        assert!(Ring::open(&old, &moved).is_err());
        let ring = Ring::open(&new, &moved).unwrap();
        assert_eq!(ring.open_value(What::AreaKey, b"a", &sealed).unwrap(), b"value");
    }

    #[test]
    fn a_new_data_key_wraps_what_comes_and_the_old_one_opens_what_was() {
        let master = Master::new(&[1; 32]);
        let mut keys = keys(&master);
        let before = Ring::open(&master, &keys).unwrap();
        let (key, wrapped) = before.make_key(What::RecordKey, b"record").unwrap();
        let sealed = key.seal(0, What::Change, b"record", b"words");
        keys.push(WrappedKey::make(3, Purpose::Data, &master).unwrap());
        let after = Ring::open(&master, &keys).unwrap();
        assert_eq!((before.in_use(), after.in_use()), (1, 3));
        let rewrapped = after.rewrap(What::RecordKey, b"record", &wrapped).unwrap();
        for wrapped in [&wrapped, &rewrapped] {
            let opened = after.open_key(What::RecordKey, b"record", wrapped).unwrap();
            assert_eq!(opened.open(What::Change, b"record", &sealed).unwrap(), b"words");
        }
        assert!(before.open_key(What::RecordKey, b"record", &rewrapped).is_err());
        assert!(after.open_key(What::RecordKey, b"another", &rewrapped).is_err());
        assert!(after.open_key(What::PhotoKey, b"record", &rewrapped).is_err());
    }
}
