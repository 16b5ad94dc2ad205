//! What one client may take of the server: how often, how long, how much at once. All numbers stand
//! here, for reading beside docs/security.md; what counts them stands in the modules below. It knows
//! addresses, devices and persons, and nothing of what they ask for.
//!
//! Phones of one carrier share an address, so what counts by address is wide, and what counts by device
//! or person is narrow.

pub mod address;
mod bucket;
mod connections;
mod counts;
pub(super) mod guard;
mod kind;
mod meter;
mod slow;

use std::num::NonZeroU32;
use std::time::Duration;

use self::address::Proxies;
pub(super) use self::connections::Connections;
pub(super) use self::meter::Meter;
pub(super) use self::slow::was_too_slow;

/// A bucket of so many requests, and how long until one more is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests at once.
    pub burst: NonZeroU32,
    /// The time for one more.
    pub each: Duration,
}

impl Rate {
    /// So many at once, and so many a minute from then on; at least one of each.
    pub const fn new(burst: u32, a_minute: u32) -> Self {
        let burst = match NonZeroU32::new(burst) {
            Some(burst) => burst,
            None => NonZeroU32::MIN,
        };
        let a_minute = if a_minute == 0 { 1 } else { a_minute };
        Self { burst, each: Duration::from_micros(60_000_000 / a_minute as u64) }
    }
}

/// How often, by who asks for what. A client that asks oftener gets `too_many_requests` with the time
/// to wait.
#[derive(Debug, Clone)]
pub struct Rates {
    /// Everything from one address; nothing to leave that, and the four below, to a proxy.
    pub address: Option<Rate>,
    /// Enrolling, from one address: a depot enrols all its phones at once.
    pub enrolment: Rate,
    /// Nonces and tokens, from one address.
    pub proof: Rate,
    /// Signing in, from one address: an office comes at eight. Wrong passwords have delays of their own.
    pub sign_in: Rate,
    /// What anybody may ask for, the page of a badge before all, from one address.
    pub public: Rate,
    /// Everything of one device.
    pub device: Rate,
    /// Everything of one member of staff.
    pub person: Rate,
}

/// How many at once.
#[derive(Debug, Clone)]
pub struct Counts {
    /// Connections of this server. More wait in the operating system's queue.
    pub connections: usize,
    /// Connections of one address; one more is closed at once.
    pub address_connections: usize,
    /// Requests under way. One more gets `busy`, so that the queue for the database has an end.
    pub requests: usize,
    /// Requests under way of one address.
    pub address_requests: usize,
    /// Polls that wait for news, which need no thread.
    pub waits: usize,
    /// Polls of one device.
    pub device_waits: usize,
}

/// How long.
#[derive(Debug, Clone)]
pub struct Times {
    /// For the head of a request, and for a connection on which none is under way.
    pub head: Duration,
    /// For a body whose sender anybody may be.
    pub open_body: Duration,
    /// For any other body, and a second more for each [`Times::BODY_BYTES`] that came.
    pub body: Duration,
    /// For a whole request but handing in a bundle.
    pub request: Duration,
    /// For a client to take the next bytes of an answer.
    pub answer: Duration,
}

impl Times {
    /// Bytes that buy a body one more second: a slow phone's photo part gets through, a drip does not.
    pub const BODY_BYTES: u64 = 4 * 1024;
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How often.
    pub rates: Rates,
    /// How many at once.
    pub counts: Counts,
    /// How long.
    pub times: Times,
    /// Bytes that are kept in a day of what one revoked phone hands in. It gets `hand_in_full` then, and
    /// keeps the rest.
    pub hand_in_a_day: u64,
    /// Whose word is taken for where a request comes from.
    pub proxies: Proxies,
}

/// 2 GiB: some hundred photos of a phone that was offline for long.
const HAND_IN_A_DAY: u64 = 2 * 1024 * 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        let rates = Rates {
            address: Some(Rate::new(2_000, 12_000)),
            enrolment: Rate::new(300, 120),
            proof: Rate::new(1_000, 1_200),
            sign_in: Rate::new(120, 60),
            public: Rate::new(60, 60),
            device: Rate::new(1_000, 3_000),
            person: Rate::new(300, 1_200),
        };
        let counts = Counts {
            connections: 4_096,
            address_connections: 512,
            requests: 512,
            address_requests: 128,
            waits: 3_072,
            device_waits: 2,
        };
        let times = Times {
            head: Duration::from_secs(10),
            open_body: Duration::from_secs(15),
            body: Duration::from_secs(60),
            request: Duration::from_secs(120),
            answer: Duration::from_secs(60),
        };
        Self { rates, counts, times, hand_in_a_day: HAND_IN_A_DAY, proxies: Proxies::default() }
    }
}
