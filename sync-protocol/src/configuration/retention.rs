//! How long a district keeps what. Nothing is erased that it has not said: the measures name no time,
//! so the district decides.

use serde::{Deserialize, Serialize};

/// Days after which something may be erased; what is left out is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
}

/// Fewest days: nothing goes so soon that nobody could have noticed.
pub(super) const FEWEST_DAYS: u16 = 30;
