//! Random secrets, their hashes, and passwords.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use sha2::{Digest, Sha256};

/// So many random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    rand::random()
}

/// What is stored of a secret that is itself random: its SHA-256.
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Letters and digits that nobody confuses when they type a code off a screen.
const CODE_LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// A code of twelve such letters in three groups: 59 bits.
pub fn typed_code() -> String {
    let mut code = String::new();
    for place in 0..12 {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        // A modulo of 64 random bits by 31: the bias is below 2^-58.
        let pick = usize::try_from(rand::random::<u64>() % 31).unwrap_or_default();
        code.push(CODE_LETTERS.get(pick).copied().map_or('2', char::from));
    }
    code
}

/// A code as it is hashed: upper case, letters and digits only.
pub fn normalised_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// A password as it is stored: argon2id with its default cost (19 MiB, two passes), a PHC string.
///
/// # Errors
/// Those of argon2; none is expected of a password below 4 GiB.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether a password is the one that was hashed. Without a hash it takes as long and says no, so
/// that time does not tell who has a login.
pub fn verify_password(password: &str, stored: Option<&str>) -> bool {
    let Some(stored) = stored else {
        let _ = hash_password(password);
        return false;
    };
    PasswordHash::new(stored)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let stored = hash_password("three wet umbrellas").unwrap();
        assert!(verify_password("three wet umbrellas", Some(&stored)));
        assert!(!verify_password("three dry umbrellas", Some(&stored)));
        assert!(!verify_password("three wet umbrellas", None));
    }

    #[test]
    fn a_code_survives_being_typed() {
        let code = typed_code();
        assert_eq!(code.len(), 14);
        assert_eq!(normalised_code(&format!(" {} ", code.to_lowercase())), code.replace('-', ""));
    }
}
