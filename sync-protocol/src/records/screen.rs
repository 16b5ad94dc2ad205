//! How a field stands on a screen: what asks for it, and under which heading.

use super::{FieldType, Label};

/// What a screen asks with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Widget {
    /// One line of text.
    Line,
    /// Several lines; the notice of what must not be written stands beside them.
    Paragraph,
    /// All choices at once, one of them chosen.
    Radio,
    /// A list that opens.
    Picker,
    /// Digits.
    Number,
    /// Yes, no, or not answered yet.
    YesNo,
    /// A calendar.
    Day,
    /// A calendar and a clock.
    Moment,
    /// A telephone's keys.
    Telephone,
    /// The number of a document; capital letters and digits.
    Document,
    /// A division of the country.
    Division,
    /// Another record, chosen from a list.
    Record,
    /// A finger writes.
    Signature,
    /// Nothing to type: the call that makes the record, the report's review or the photo sets it.
    Given,
}

/// Choices up to this many are shown at once.
const AT_ONCE: usize = 4;

impl Widget {
    /// Every widget.
    pub const ALL: [Self; 14] = [
        Self::Line,
        Self::Paragraph,
        Self::Radio,
        Self::Picker,
        Self::Number,
        Self::YesNo,
        Self::Day,
        Self::Moment,
        Self::Telephone,
        Self::Document,
        Self::Division,
        Self::Record,
        Self::Signature,
        Self::Given,
    ];

    /// What a type is asked with unless its field says otherwise.
    pub const fn of(kind: FieldType) -> Self {
        match kind {
            FieldType::ShortText(_) | FieldType::Name | FieldType::Any(_) => Self::Line,
            FieldType::LongText(_) => Self::Paragraph,
            FieldType::Choice(choices) => Self::of_choices(choices.len()),
            FieldType::Integer(..) => Self::Number,
            FieldType::Boolean => Self::YesNo,
            FieldType::Date => Self::Day,
            FieldType::Instant => Self::Moment,
            FieldType::Phone => Self::Telephone,
            FieldType::DocumentNumber => Self::Document,
            FieldType::DivisionCode => Self::Division,
            FieldType::Record => Self::Record,
            FieldType::Blob => Self::Signature,
        }
    }

    /// What so many choices are asked with.
    pub const fn of_choices(many: usize) -> Self {
        if many <= AT_ONCE { Self::Radio } else { Self::Picker }
    }

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
            Self::Radio => "radio",
            Self::Picker => "picker",
            Self::Number => "number",
            Self::YesNo => "yes_no",
            Self::Day => "day",
            Self::Moment => "moment",
            Self::Telephone => "telephone",
            Self::Document => "document",
            Self::Division => "division",
            Self::Record => "record",
            Self::Signature => "signature",
            Self::Given => "given",
        }
    }

    /// What an app does with it, for docs/forms.md.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Line => "one line of text, at most `max_chars`",
            Self::Paragraph => {
                "several lines, at most `max_chars`, with the `free_text_notice` beside"
            }
            Self::Radio => "the `choices`, all at once",
            Self::Picker => "the `choices`, in a list that opens",
            Self::Number => "a whole number from `min` to `max`",
            Self::YesNo => "yes, no, or not answered yet",
            Self::Day => "a day, stored as `2026-11-22`",
            Self::Moment => "a day and a time, stored in milliseconds since 1970 UTC",
            Self::Telephone => "a telephone number",
            Self::Document => "the number of a document",
            Self::Division => "a GB/T 2260 division code, 6 digits",
            Self::Record => "another record, stored as its id",
            Self::Signature => "a finger writes; stored as the picture's SHA-256",
            Self::Given => {
                "nothing to type: a call sets it (the premises, the state, the photo, a decision)"
            }
        }
    }
}

/// A heading of a screen. It stands over the fields of the table from its first one on, up to the
/// next section's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// The stable code.
    pub code: &'static str,
    /// What people read.
    pub label: Label,
    /// The key of its first field.
    pub first: &'static str,
}

impl Section {
    /// A section.
    pub const fn new(
        code: &'static str,
        zh: &'static str,
        en: &'static str,
        first: &'static str,
    ) -> Self {
        Self { code, label: Label::new(zh, en), first }
    }
}
