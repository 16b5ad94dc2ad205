//! The values of one record, in the order in which they were filled in.

use sync_protocol::records::Value;

/// A record's values by key.
pub type Values = Vec<(String, Value)>;

/// Values while they are filled in.
#[derive(Default)]
pub(super) struct Row(Values);

impl Row {
    /// Fills in a field.
    pub(super) fn set(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.push((key.into(), value.into()));
    }

    /// Fills in a field where there is something to write.
    pub(super) fn maybe(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    /// Fills in a field with a day.
    pub(super) fn day(&mut self, key: &str, day: chrono::NaiveDate) {
        self.set(key, day.to_string());
    }

    /// What was filled in.
    pub(super) fn done(self) -> Values {
        self.0
    }
}
