//! What the rules look at: the values of one record, filled in ones only, and the day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::configuration::{Configuration, ExtraField};
use crate::due::day::in_china;
use crate::records::document_number::{CitizenNumber, parse_citizen};
use crate::records::{Kind, Value};

/// The values of one record.
#[derive(Debug, Clone)]
pub struct Sheet<'v> {
    /// Its kind.
    pub kind: Kind,
    now: i64,
    values: BTreeMap<&'v str, &'v Value>,
    configuration: Option<&'v Configuration>,
}

impl<'v> Sheet<'v> {
    /// The values of a record by key, a later one in place of an earlier one of the same key; what
    /// is cleared or empty does not count. `now` is in
    /// milliseconds since 1970 UTC, by the phone's clock: warnings alone depend on it.
    pub fn new(
        kind: Kind,
        now: i64,
        values: impl IntoIterator<Item = (&'v str, &'v Value)>,
    ) -> Self {
        let filled = |value: &Value| *value != Value::Null && value.as_text() != Some("");
        let mut values: BTreeMap<_, _> = values.into_iter().collect();
        values.retain(|_, value| filled(value));
        Self { kind, now, values, configuration: None }
    }

    /// The same, held to a district's configuration too.
    #[must_use]
    pub fn under(mut self, configuration: &'v Configuration) -> Self {
        self.configuration = Some(configuration);
        self
    }

    /// The district's own fields of this kind of record.
    pub(super) fn extra(&self) -> impl Iterator<Item = &'v ExtraField> + use<'v> {
        let kind = self.kind;
        self.configuration.into_iter().flat_map(move |configuration| configuration.of_kind(kind))
    }

    /// The value of a key, if it is filled in.
    pub fn value(&self, key: &str) -> Option<&'v Value> {
        self.values.get(key).copied()
    }

    /// The text of a key.
    pub fn text(&self, key: &str) -> Option<&'v str> {
        self.value(key)?.as_text()
    }

    /// The keys that are filled in, in their order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'v str> {
        self.values.keys().copied()
    }

    /// The day that a key says; of a moment, the day in China.
    pub fn day(&self, key: &str) -> Option<NaiveDate> {
        match self.value(key)? {
            Value::Int(moment) => in_china(*moment),
            value => value.as_text()?.parse().ok(),
        }
    }

    /// The present day in China.
    pub(super) fn today(&self) -> Option<NaiveDate> {
        in_china(self.now)
    }

    /// The number of the resident identity card, if the document is one and the number holds.
    pub(super) fn citizen(&self) -> Option<CitizenNumber> {
        parse_citizen(self.resident_number()?).ok()
    }

    /// The document's number, if the document is a resident identity card.
    pub(super) fn resident_number(&self) -> Option<&'v str> {
        let card =
            self.kind == Kind::Residency && self.text("document_type") == Some("resident_id");
        if card { self.text("document_number") } else { None }
    }
}
