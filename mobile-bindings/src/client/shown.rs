//! Fields, values, people and moments in words.

use std::collections::HashMap;

use sync_protocol::configuration::{Configuration, ExtraField};
use sync_protocol::document::Stamp;
use sync_protocol::ids::{DeviceId, RecordId};
use sync_protocol::records::shared::CUSTOM;
use sync_protocol::records::{Field, FieldType, Kind, Part, Value};

use super::Bilingual;
use crate::error::CoreError;
use crate::store::device::Device;
use crate::store::{Connection, configuration, records, writers};

/// What is needed to put a record into words.
pub(super) struct Wording<'c> {
    connection: &'c Connection,
    names: HashMap<DeviceId, String>,
    configuration: Configuration,
}

impl<'c> Wording<'c> {
    /// Reads who writes with which device; `me` writes with this one.
    pub(super) fn new(connection: &'c Connection, me: Option<&Device>) -> Result<Self, CoreError> {
        let mut names = writers::all(connection)?;
        names.extend(me.map(|me| (me.device, me.person_name.clone())));
        Ok(Self { connection, names, configuration: configuration::current(connection)? })
    }

    /// Who wrote something: the person's name, else the device's id.
    pub(super) fn by(&self, stamp: &Stamp) -> String {
        let device = stamp.actor.device();
        self.names.get(&device).cloned().unwrap_or_else(|| device.to_string())
    }

    /// What people read for a key.
    pub(super) fn label(&self, kind: Kind, key: &str) -> Bilingual {
        if let Some(own) = self.own(kind, key) {
            return (&own.label).into();
        }
        let Some((field, segment)) = kind.field(key).filter(|(field, _)| **field != CUSTOM) else {
            return Bilingual::same(key);
        };
        let label = Bilingual::from(field.label);
        let Some(part) = Part::of_key(field.key) else {
            return label;
        };
        let (zh, en) = self.segment(kind, part, segment);
        Bilingual { zh: format!("{zh} · {}", label.zh), en: format!("{en} · {}", label.en) }
    }

    fn segment(&self, kind: Kind, part: Part, segment: &str) -> (String, String) {
        if let Some(label) = part.label(segment) {
            return (label.zh.to_owned(), label.en.to_owned());
        }
        let words = match part {
            Part::Residency => self.title(segment),
            Part::Decided => {
                let decided = self.label(kind, segment);
                return (decided.zh, decided.en);
            }
            Part::Photo => segment.chars().take(8).collect(),
            Part::Need | Part::Item | Part::Custom => segment.to_owned(),
        };
        (words.clone(), words)
    }

    /// The district's own field of a key, if its configuration has one.
    pub(super) fn own(&self, kind: Kind, key: &str) -> Option<&ExtraField> {
        self.configuration.field(kind, key)
    }

    /// The value of a key in words.
    pub(super) fn value_of(&self, kind: Kind, key: &str, value: &Value) -> Bilingual {
        let chosen = self.own(kind, key).and_then(|own| own.choice_label(value));
        match chosen {
            Some(label) => label.into(),
            None => self.value(kind.field(key).map(|(field, _)| field), value),
        }
    }

    /// A value in words.
    fn value(&self, field: Option<&Field>, value: &Value) -> Bilingual {
        if let Some(label) = field.and_then(|field| field.choice_label(value)) {
            return label.into();
        }
        match (field.map(|field| field.kind), value) {
            (_, Value::Null) => Bilingual { zh: "(已清空)".into(), en: "(cleared)".into() },
            (_, Value::Bool(true)) => Bilingual { zh: "是".into(), en: "yes".into() },
            (_, Value::Bool(false)) => Bilingual { zh: "否".into(), en: "no".into() },
            (Some(FieldType::Instant), Value::Int(at)) => Bilingual::same(moment(*at)),
            (_, Value::Int(number)) => Bilingual::same(number.to_string()),
            (Some(FieldType::Record), Value::Text(id)) => Bilingual::same(self.title(id)),
            (_, Value::Text(text)) => Bilingual::same(text.to_string()),
        }
    }

    /// The title of a record that is named; its id if it is not on the phone or has none.
    fn title(&self, id: &str) -> String {
        let record = id.parse::<RecordId>().ok();
        let listed = record.and_then(|id| records::find(self.connection, id).ok()?);
        match listed {
            Some(listed) if !listed.title.is_empty() => listed.title,
            _ => id.chars().take(8).collect(),
        }
    }
}

/// A moment as a clock on a wall in China shows it: the country has one time, UTC+8.
pub(super) fn moment(at_ms: i64) -> String {
    let china = chrono::FixedOffset::east_opt(8 * 3600);
    let utc = chrono::DateTime::from_timestamp_millis(at_ms);
    match (utc, china) {
        (Some(utc), Some(china)) => utc.with_timezone(&china).format("%Y-%m-%d %H:%M").to_string(),
        _ => at_ms.to_string(),
    }
}
