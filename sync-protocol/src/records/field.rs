//! A field as the tables declare it, and the check of a value against it.

mod fits;

use super::document_number;
use super::{Condition, Roles, Value, Widget};

/// What people read, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Label {
    /// zh-CN.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Label {
    /// A label.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }
}

/// One value that a choice can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Choice {
    /// The stable code that is stored.
    pub code: &'static str,
    /// What people read.
    pub label: Label,
}

impl Choice {
    /// A choice.
    pub const fn new(code: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { code, label: Label::new(zh, en) }
    }
}

/// What a field holds. Sizes are in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// One line of text.
    ShortText(usize),
    /// Free text that merges by character. It carries a notice of what must not be written there.
    LongText(usize),
    /// A code of the list. Its order, weakest first, is the rank for `severest` and `furthest`.
    Choice(&'static [Choice]),
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// Yes or no.
    Boolean,
    /// A day, `2026-11-22` (ISO 8601).
    Date,
    /// A moment in milliseconds since 1970 UTC, by the phone's clock.
    Instant,
    /// A person's or an organisation's name.
    Name,
    /// A telephone number: digits, spaces, `+`, `-`, 3 to 20 of them.
    Phone,
    /// An identity document's number, up to 32 letters and digits.
    DocumentNumber,
    /// A GB/T 2260 division code, 6 digits.
    DivisionCode,
    /// The id of another record, as 32 hexadecimal digits.
    Record,
    /// The SHA-256 of a stored picture, as 64 hexadecimal digits.
    Blob,
    /// Yes or no, a whole number, or one line of text: which of them, the district's configuration
    /// says ([`crate::configuration`]).
    Any(usize),
}

impl FieldType {
    /// The greatest whole number that [`FieldType::Any`] takes, and with a minus the smallest: what
    /// JSON carries everywhere (RFC 8259, section 6).
    pub const ANY_MOST: i64 = 9_007_199_254_740_991;

    /// The type's stable name in JSON and docs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ShortText(_) => "text",
            Self::LongText(_) => "long_text",
            Self::Choice(_) => "choice",
            Self::Integer(..) => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::DocumentNumber => "document_number",
            Self::DivisionCode => "division_code",
            Self::Record => "record",
            Self::Blob => "blob",
            Self::Any(_) => "any",
        }
    }

    /// The most characters that a text of the type can have, where that is not fixed.
    pub const fn max_chars(&self) -> Option<usize> {
        match self {
            Self::ShortText(most) | Self::LongText(most) | Self::Any(most) => Some(*most),
            Self::Name => Some(fits::NAME_CHARS),
            Self::Phone => Some(fits::PHONE_CHARS),
            Self::DocumentNumber => Some(document_number::MOST_CHARS),
            _ => None,
        }
    }
}

/// How values that were written without knowing of each other resolve (SYNC.md, domain-aware merge).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// Automerge's own winner: the highest operation id.
    Latest,
    /// The worst finding stands: fail > pass > not applicable.
    Severest,
    /// The greatest number.
    Highest,
    /// The earliest day or moment, or the smallest number.
    Earliest,
    /// The most advanced step: done > referred > requested.
    Furthest,
    /// By character.
    Text,
    /// A person decides; until then the latest stands and the clash is listed.
    Review,
}

impl Merge {
    /// The rule's name, as the tables of docs and JSON give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Severest => "severest",
            Self::Highest => "highest",
            Self::Earliest => "earliest",
            Self::Furthest => "furthest",
            Self::Text => "text",
            Self::Review => "review",
        }
    }
}

/// How carefully a value is handled.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// About the home or the work.
    Open,
    /// About a person.
    Personal,
    /// A document number, a phone, an owner's details: masked unless there is a reason.
    Sensitive,
}

impl Sensitivity {
    /// Its name in docs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Personal => "personal",
            Self::Sensitive => "sensitive",
        }
    }
}

