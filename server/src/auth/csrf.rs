//! The token that a session's page sends with whatever changes something. It follows from the secret
//! of the session's cookie, which no script can read and no other site can know.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

/// A session's token.
pub fn token(secret: &str) -> String {
    let hash = Sha256::new_with_prefix(b"doorstep csrf 1\0").chain_update(secret).finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether what was sent is the session's token, in the same time whatever it is.
pub fn fits(secret: &str, sent: &str) -> bool {
    token(secret).as_bytes().ct_eq(sent.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_own_session_alone() {
        assert!(fits("a", &token("a")));
        assert!(!fits("a", &token("b")));
        assert!(!fits("a", ""));
        assert!(!fits("a", "a"));
    }
}
