//! Finding what is encrypted: a name's parts and whole numbers become *tokens* under a key, and rows
//! are found by equal tokens. Whoever has the database without the key learns which rows share a part
//! of a name, and not which part.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::ring::derived;

/// What a part of a name or a number becomes: the first eight bytes of an HMAC-SHA-256.
pub type Token = i64;

/// What stands behind a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// A person's name: found by any part of it.
    Name = 1,
    /// A document's number: found whole.
    Number = 2,
    /// A telephone number: found whole.
    Phone = 3,
}

/// Makes tokens.
#[derive(Clone)]
pub struct Blind(Hmac<Sha256>);

impl std::fmt::Debug for Blind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blind")
    }
}

impl Blind {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let key = derived(key, b"doorstep index 1");
        // A key of any length is one for HMAC.
        let mac = Hmac::new_from_slice(&key).or_else(|_| Hmac::new_from_slice(&[]));
        Self(mac.unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    /// The tokens under which a value is kept: of a name those of each letter and each two that stand
    /// side by side, of a number one.
    pub fn tokens(&self, words: Words, value: &str) -> Vec<Token> {
        let plain = plain(words, value);
        let letters: Vec<char> = plain.chars().collect();
        match words {
            _ if letters.is_empty() => Vec::new(),
            Words::Name => {
                let mut tokens: Vec<Token> =
                    letters.iter().map(|l| self.of(words, &[*l])).collect();
                tokens.extend(letters.windows(2).map(|two| self.of(words, two)));
                tokens.sort_unstable();
                tokens.dedup();
                tokens
            }
            Words::Number | Words::Phone => vec![self.of(words, &letters)],
        }
    }

    /// The tokens that a value must have for these words to be in it. A longer part of a name may be
    /// in a value that has them all and still is another: compare what was found.
    pub fn sought(&self, words: Words, part: &str) -> Vec<Token> {
        let plain = plain(words, part);
        let letters: Vec<char> = plain.chars().collect();
        match words {
            _ if letters.is_empty() => Vec::new(),
            Words::Name if letters.len() > 1 => {
                letters.windows(2).map(|two| self.of(words, two)).collect()
            }
            _ => vec![self.of(words, &letters)],
        }
    }

    fn of(&self, words: Words, letters: &[char]) -> Token {
        let mut mac = self.0.clone();
        mac.update(&[words as u8]);
        let mut room = [0; 4];
        for letter in letters {
            mac.update(letter.encode_utf8(&mut room).as_bytes());
        }
        let digest = mac.finalize().into_bytes();
        digest.first_chunk().map_or(0, |first| Token::from_be_bytes(*first))
    }
}

/// A value as it is compared: names in small letters without blanks, numbers by letters and digits,
/// phones without the country's code.
pub fn plain(words: Words, value: &str) -> String {
    let kept: String = match words {
        Words::Name => value.chars().filter(|letter| !letter.is_whitespace()).collect(),
        Words::Number => value.chars().filter(char::is_ascii_alphanumeric).collect(),
        Words::Phone => national(value.chars().filter(char::is_ascii_digit).collect()),
    };
    kept.to_lowercase()
}

/// The last eleven digits: those of a mobile number (YD/T 2251), with or without the country's code.
fn national(digits: Vec<char>) -> String {
    digits.iter().skip(digits.len().saturating_sub(11)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blind() -> Blind {
        Blind::new(&[9; 32])
    }

    fn finds(value: &str, part: &str) -> bool {
        let kept = blind().tokens(Words::Name, value);
        let sought = blind().sought(Words::Name, part);
        !sought.is_empty() && sought.iter().all(|token| kept.contains(token))
    }

    #[test]
    fn a_name_is_found_by_any_part_of_it() {
        for part in ["欧", "阳", "春", "欧阳", "阳春", "欧阳春", "欧 阳"] {
            assert!(finds("欧阳春", part), "{part}");
        }
        for part in ["欧春", "李", "春欧阳", ""] {
            assert!(!finds("欧阳春", part), "{part}");
        }
        assert!(finds("Anna Schmidt", "schmi") && finds("Anna Schmidt", "nnas"));
    }

    #[test]
    fn a_number_is_found_whole_however_it_is_written() {
        let kept = blind().tokens(Words::Number, "11010519491231002X");
        assert_eq!(blind().sought(Words::Number, " 110105 19491231 002x"), kept);
        assert_ne!(blind().sought(Words::Number, "11010519491231002"), kept);
        assert_ne!(blind().sought(Words::Phone, "110105194912310021"), kept);
        let phone = blind().tokens(Words::Phone, "+86 199-0000-1234");
        assert_eq!(blind().sought(Words::Phone, "199 0000 1234"), phone);
    }

    #[test]
    fn another_key_makes_other_tokens() {
        let other = Blind::new(&[8; 32]);
        assert_ne!(blind().tokens(Words::Name, "春"), other.tokens(Words::Name, "春"));
    }
}
