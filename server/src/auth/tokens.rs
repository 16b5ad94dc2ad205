//! Device tokens: JSON Web Tokens (RFC 7519) signed with the district's Ed25519 key (EdDSA,
//! RFC 8037), good for 15 minutes. `jsonwebtoken` does the format; its own back-ends would bring
//! RSA and other curves along, so the one algorithm we use is given to it here.

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use signature::{Signer, Verifier};
use sync_protocol::ids::DeviceId;

/// How long a token is good, in seconds.
pub const LIFETIME_S: i64 = 15 * 60;

/// What a token says.
#[derive(serde::Serialize, serde::Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
}

/// Makes and reads the district's tokens.
#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// Tokens under a district's signing key.
    pub fn new(seed: &[u8; 32]) -> Self {
        // Whoever comes second finds the provider set, by the same function: nothing to do.
        let _ = PROVIDER.install_default();
        let public = SigningKey::from_bytes(seed).verifying_key().to_bytes();
        Self {
            signing: EncodingKey::from_ed_der(seed),
            verifying: DecodingKey::from_ed_der(&public),
        }
    }

    /// A device's token.
    ///
    /// # Errors
    /// Those of the JSON encoder; none is expected.
    pub fn issue(&self, device: DeviceId, now_ms: i64) -> Result<String, Error> {
        let now = now_ms / 1000;
        let claims = Claims { sub: device.to_string(), iat: now, exp: now + LIFETIME_S };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.signing)
    }

    /// The device of a token, if it is ours and has not expired.
    pub fn device_of(&self, token: &str, now_ms: i64) -> Option<DeviceId> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        // The time is compared below, with the clock that was handed in.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying, &rules).ok()?.claims;
        let good = claims.iat <= now_ms / 1000 + 60 && now_ms / 1000 < claims.exp;
        let device = u64::from_str_radix(&claims.sub, 16).ok()?;
        good.then_some(DeviceId(device))
    }
}

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory, verifier_factory, key_utils: KeyUtils::new_unimplemented() };

struct EdSigner(SigningKey);

struct EdVerifier(VerifyingKey);

fn signer_factory(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    match (algorithm, key.as_bytes().try_into()) {
        (Algorithm::EdDSA, Ok(seed)) => Ok(Box::new(EdSigner(SigningKey::from_bytes(seed)))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

fn verifier_factory(
    algorithm: &Algorithm,
    key: &DecodingKey,
) -> Result<Box<dyn JwtVerifier>, Error> {
    let bytes: [u8; 32] =
        key.try_get_as_bytes()?.try_into().map_err(|_| ErrorKind::InvalidKeyFormat)?;
    match (algorithm, VerifyingKey::from_bytes(&bytes)) {
        (Algorithm::EdDSA, Ok(key)) => Ok(Box::new(EdVerifier(key))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

impl Signer<Vec<u8>> for EdSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).to_bytes().to_vec())
    }
}

impl JwtSigner for EdSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

impl Verifier<Vec<u8>> for EdVerifier {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> Result<(), signature::Error> {
        let signed =
            ed25519_dalek::Signature::from_slice(signed).map_err(|_| signature::Error::new())?;
        self.0.verify_strict(message, &signed).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for EdVerifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn a_token_holds_a_quarter_of_an_hour() {
        let tokens = Tokens::new(&[3; 32]);
        let token = tokens.issue(DeviceId(42), NOW).unwrap();
        assert_eq!(tokens.device_of(&token, NOW), Some(DeviceId(42)));
        assert_eq!(tokens.device_of(&token, NOW + 899_000), Some(DeviceId(42)));
        assert_eq!(tokens.device_of(&token, NOW + 900_000), None);
    }

    #[test]
    fn a_token_of_another_district_or_a_changed_one_is_refused() {
        let token = Tokens::new(&[4; 32]).issue(DeviceId(42), NOW).unwrap();
        assert_eq!(Tokens::new(&[3; 32]).device_of(&token, NOW), None);
        let mine = Tokens::new(&[3; 32]).issue(DeviceId(42), NOW).unwrap();
        let unsigned = mine.rsplit_once('.').unwrap().0.to_owned() + ".";
        assert_eq!(Tokens::new(&[3; 32]).device_of(&unsigned, NOW), None);
    }
}
