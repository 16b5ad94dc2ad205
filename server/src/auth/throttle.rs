//! Delays of signing in: they grow with failures by the address, and by login and address together.
//! By the login alone they grow for strangers only, and stay short: whoever comes in a browser or from
//! an address where they signed in well before has counts of their own, so nobody elsewhere can lock
//! them out. An attempt is counted before its password is looked at, so that many at once do not slip
//! through, and taken back when it was right.

use std::net::{IpAddr, Ipv6Addr};

use sha2::{Digest, Sha256};
use sync_protocol::ids::PersonId;

use crate::store::sign_in_attempts::{self as attempts, Bucket};
use crate::store::{Db, StoreError};

/// How delays grow: so many failures are free, then a second, doubled with each, up to the longest.
#[derive(Debug, Clone, Copy)]
struct Rule {
    free: u32,
    longest_ms: i64,
}

const MINUTE_MS: i64 = 60 * 1000;

/// A login from an address.
const LOGIN_THERE: Rule = Rule { free: 5, longest_ms: 15 * MINUTE_MS };

/// An address: an office of many may share it.
const ADDRESS: Rule = Rule { free: 50, longest_ms: 15 * MINUTE_MS };

/// A login from wherever strangers come from: slows many addresses down, locks nobody out for long.
const LOGIN: Rule = Rule { free: 20, longest_ms: MINUTE_MS };

/// A browser in which the person signed in before.
const BROWSER: Rule = Rule { free: 10, longest_ms: 15 * MINUTE_MS };

/// Codes and passwords that somebody enters who has shown a part of who they are already.
const STEP: Rule = Rule { free: 5, longest_ms: 15 * MINUTE_MS };

/// An attempt, by what it is counted under.
#[derive(Debug)]
pub struct Attempt {
    own: (Bucket, Rule),
    shared: Vec<(Bucket, Rule)>,
    /// Counted only where nobody of this login has signed in before.
    strangers: Option<(Bucket, Rule)>,
}

impl Attempt {
    /// Somebody signs in as a login, in a browser where its person did before or from an address.
    pub fn sign_in(login: &str, known_browser: Option<[u8; 16]>, address: IpAddr) -> Self {
        if let Some(browser) = known_browser {
            return Self::alone(bucket("browser", &[&browser, login.as_bytes()]), BROWSER);
        }
        let network = network(address);
        Self {
            own: (bucket("there", &[&network, login.as_bytes()]), LOGIN_THERE),
            shared: vec![(bucket("address", &[&network]), ADDRESS)],
            strangers: Some((bucket("login", &[login.as_bytes()]), LOGIN)),
        }
    }

    /// Somebody who has shown their password enters a code, or who is signed in their password again.
    pub fn step(
        what: &str,
        person: PersonId,
        known_browser: Option<[u8; 16]>,
        address: IpAddr,
    ) -> Self {
        let whence = known_browser.map_or(network(address), |browser| browser);
        Self::alone(bucket(what, &[&person.0, &whence]), STEP)
    }

    /// Somebody of whom nothing is known enters an invitation.
    pub fn invitation(address: IpAddr) -> Self {
        Self::alone(bucket("invitation", &[&network(address)]), ADDRESS)
    }

    /// Somebody of whom nothing is known goes to the identity provider.
    pub fn provider(address: IpAddr) -> Self {
        Self::alone(bucket("provider", &[&network(address)]), ADDRESS)
    }

    fn alone(own: Bucket, rule: Rule) -> Self {
        Self { own: (own, rule), shared: Vec::new(), strangers: None }
    }

    fn all(&self) -> Vec<Bucket> {
        let others = self.shared.iter().chain(&self.strangers);
        std::iter::once(&self.own).chain(others).map(|(bucket, _)| *bucket).collect()
    }
}

/// Counts an attempt; answers until when to wait instead, if it comes too early: it is not looked at
/// then, and does not count.
///
/// # Errors
/// Those of the database.
pub fn begin(db: &mut Db, attempt: &Attempt, now_ms: i64) -> Result<Option<i64>, StoreError> {
    let counts = attempts::lock(db, &attempt.all(), now_ms)?;
    let found = |bucket: &Bucket| counts.get(bucket).copied().unwrap_or_default();
    let stranger = !found(&attempt.own.0).familiar;
    let mut counted = vec![attempt.own];
    counted.extend(&attempt.shared);
    counted.extend(attempt.strangers.filter(|_| stranger));
    counted.sort_unstable_by_key(|(bucket, _)| *bucket);
    let blocked = counted.iter().map(|(bucket, _)| found(bucket).blocked_until_ms).max();
    if let Some(until) = blocked.filter(|until| *until > now_ms) {
        return Ok(Some(until));
    }
    for (bucket, rule) in &counted {
        let failures = found(bucket).failures.saturating_add(1);
        attempts::count(db, bucket, failures, now_ms + rule.delay_ms(failures), now_ms)?;
    }
    Ok(None)
}

/// Notes that an attempt was right.
///
/// # Errors
/// Those of the database.
pub fn succeeded(db: &mut Db, attempt: &Attempt, now_ms: i64) -> Result<(), StoreError> {
    let shared = attempt.shared.iter().chain(&attempt.strangers);
    let shared: Vec<Bucket> = shared.map(|(bucket, _)| *bucket).collect();
    attempts::succeeded(db, &[attempt.own.0], &shared, now_ms)?;
    attempts::forget(db, now_ms)
}

impl Rule {
    fn delay_ms(self, failures: u32) -> i64 {
        match failures.checked_sub(self.free) {
            None | Some(0) => 0,
            Some(beyond) => (1000_i64 << (beyond - 1).min(30)).min(self.longest_ms),
        }
    }
}

fn bucket(kind: &str, parts: &[&[u8]]) -> Bucket {
    let mut hash = Sha256::new_with_prefix(kind.as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What counts as one address: of IPv6 the network of 64 bits that one subscriber has.
fn network(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).octets()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_from_a_second_up_to_the_longest() {
        let delays: Vec<i64> = (1..=9).map(|failures| LOGIN_THERE.delay_ms(failures)).collect();
        assert_eq!(delays, [0, 0, 0, 0, 0, 1000, 2000, 4000, 8000]);
        assert_eq!(LOGIN_THERE.delay_ms(1_000_000), 15 * MINUTE_MS);
        assert_eq!(LOGIN.delay_ms(u32::MAX), MINUTE_MS);
    }

    #[test]
    fn a_subscribers_ipv6_addresses_are_one_and_ipv4_in_ipv6_is_ipv4() {
        let net = |text: &str| network(text.parse().unwrap());
        assert_eq!(net("2001:db8:1:2:3:4:5:6"), net("2001:db8:1:2::9"));
        assert_ne!(net("2001:db8:1:2::9"), net("2001:db8:1:3::9"));
        assert_eq!(net("::ffff:192.0.2.7"), net("192.0.2.7"));
        assert_ne!(net("192.0.2.8"), net("192.0.2.7"));
    }

    #[test]
    fn parts_of_a_bucket_do_not_run_together() {
        assert_ne!(bucket("a", &[b"bc", b"d"]), bucket("a", &[b"b", b"cd"]));
    }
}
