//! Who sits at the command line, for the audit trail: the login on the machine, as its environment
//! says. Who has the database's password could say anything; it tells those apart who mean well.

use crate::clock::now_ms;
use crate::trail::{Act, Actor, Entry};

/// Longest login that is kept, in characters.
const LONGEST: usize = 64;

/// An entry of something that is done at the command line, now.
pub(super) fn entry(act: Act) -> Entry {
    Entry::new(act, operator(), now_ms())
}

/// Who sits there.
pub(super) fn operator() -> Actor {
    let said = ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|login| !login.is_empty()));
    let login = said.unwrap_or_else(|| "unknown".to_owned());
    Actor::Operator(login.chars().take(LONGEST).collect())
}
