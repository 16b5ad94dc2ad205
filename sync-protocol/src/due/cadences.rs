//! How often what is due: a district's configuration, the defaults being those of the measures.

use serde::{Deserialize, Serialize};

/// How often homes are visited and inspected, and how long people have. All in days.
///
/// The defaults are those of DOMAIN's sources: the Liaoning measures of 2013 (articles 9, 10, 13) and
/// a police station's training notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cadences {
    /// Between two inspections of a key rental premises (training notes).
    pub inspect_key_days: u16,
    /// Between two inspections of an ordinary rental premises (training notes).
    pub inspect_ordinary_days: u16,
    /// Between two visits to a household (training notes: once a year).
    pub visit_days: u16,
    /// From arrival to registration of a stay (Liaoning art. 9 and 10).
    pub register_days: u16,
    /// Before a permit ends, from when its renewal is due (Liaoning art. 13).
    pub renewal_days: u16,
}

impl Default for Cadences {
    fn default() -> Cadences {
        Cadences {
            inspect_key_days: 7,
            inspect_ordinary_days: 30,
            visit_days: 365,
            register_days: 7,
            renewal_days: 30,
        }
    }
}
