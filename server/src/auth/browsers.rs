//! The cookie that says that a person signed in well in this browser before. It is signed and proves
//! nothing else: with it alone nobody gets in, and failures in it count apart ([`super::throttle`]).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use sync_protocol::ids::PersonId;

use super::secrets;

/// Signs the cookies of one district.
#[derive(Clone)]
pub struct BrowserKey([u8; 32]);

impl std::fmt::Debug for BrowserKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BrowserKey")
    }
}

impl BrowserKey {
    /// The key that follows from a district's signing key.
    pub fn of(signing_key: &[u8; 32]) -> Self {
        Self(tag(signing_key, &[b"doorstep known browser 1"]))
    }

    /// A cookie for a browser in which a person has just signed in; its id stays if it has one.
    pub fn cookie(&self, known: Option<[u8; 16]>, person: PersonId) -> String {
        let id = known.unwrap_or_else(secrets::random);
        let signed = tag(&self.0, &[&id, &person.0]);
        id.iter().chain(&signed).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The id of a browser in which a person signed in before, if the cookie says so.
    pub fn known(&self, cookie: &str, person: PersonId) -> Option<[u8; 16]> {
        let (id, signed) = cookie.split_at_checked(32)?;
        let id = u128::from_str_radix(id, 16).ok()?.to_be_bytes();
        let expected: String =
            tag(&self.0, &[&id, &person.0]).iter().map(|byte| format!("{byte:02x}")).collect();
        let same: bool =
            subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), signed.as_bytes()).into();
        same.then_some(id)
    }
}

fn tag(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // An HMAC takes a key of any length: there is no error to come.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_good_for_its_person_under_its_key_and_unchanged() {
        let (key, person) = (BrowserKey::of(&[1; 32]), PersonId([7; 16]));
        let cookie = key.cookie(None, person);
        let id = key.known(&cookie, person).unwrap();
        assert_eq!(key.known(&key.cookie(Some(id), person), person), Some(id));
        assert_eq!(key.known(&cookie, PersonId([8; 16])), None);
        assert_eq!(BrowserKey::of(&[2; 32]).known(&cookie, person), None);
        let other = format!("{}{}", if cookie.starts_with('0') { '1' } else { '0' }, &cookie[1..]);
        assert_eq!(key.known(&other, person), None);
        for none in ["", "00", "zz", &cookie[..32], &cookie[..95]] {
            assert_eq!(key.known(none, person), None, "{none}");
        }
    }
}
