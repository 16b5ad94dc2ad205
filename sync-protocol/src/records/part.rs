//! Repeated things are keys with one variable segment: `item.gas.result`, `photo.<sha256>.caption`.
//! A [`Part`] says what may stand in that segment.

use super::{Choice, Label, inspection, visit};
use crate::ids::{BlobId, RecordId};

/// What the variable segment of a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A residency's id.
    Residency,
    /// A service need's code.
    Need,
    /// A checklist item's code.
    Item,
    /// A photo's SHA-256.
    Photo,
    /// The key of the field that a reviewer decided.
    Decided,
    /// A district's own field.
    Custom,
}

impl Part {
    /// The part of a placeholder's name.
    pub fn of_placeholder(name: &str) -> Option<Self> {
        match name {
            "residency" => Some(Self::Residency),
            "need" => Some(Self::Need),
            "item" => Some(Self::Item),
            "photo" => Some(Self::Photo),
            "decided" => Some(Self::Decided),
            "custom" => Some(Self::Custom),
            _ => None,
        }
    }

    /// Whether a segment may stand here.
    pub fn accepts(self, segment: &str) -> bool {
        match self {
            Self::Residency => segment.parse::<RecordId>().is_ok() && is_lower_hex(segment),
            Self::Photo => segment.parse::<BlobId>().is_ok() && is_lower_hex(segment),
            Self::Need | Self::Item => self.label(segment).is_some(),
            Self::Decided => !segment.is_empty() && segment.len() <= 96,
            Self::Custom => is_custom_name(segment),
        }
    }

    /// The part that varies in a field's key, if one does.
    pub fn of_key(pattern: &str) -> Option<Self> {
        let (_, rest) = pattern.split_once('{')?;
        Self::of_placeholder(rest.split_once('}')?.0)
    }

    /// Its name in keys and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Residency => "residency",
            Self::Need => "need",
            Self::Item => "item",
            Self::Photo => "photo",
            Self::Decided => "decided",
            Self::Custom => "custom",
        }
    }

    /// The codes that may stand here, where they are a list; empty where they are not.
    pub const fn choices(self) -> &'static [Choice] {
        match self {
            Self::Need => visit::NEEDS,
            Self::Item => inspection::ITEMS,
            _ => &[],
        }
    }

    /// What people read for a coded segment.
    pub fn label(self, segment: &str) -> Option<Label> {
        self.choices().iter().find(|choice| choice.code == segment).map(|choice| choice.label)
    }
}

fn is_lower_hex(segment: &str) -> bool {
    !segment.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_custom_name(segment: &str) -> bool {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=48).contains(&segment.len()) && segment.bytes().all(word)
}

/// A field's key with a variable segment, taken apart.
///
/// `{decided}` and `{custom}` stand at the end and take the whole rest of a key.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    head: &'static str,
    part: Part,
    tail: &'static str,
}

impl Pattern {
    /// The pattern of a field's key; nothing where no segment of it varies.
    pub fn of(key: &'static str) -> Option<Self> {
        let (head, rest) = key.split_once('{')?;
        let (placeholder, tail) = rest.split_once('}')?;
        Some(Self { head, part: Part::of_placeholder(placeholder)?, tail })
    }

    /// The variable segment of a key that fits.
    pub fn segment<'k>(&self, key: &'k str) -> Option<&'k str> {
        let segment = key.strip_prefix(self.head)?.strip_suffix(self.tail)?;
        self.part.accepts(segment).then_some(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches<'k>(pattern: &'static str, key: &'k str) -> Option<&'k str> {
        Pattern::of(pattern)?.segment(key)
    }

    #[test]
    fn a_pattern_takes_one_segment_of_its_kind() {
        assert_eq!(matches("item.{item}.result", "item.gas.result"), Some("gas"));
        assert_eq!(matches("item.{item}.result", "item.aura.result"), None);
        assert_eq!(matches("item.{item}.result", "item.gas.resul"), None);
        assert!(Pattern::of("use").is_none());
        assert_eq!(matches("x.{custom}", "x.meter_no"), Some("meter_no"));
        assert_eq!(matches("x.{custom}", "x.Bad"), None);
        let photo = format!("photo.{}.caption", "ab".repeat(32));
        assert_eq!(matches("photo.{photo}.caption", &photo), Some("ab".repeat(32).as_str()));
        assert_eq!(matches("photo.{photo}.caption", &photo.to_uppercase()), None);
    }
}
