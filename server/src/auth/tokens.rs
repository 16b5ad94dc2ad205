//! Device tokens: JSON Web Tokens (RFC 7519) signed with the district's Ed25519 key (EdDSA,
//! RFC 8037), good for 15 minutes. A token says which device proved which key; what the device may is
//! asked of the database each time. A signature that was found good is remembered, since checking one
//! takes longer than everything else.

mod provider;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ed25519_dalek::SigningKey;
use jsonwebtoken::errors::Error;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sha2::{Digest as _, Sha256};
use sync_protocol::ids::DeviceId;

use crate::store::signing_keys::SigningKeys;

/// How long a token is good, in seconds.
pub const LIFETIME_S: i64 = 15 * 60;

/// By how many seconds two servers' clocks may differ.
const SKEW_S: i64 = 60;

/// How many tokens are remembered at most: those of a quarter of an hour of 20,000 phones.
const REMEMBERED: usize = 20_000;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
    /// The beginning of the device's public key, in hexadecimal digits.
    key: String,
}

/// What is left of a token that is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// The device.
    pub device: DeviceId,
    /// The beginning of the key that it proved.
    key: [u8; 8],
    issued_s: i64,
    expires_s: i64,
}

impl Proven {
    /// Whether this public key is the one that was proved.
    pub fn is_of(&self, public_key: &[u8]) -> bool {
        public_key.first_chunk() == Some(&self.key)
    }
}

/// By a token's SHA-256: the signing key's number under which it was found good, and what it proves.
type Known = HashMap<[u8; 32], (i64, Proven)>;

/// Makes and reads the district's tokens. Its copies share keys and memory.
#[derive(Clone)]
pub struct Tokens {
    keys: Arc<RwLock<Keys>>,
    known: Arc<Mutex<Known>>,
}

struct Keys {
    number: i64,
    signing: EncodingKey,
    verifying: DecodingKey,
    /// Keys that signed before, and until when, in seconds.
    former: Vec<(DecodingKey, i64)>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// Tokens under a district's signing keys.
    pub fn new(keys: &SigningKeys) -> Self {
        provider::install();
        Self { keys: Arc::new(RwLock::new(Keys::of(keys))), known: Arc::default() }
    }

    /// Which of the district's signing keys these tokens are signed with.
    pub fn number(&self) -> i64 {
        self.keys().number
    }

    /// Another server has changed the signing key.
    pub fn replace(&self, keys: &SigningKeys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Keys::of(keys);
        self.known().clear();
    }

    /// A token of a device that proved a key.
    ///
    /// # Errors
    /// Those of the JSON encoder; none is expected.
    pub fn issue(&self, device: DeviceId, public_key: &[u8], now_ms: i64) -> Result<String, Error> {
        let iat = now_ms / 1000;
        let key = public_key.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let claims = Claims { sub: device.to_string(), iat, exp: iat + LIFETIME_S, key };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.keys().signing)
    }

    /// Which device says that it proved its key, if what it says is a token that has not expired. Who
    /// signed it is not asked: that costs time, and [`Tokens::proven`] asks.
    pub fn claims(&self, token: &str, now_ms: i64) -> Option<DeviceId> {
        let claims = jsonwebtoken::dangerous::insecure_decode::<Claims>(token).ok()?.claims;
        Proven::of(&claims).filter(|proven| proven.is_now(now_ms)).map(|proven| proven.device)
    }

    /// The device of a token, if it is ours and has not expired.
    pub fn proven(&self, token: &str, now_ms: i64) -> Option<Proven> {
        let name: [u8; 32] = Sha256::digest(token).into();
        let remembered = self.known().get(&name).copied();
        if let Some((number, proven)) = remembered
            && number == self.number()
        {
            return proven.is_now(now_ms).then_some(proven);
        }
        let (number, proven) = self.keys().check(token)?;
        if !proven.is_now(now_ms) {
            return None;
        }
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.retain(|_, (_, proven)| proven.is_now(now_ms));
        }
        if known.len() < REMEMBERED {
            known.insert(name, (number, proven));
        }
        Some(proven)
    }

    fn keys(&self) -> std::sync::RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn of(keys: &SigningKeys) -> Self {
        let public = SigningKey::from_bytes(&keys.seed).verifying_key().to_bytes();
        let former = keys.former.iter();
        Self {
            number: keys.number,
            signing: EncodingKey::from_ed_der(&keys.seed),
            verifying: DecodingKey::from_ed_der(&public),
            former: former
                .map(|key| (DecodingKey::from_ed_der(&key.public_key), key.retired_at / 1000))
                .collect(),
        }
    }

    /// What a token proves, if one of the keys signed it while it was in use.
    fn check(&self, token: &str) -> Option<(i64, Proven)> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        // The time is compared with the clock that is handed in.
        rules.validate_exp = false;
        let read = |key: &DecodingKey| {
            let claims = jsonwebtoken::decode::<Claims>(token, key, &rules).ok()?.claims;
            Proven::of(&claims)
        };
        if let Some(proven) = read(&self.verifying) {
            return Some((self.number, proven));
        }
        let former = self
            .former
            .iter()
            .find_map(|(key, until)| read(key).filter(|proven| proven.issued_s <= until + SKEW_S));
        former.map(|proven| (self.number, proven))
    }
}