/// One field of one kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The stable snake_case key; `{part}` in it stands for one segment (see [`super::Part`]).
    pub key: &'static str,
    /// What people read.
    pub label: Label,
    /// What it holds.
    pub kind: FieldType,
    /// Who may write it.
    pub writers: Roles,
    /// How concurrent values resolve.
    pub merge: Merge,
    /// How carefully it is handled.
    pub sensitivity: Sensitivity,
    /// Whether it is a text that maps and lists need, and so is stored in the open.
    pub plain: bool,
    /// When a report or a registration is incomplete without it.
    pub required: Condition,
    /// When a screen shows it, filled in or not.
    pub shown: Condition,
    /// How a screen asks for it.
    pub widget: Widget,
}

impl Field {
    /// A field that those at the door write; concurrent values resolve to the latest.
    pub const fn new(
        key: &'static str,
        zh: &'static str,
        en: &'static str,
        kind: FieldType,
    ) -> Self {
        let merge = match kind {
            FieldType::LongText(_) => Merge::Text,
            _ => Merge::Latest,
        };
        Self {
            key,
            label: Label::new(zh, en),
            kind,
            writers: Roles::FIELD_AND_REVIEW,
            merge,
            sensitivity: Sensitivity::Open,
            plain: false,
            required: Condition::Never,
            shown: Condition::Always,
            widget: Widget::of(kind),
        }
    }

    /// With another rule for concurrent values.
    #[must_use]
    pub const fn merge(mut self, merge: Merge) -> Self {
        self.merge = merge;
        self
    }

    /// Concurrent values are a clash that a person decides.
    #[must_use]
    pub const fn review(self) -> Self {
        self.merge(Merge::Review)
    }

    /// With other writers.
    #[must_use]
    pub const fn writers(mut self, writers: Roles) -> Self {
        self.writers = writers;
        self
    }

    /// About a person.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.sensitivity = Sensitivity::Personal;
        self
    }

    /// Masked unless there is a reason.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitivity = Sensitivity::Sensitive;
        self
    }

    /// A text that maps and lists need.
    #[must_use]
    pub const fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Whether the server stores its values encrypted only: names, numbers, phones and all words that
    /// people write. Codes, days, numbers, yes and no, and the parts of an address lie in the open too.
    pub const fn is_sealed(&self) -> bool {
        match self.kind {
            FieldType::Name
            | FieldType::Phone
            | FieldType::DocumentNumber
            | FieldType::LongText(_)
            | FieldType::Any(_) => true,
            FieldType::ShortText(_) => !self.plain,
            _ => matches!(self.sensitivity, Sensitivity::Sensitive),
        }
    }

    /// Must be filled in.
    #[must_use]
    pub const fn required(mut self, required: Condition) -> Self {
        self.required = required;
        self
    }

    /// Shown under a condition.
    #[must_use]
    pub const fn shown(mut self, shown: Condition) -> Self {
        self.shown = shown;
        self
    }

    /// With a widget that does not follow from its type.
    #[must_use]
    pub const fn widget(mut self, widget: Widget) -> Self {
        self.widget = widget;
        self
    }

    /// Whether a value is of the field's type and size.
    ///
    /// # Errors
    /// The words of [`ValueError`]; the value itself is never in them.
    pub fn check(&self, value: &Value) -> Result<(), ValueError> {
        if fits::fits(self.kind, value) { Ok(()) } else { Err(ValueError(self.kind)) }
    }

    /// The rank of a choice for `severest` and `furthest`: its place in the list.
    pub fn rank(&self, value: &Value) -> Option<usize> {
        match self.kind {
            FieldType::Choice(choices) => {
                let code = value.as_text()?;
                choices.iter().position(|choice| choice.code == code)
            }
            _ => None,
        }
    }

    /// What people read for a choice's value.
    pub fn choice_label(&self, value: &Value) -> Option<Label> {
        match self.kind {
            FieldType::Choice(choices) => choices.get(self.rank(value)?).map(|choice| choice.label),
            _ => None,
        }
    }
}

/// A value is not of its field's type or past its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value is not of type {} or past its bounds", .0.name())]
pub struct ValueError(pub FieldType);
