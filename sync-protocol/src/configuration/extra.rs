//! A district's own field: what it asks, and whether a value is one of its values.

use serde::{Deserialize, Serialize};

use super::{Bilingual, When};
use crate::records::{Field, FieldType, Kind, Sensitivity, Value, Widget};

/// What a district's field holds. In a record each is the plain scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraType {
    /// One line of text.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A code of the list.
    Choice,
    /// A day, `2026-11-22`.
    Date,
}

impl ExtraType {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Choice => "choice",
            Self::Date => "date",
        }
    }
}

/// One value that a choice can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraChoice {
    /// The stable code that is stored.
    pub code: String,
    /// What people read.
    pub label: Bilingual,
}

/// A district's own field of one kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraField {
    /// The kind of record.
    pub kind: Kind,
    /// The heading under which it stands.
    pub section: String,
    /// The key, `x.` and a name.
    pub key: String,
    /// What people read.
    pub label: Bilingual,
    /// What it holds.
    #[serde(rename = "type")]
    pub holds: ExtraType,
    /// The most characters of a text; at most, and without it, [`ExtraField::MOST_CHARS`].
    #[serde(default)]
    pub max_chars: Option<usize>,
    /// The smallest number.
    #[serde(default)]
    pub min: Option<i64>,
    /// The greatest number.
    #[serde(default)]
    pub max: Option<i64>,
    /// What can be chosen.
    #[serde(default)]
    pub choices: Vec<ExtraChoice>,
    /// When a screen shows it.
    #[serde(default = "always")]
    pub shown: When,
    /// When a report is incomplete without it.
    #[serde(default = "never")]
    pub required: When,
    /// Whether people write in their own words there: the notice of what must not be written stands
    /// beside it.
    #[serde(default)]
    pub free_text: bool,
    /// How carefully it is handled; about a person unless it is said.
    #[serde(default = "personal")]
    pub sensitivity: Sensitivity,
}

fn always() -> When {
    When::Always
}

fn never() -> When {
    When::Never
}

fn personal() -> Sensitivity {
    Sensitivity::Personal
}

impl ExtraField {
    /// The most characters of a text: what a server takes under an `x.` key.
    pub const MOST_CHARS: usize = 500;

    /// The greatest whole number, and with a minus the smallest: what JSON carries everywhere.
    pub const MOST: i64 = FieldType::ANY_MOST;

    /// Its bounds as a number.
    pub fn bounds(&self) -> (i64, i64) {
        (self.min.unwrap_or(-Self::MOST), self.max.unwrap_or(Self::MOST))
    }

    /// Whether a value is one of its values. Cleared it may always be.
    pub fn fits(&self, value: &Value) -> bool {
        let plain = |kind| Field::new("x.{custom}", "", "", kind).check(value).is_ok();
        let (low, high) = self.bounds();
        match self.holds {
            ExtraType::Text => {
                plain(FieldType::ShortText(self.max_chars.unwrap_or(Self::MOST_CHARS)))
            }
            ExtraType::Integer => plain(FieldType::Integer(low, high)),
            ExtraType::Boolean => plain(FieldType::Boolean),
            ExtraType::Date => plain(FieldType::Date),
            ExtraType::Choice => *value == Value::Null || self.choice_label(value).is_some(),
        }
    }

    /// What somebody typed, as the field stores it: digits become a number, yes and no themselves.
    /// What does not read as such stays as it is, and does not fit.
    pub fn typed(&self, value: Value) -> Value {
        let Value::Text(text) = &value else { return value };
        match (self.holds, text.trim()) {
            (ExtraType::Integer, digits) => digits.parse().map_or(value, Value::Int),
            (ExtraType::Boolean, "yes" | "true" | "是") => Value::Bool(true),
            (ExtraType::Boolean, "no" | "false" | "否") => Value::Bool(false),
            _ => value,
        }
    }

    /// What people read for a choice's value.
    pub fn choice_label(&self, value: &Value) -> Option<&Bilingual> {
        let code = value.as_text()?;
        self.choices.iter().find(|choice| choice.code == code).map(|choice| &choice.label)
    }

    /// What asks for it.
    pub fn widget(&self) -> Widget {
        match self.holds {
            ExtraType::Text => Widget::Line,
            ExtraType::Integer => Widget::Number,
            ExtraType::Boolean => Widget::YesNo,
            ExtraType::Choice => Widget::of_choices(self.choices.len()),
            ExtraType::Date => Widget::Day,
        }
    }
}
