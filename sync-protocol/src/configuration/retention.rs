//! How long a district keeps what. Of what workers wrote and residents asked nothing is erased that the
//! district has not said: the measures name no time. What the server notes for itself, to let people
//! in, goes by defaults.

use serde::{Deserialize, Serialize};

/// Days after which something may be erased; where none are said, it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// A stay, after the person departed.
    pub departed_days: Option<u16>,
    /// An accepted report, after its last change came.
    pub accepted_days: Option<u16>,
    /// A draft that was never handed in, after its last change came.
    pub draft_days: Option<u16>,
    /// A resident's request, after it was closed.
    pub request_days: Option<u16>,
    /// A refused change, after staff decided on it.
    pub decided_days: Option<u16>,
    /// A change that waited in vain for others and that nobody decided on, after it was given up.
    pub given_up_days: Option<u16>,
    /// What a phone was to be told of its changes and never fetched.
    pub verdict_days: Option<u16>,
    /// A session of the console, after it ended.
    pub session_days: Option<u16>,
    /// How often signing in failed from somewhere, and that it went well, after the last attempt.
    pub sign_in_attempt_days: Option<u16>,
    /// A code that is good once (of an enrolment, an invitation, a token, a way to the identity
    /// provider), after its end.
    pub one_time_days: Option<u16>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            departed_days: None,
            accepted_days: None,
            draft_days: None,
            request_days: None,
            decided_days: None,
            given_up_days: None,
            // A phone that was away for longer offers its changes again and is answered anew.
            verdict_days: Some(365),
            session_days: Some(1),
            // For so long it is remembered that somebody signed in well from there.
            sign_in_attempt_days: Some(90),
            one_time_days: Some(7),
        }
    }
}

/// Fewest days of what somebody wrote or asked: nothing goes so soon that nobody could have noticed.
const FEWEST_DAYS: u16 = 30;

/// What the server notes for itself, by key: a day is enough.
const OWN: [&str; 3] = ["session_days", "sign_in_attempt_days", "one_time_days"];

/// The fewest days of a key.
pub(super) fn fewest_days(key: &str) -> u16 {
    if OWN.contains(&key) { 1 } else { FEWEST_DAYS }
}
