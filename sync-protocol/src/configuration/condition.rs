//! When a district's field is shown and when it must be filled in: the conditions of the field
//! tables, written by staff.

use serde::{Deserialize, Serialize};

use crate::records::{Value, condition};

/// A condition on the other values of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "if", rename_all = "snake_case")]
pub enum When {
    /// It never holds.
    Never,
    /// It always does.
    Always,
    /// Another field has one of these values; yes and no are `true` and `false`.
    Value {
        /// The other field's key, without a variable segment.
        key: String,
        /// The codes.
        one_of: Vec<String>,
    },
}

impl When {
    /// Whether it holds.
    pub fn holds<'v>(&self, value: impl Fn(&str) -> Option<&'v Value>) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Value { key, one_of } => {
                value(key).map(condition::word).is_some_and(|word| one_of.contains(&word))
            }
        }
    }

    /// The key that it depends on.
    pub fn depends_on(&self) -> Option<&str> {
        match self {
            Self::Value { key, .. } => Some(key),
            Self::Never | Self::Always => None,
        }
    }
}