impl Proven {
    fn of(claims: &Claims) -> Option<Self> {
        let device = DeviceId(u64::from_str_radix(&claims.sub, 16).ok()?);
        let key = u64::from_str_radix(&claims.key, 16).ok()?.to_be_bytes();
        // A key that signs for ever is none of ours, whoever has it.
        let short = claims.exp.checked_sub(claims.iat).is_some_and(|lasts| lasts <= LIFETIME_S);
        short.then_some(Self { device, key, issued_s: claims.iat, expires_s: claims.exp })
    }

    fn is_now(&self, now_ms: i64) -> bool {
        let now = now_ms / 1000;
        self.issued_s <= now + SKEW_S && now < self.expires_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::signing_keys::Former;

    const NOW: i64 = 1_790_000_000_000;
    const KEY: [u8; 32] = [9; 32];

    fn tokens(seed: u8) -> Tokens {
        Tokens::new(&SigningKeys { number: 1, seed: [seed; 32], former: Vec::new() })
    }

    fn device_of(tokens: &Tokens, token: &str, now: i64) -> Option<DeviceId> {
        // Once by its signature, and again as it is remembered.
        let first = tokens.proven(token, now);
        assert_eq!(first, tokens.proven(token, now));
        first.filter(|proven| proven.is_of(&KEY)).map(|proven| proven.device)
    }

    #[test]
    fn a_token_holds_a_quarter_of_an_hour() {
        let tokens = tokens(3);
        let token = tokens.issue(DeviceId(42), &KEY, NOW).unwrap();
        assert_eq!(device_of(&tokens, &token, NOW), Some(DeviceId(42)));
        assert_eq!(device_of(&tokens, &token, NOW + 899_000), Some(DeviceId(42)));
        assert_eq!(device_of(&tokens, &token, NOW + 900_000), None);
        assert_eq!(tokens.claims(&token, NOW + 900_000), None);
    }

    #[test]
    fn a_token_of_another_district_or_a_changed_one_is_refused() {
        let token = tokens(4).issue(DeviceId(42), &KEY, NOW).unwrap();
        assert_eq!(device_of(&tokens(3), &token, NOW), None);
        let mine = tokens(3).issue(DeviceId(42), &KEY, NOW).unwrap();
        let unsigned = mine.rsplit_once('.').unwrap().0.to_owned() + ".";
        assert_eq!(device_of(&tokens(3), &unsigned, NOW), None);
        assert_eq!(tokens(3).claims("no token", NOW), None);
    }

    #[test]
    fn a_retired_key_is_good_for_what_it_signed_and_for_nothing_later() {
        let old = tokens(3);
        let before = old.issue(DeviceId(1), &KEY, NOW).unwrap();
        let later = NOW + 5 * 60 * 1000;
        let forged = old.issue(DeviceId(1), &KEY, later).unwrap();
        let public_key = SigningKey::from_bytes(&[3; 32]).verifying_key().to_bytes();
        let former = vec![Former { public_key, retired_at: NOW + 1_000 }];
        old.replace(&SigningKeys { number: 2, seed: [5; 32], former });
        assert_eq!(device_of(&old, &before, later), Some(DeviceId(1)));
        assert_eq!(device_of(&old, &forged, later), None);
        let fresh = old.issue(DeviceId(1), &KEY, later).unwrap();
        assert_eq!(device_of(&old, &fresh, later), Some(DeviceId(1)));
        assert_eq!(device_of(&tokens(5), &fresh, later), Some(DeviceId(1)));
    }
}
