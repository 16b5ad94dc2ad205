//! Values as they cross to the app.

use serde::Serialize;
use sync_protocol::records::Value;

/// A field's value.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum FieldValue {
    /// Cleared on purpose.
    Cleared,
    /// Yes or no.
    Flag {
        /// Which.
        yes: bool,
    },
    /// A whole number; of a moment, milliseconds since 1970 UTC.
    Number {
        /// Which.
        number: i64,
    },
    /// Text, a choice's code, or a date as `2026-11-22`.
    Text {
        /// Which.
        text: String,
    },
}

/// In JSON the bare scalar.
impl Serialize for FieldValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from(self.clone()).serialize(serializer)
    }
}

/// Prints the kind of value only: what people wrote never reaches a log.
impl std::fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Value::from(self.clone()).fmt(f)
    }
}

/// A value for a field.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Entry {
    /// The field's key.
    pub key: String,
    /// What is to stand there.
    pub value: FieldValue,
}

impl From<Value> for FieldValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Cleared,
            Value::Bool(yes) => Self::Flag { yes },
            Value::Int(number) => Self::Number { number },
            Value::Text(text) => Self::Text { text: text.into() },
        }
    }
}

impl From<FieldValue> for Value {
    fn from(value: FieldValue) -> Self {
        match value {
            FieldValue::Cleared => Self::Null,
            FieldValue::Flag { yes } => Self::Bool(yes),
            FieldValue::Number { number } => Self::Int(number),
            FieldValue::Text { text } => Self::Text(text.into()),
        }
    }
}

/// The entries as the core takes them.
pub(super) fn values(entries: Vec<Entry>) -> Vec<(String, Value)> {
    entries.into_iter().map(|entry| (entry.key, entry.value.into())).collect()
}
