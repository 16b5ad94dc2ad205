//! Passwords: what makes one good enough (NIST SP 800-63B-4, section 3.1.1: length and no rules of
//! composition, nothing that is commonly used or expected), and argon2id behind a bounded number of
//! turns, so that however many sign in at once the memory for it is bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Argon2, Params};
use sync_protocol::codes::{self, Code};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

/// Fewest characters of a password that stands alone.
pub const LENGTH_ALONE: usize = 15;

/// Fewest characters beside a second factor; the standard asks for 8.
pub const LENGTH_BESIDE: usize = 10;

/// Most characters; the standard asks to take at least 64.
pub const LONGEST: usize = 256;

/// A password that is likely to be among the first so many guesses is refused. zxcvbn calls what
/// withstands 10^8 safe wherever guesses are throttled, as they are here ([`super::throttle`]).
const GUESSES_LOG10: f64 = 8.0;

/// How many argon2 runs there are at once, of 19 MiB each.
const TURNS: usize = 4;

/// How many wait for one; whoever comes then is told that the server is busy.
const WAITING: usize = 64;

/// The characters that are hashed and counted: however a keyboard composes them, they are the same.
pub fn normalised(password: &str) -> String {
    password.nfkc().collect()
}

/// Whether a password is good enough for somebody of these names; beside a second factor it may be
/// shorter.
///
/// # Errors
/// What is wrong with it.
pub fn check(password: &str, names: &[&str], second_factor: bool) -> Result<(), &'static Code> {
    let password = normalised(password);
    let least = if second_factor { LENGTH_BESIDE } else { LENGTH_ALONE };
    let length = password.chars().count();
    if !(least..=LONGEST).contains(&length) {
        return Err(&codes::PASSWORD_LENGTH);
    }
    let expected: Vec<&str> = names.iter().copied().chain(["doorstep", "入户走访"]).collect();
    if zxcvbn::zxcvbn(&password, &expected).guesses_log10() < GUESSES_LOG10 {
        return Err(&codes::PASSWORD_COMMON);
    }
    Ok(())
}

/// Lets argon2 run, so many at once.
#[derive(Debug, Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    runs: Arc<AtomicU64>,
}

/// A turn at argon2: whoever holds it may hash and verify.
#[derive(Debug)]
pub struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
    runs: Arc<AtomicU64>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(TURNS)),
            waiting: Arc::default(),
            runs: Arc::default(),
        }
    }
}

impl Hasher {
    /// The next turn; nothing if too many wait already.
    pub async fn turn(&self) -> Option<Turn> {
        if let Some(turn) = self.try_turn() {
            return Some(turn);
        }
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            return None;
        }
        let leaves = Leaves(self.waiting.clone());
        let permit = self.turns.clone().acquire_owned().await.ok();
        drop(leaves);
        permit.map(|permit| Turn { _permit: Some(permit), runs: self.runs.clone() })
    }

    /// A turn, if one is free.
    pub fn try_turn(&self) -> Option<Turn> {
        let permit = self.turns.clone().try_acquire_owned().ok()?;
        Some(Turn { _permit: Some(permit), runs: self.runs.clone() })
    }

    /// How often argon2 has run.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }
}

/// Whoever waited does so no more, also when the request was given up meanwhile.
struct Leaves(Arc<AtomicUsize>);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Turn {
    /// The turn of a command, which is alone in its process.
    pub fn alone() -> Self {
        Self { _permit: None, runs: Arc::default() }
    }

    /// A password as it is stored: argon2id with its default cost (19 MiB, two passes), a PHC string.
    ///
    /// # Errors
    /// Those of argon2; none is expected of a password of bounded length.
    pub fn hash(&self, password: &str) -> Result<String, Error> {
        self.hash_at(password, Params::DEFAULT)
    }

    /// Whether a password is the one that was hashed. Without a hash it costs the same run and says
    /// no, so that neither words nor time tell who has a login.
    pub fn verify(&self, password: &str, stored: Option<&str>) -> bool {
        let parsed = stored.and_then(|stored| PasswordHash::new(stored).ok());
        let Some(hash) = parsed else {
            let _ = self.hash(password);
            return false;
        };
        self.runs.fetch_add(1, Ordering::Relaxed);
        Argon2::default().verify_password(normalised(password).as_bytes(), &hash).is_ok()
    }

