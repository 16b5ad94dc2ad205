//! One value under one key: AES-256-GCM (NIST SP 800-38D) with a nonce of 96 random bits.
//!
//! A sealed value is `0xE1 ‖ number of the key, two bytes ‖ nonce, twelve ‖ ciphertext ‖ tag, sixteen`.
//! What the value is and where it stands is authenticated with it: of a record's values its kind, the
//! area and the record. Nobody who can write to the database can put the value of one record, or of one
//! kind, in the place of another's. An older value of the same kind and record, or another waiting or
//! refused change of it, opens: `crate::integrity` finds those by the log and by the changes' names.

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Nonce, Tag};

use super::Sealed;

/// The first byte of a sealed value, which names its form.
const FORM: u8 = 0xE1;

/// Bytes before the ciphertext.
const HEAD: usize = 1 + 2 + NONCE;

const NONCE: usize = 12;

const TAG: usize = 16;

/// Bytes that a sealed value has more than the value.
pub const SEALED_BYTES: usize = HEAD + TAG;

/// What a sealed value is. A number never comes to mean something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A change of the log.
    Change = 1,
    /// A record's registers.
    Registers = 2,
    /// A record's document.
    Document = 3,
    /// A change in quarantine.
    Refused = 4,
    /// A change that waits.
    Held = 5,
    /// The reason of a decision on a refused change.
    Reason = 6,
    /// A verdict that a phone has not noted yet.
    Verdict = 7,
    /// A record's key.
    RecordKey = 16,
    /// A data key.
    DataKey = 17,
    /// The key of an area, from which ids of residencies follow.
    AreaKey = 18,
    /// The key that signs devices' tokens.
    SigningKey = 19,
    /// The key that opens rescue bundles.
    RescueKey = 20,
    /// The secret of somebody's one-time codes.
    SecondFactor = 21,
    /// The secret that the district shares with its identity provider.
    ProviderSecret = 22,
    /// A reason in the audit trail.
    TrailReason = 23,
    /// What a resident's request says.
    Request = 24,
    /// What somebody agreed to of a resident's request.
    Agreement = 48,
    /// A photo's key.
    PhotoKey = 32,
    /// A part of a photo that is arriving.
    PhotoPart = 33,
    /// A piece of a photo as it was taken.
    PhotoOriginal = 34,
    /// A piece of a photo's thumbnail.
    PhotoThumbnail = 35,
    /// A piece of a photo's copy of web size.
    PhotoWeb = 36,
    /// The name of somebody who works here.
    PersonName = 64,
    /// A name for signing in.
    Login = 65,
    /// The number of a work card.
    CardNumber = 66,
    /// A worker's portrait.
    Portrait = 67,
    /// What somebody calls a device.
    DeviceName = 68,
    /// The network address that a session began from.
    SessionAddress = 69,
    /// What the browser of a session calls itself.
    SessionBrowser = 70,
    /// What an ID token must repeat.
    Nonce = 71,
    /// A PKCE code verifier.
    Verifier = 72,
    /// Who somebody is at the identity provider.
    Subject = 73,
    /// Who set a configuration.
    ConfiguredBy = 74,
}

/// A key, ready for use.
#[derive(Clone)]
pub struct Key(Box<Aes256Gcm>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// The key of 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Box::new(Aes256Gcm::new(bytes.into())))
    }

    /// Seals a value that stands at a place, under the key of this number.
    pub fn seal(&self, number: u16, what: What, place: &[u8], value: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = rand::random();
        let mut sealed = Vec::with_capacity(HEAD + value.len() + TAG);
        sealed.push(FORM);
        sealed.extend_from_slice(&number.to_be_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(value);
        let Some((_, body)) = sealed.split_at_mut_checked(HEAD) else { return Vec::new() };
        let body = InOutBuf::from(body);
        let known = authenticated(what, place);
        match self.0.encrypt_inout_detached(&Nonce::from(nonce), &known, body) {
            Ok(tag) => sealed.extend_from_slice(&tag),
            // Values of 64 GiB and more are refused by the cipher; they do not fit into a row either.
            Err(_) => sealed.clear(),
        }
        sealed
    }

    /// Opens a value that stands at a place.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn open(&self, what: What, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        let (head, rest) = sealed.split_at_checked(HEAD).ok_or(Sealed)?;
        let body = rest.len().checked_sub(TAG).ok_or(Sealed)?;
        let (body, tag) = rest.split_at_checked(body).ok_or(Sealed)?;
        let nonce = head.get(HEAD - NONCE..).ok_or(Sealed)?;
        let nonce = Nonce::try_from(nonce).map_err(|_| Sealed)?;
        let tag = Tag::try_from(tag).map_err(|_| Sealed)?;
        let mut value = body.to_vec();
        self.0
            .decrypt_inout_detached(
                &nonce,
                &authenticated(what, place),
                value.as_mut_slice().into(),
                &tag,
            )
            .map_err(|_| Sealed)?;
        Ok(value)
    }
}

/// The number of the key that a value is sealed under, if it is sealed at all.
pub(super) fn number_of(sealed: &[u8]) -> Option<u16> {
    match sealed {
        [FORM, high, low, ..] if sealed.len() >= HEAD + TAG => {
            Some(u16::from_be_bytes([*high, *low]))
        }
        _ => None,
    }
}

/// Room for what is authenticated: the longest place is that of a piece of a photo.
type Known = smallvec::SmallVec<[u8; 64]>;

fn authenticated(what: What, place: &[u8]) -> Known {
    let mut known = Known::from_slice(&[FORM, what as u8]);
    known.extend_from_slice(place);
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_only_as_what_it_is_where_it_is_under_its_key() {
        let key = Key::new(&[7; 32]);
        let sealed = key.seal(3, What::Change, b"here", "张晓明".as_bytes());
        assert_eq!(number_of(&sealed), Some(3));
        assert_eq!(key.open(What::Change, b"here", &sealed).unwrap(), "张晓明".as_bytes());
        assert_eq!(key.open(What::Held, b"here", &sealed), Err(Sealed));
        assert_eq!(key.open(What::Change, b"there", &sealed), Err(Sealed));
        assert_eq!(Key::new(&[8; 32]).open(What::Change, b"here", &sealed), Err(Sealed));
        for place in HEAD - NONCE..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert_eq!(key.open(What::Change, b"here", &altered), Err(Sealed), "{place}");
        }
        for length in 0..sealed.len() {
            assert_eq!(key.open(What::Change, b"here", &sealed[..length]), Err(Sealed));
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same_and_nothing_of_it_shows() {
        let key = Key::new(&[7; 32]);
        let value = [0x5A; 64];
        let (first, second) =
            (key.seal(0, What::Change, b"", &value), key.seal(0, What::Change, b"", &value));
        assert_ne!(first, second);
        assert!(!first.windows(4).any(|window| window == &value[..4]));
    }
}
