//! Random secrets and their hashes.

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

/// A code of twelve such letters in three groups: 59 bits, for what soon expires.
pub fn typed_code() -> String {
    code_of(3)
}

/// A code of sixteen such letters in four groups: 79 bits, for what is kept.
pub fn long_code() -> String {
    code_of(4)
}

fn code_of(groups: usize) -> String {
    let mut code = String::new();
    for place in 0..groups * 4 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_being_typed() {
        let code = typed_code();
        assert_eq!((code.len(), long_code().len()), (14, 19));
        assert_eq!(normalised_code(&format!(" {} ", code.to_lowercase())), code.replace('-', ""));
    }
}