    fn hash_at(&self, password: &str, cost: Params) -> Result<String, Error> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let argon2 = Argon2::new(argon2::Algorithm::default(), argon2::Version::default(), cost);
        Ok(argon2.hash_password(normalised(password).as_bytes())?.to_string())
    }
}

/// Whether a hash was made at a lower cost than is asked for now.
pub fn is_outdated(stored: &str) -> bool {
    let cost = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
    cost.is_none_or(|cost| {
        cost.m_cost() < Params::DEFAULT_M_COST || cost.t_cost() < Params::DEFAULT_T_COST
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_however_it_was_composed_and_another_is_not() {
        let turn = Turn::alone();
        let stored = turn.hash("three wet ümbrellas").unwrap();
        assert!(turn.verify("three wet ümbrellas", Some(&stored)));
        assert!(turn.verify("three wet u\u{308}mbrellas", Some(&stored)));
        assert!(!turn.verify("three dry ümbrellas", Some(&stored)));
        assert!(!turn.verify("three wet ümbrellas", None));
    }

    #[test]
    fn whether_there_is_a_hash_or_not_and_right_or_wrong_argon2_runs_once() {
        let hasher = Hasher::default();
        let stored = Turn::alone().hash("three wet umbrellas").unwrap();
        let work = |password: &str, stored: Option<&str>| {
            let before = hasher.runs();
            hasher.try_turn().unwrap().verify(password, stored);
            hasher.runs() - before
        };
        assert_eq!(work("three wet umbrellas", Some(&stored)), 1);
        assert_eq!(work("three dry umbrellas", Some(&stored)), 1);
        assert_eq!(work("three wet umbrellas", None), 1);
        assert_eq!(work("three wet umbrellas", Some("no hash at all")), 1);
    }

    #[test]
    fn only_so_many_run_at_once() {
        let hasher = Hasher::default();
        let turns: Vec<Turn> = (0..TURNS).map(|_| hasher.try_turn().unwrap()).collect();
        assert!(hasher.try_turn().is_none());
        drop(turns);
        assert!(hasher.try_turn().is_some());
    }

    #[test]
    fn a_hash_of_lower_cost_is_outdated_and_one_of_today_is_not() {
        let turn = Turn::alone();
        let cheap = Params::new(8 * 1024, 1, 1, None).unwrap();
        assert!(is_outdated(&turn.hash_at("three wet umbrellas", cheap).unwrap()));
        assert!(!is_outdated(&turn.hash("three wet umbrellas").unwrap()));
    }

    const SIXTY_FOUR: &str = "the ferry leaves at noon but my umbrella prefers the later train";

    #[test]
    fn length_counts_and_what_is_common_or_is_about_the_person_is_refused() {
        let refused = |password: &str, beside| {
            check(password, &["zhaomin", "赵敏"], beside).err().map(|code| code.code)
        };
        assert_eq!(refused("three wet umbrellas", false), None);
        assert_eq!(refused("九个红灯笼挂在老槐树下面的那天晚上", false), None);
        assert_eq!(refused(SIXTY_FOUR, false), None);
        assert_eq!(refused("Vt8kPz2mQw", false), Some("password_length"));
        assert_eq!(refused("Vt8kPz2mQw", true), None);
        assert_eq!(refused("Vt8kPz2mQ", true), Some("password_length"));
        assert_eq!(refused(&"ab".repeat(129), false), Some("password_length"));
        for common in
            ["passwordpassword", "aaaaaaaaaaaaaaaaaaa", "123456789012345", "qwertyuiopasdfgh"]
        {
            assert_eq!(refused(common, false), Some("password_common"), "{common}");
        }
        assert_eq!(refused("zhaominzhaomin1", false), Some("password_common"));
        assert_eq!(refused("doorstepdoorstep", false), Some("password_common"));
    }
}
