//! The kinds of record and the way from a key to its field.

use std::sync::LazyLock;

use minicbor::{Decode, Encode};

use super::part::Pattern;
use super::{Field, FieldType, Label, Merge, Section, inspection, premises, residency, visit};

/// A kind of record.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Kind {
    /// 实有房屋 / 场所: a home or another place.
    #[n(1)]
    Premises,
    /// 居住登记: one person's stay at one premises.
    #[n(2)]
    Residency,
    /// 入户走访: a household visit.
    #[n(3)]
    Visit,
    /// 出租房屋检查: an inspection of a rented home.
    #[n(4)]
    Inspection,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Premises, Self::Residency, Self::Visit, Self::Inspection];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Premises => "premises",
            Self::Residency => "residency",
            Self::Visit => "visit",
            Self::Inspection => "inspection",
        }
    }

    /// What people call it.
    pub const fn label(self) -> Label {
        match self {
            Self::Premises => Label::new("房屋", "Premises"),
            Self::Residency => Label::new("居住登记", "Residency"),
            Self::Visit => Label::new("入户走访", "Visit"),
            Self::Inspection => Label::new("出租房屋检查", "Inspection"),
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The number that stands for it on the wire and in the database.
    pub const fn number(self) -> i16 {
        match self {
            Self::Premises => 1,
            Self::Residency => 2,
            Self::Visit => 3,
            Self::Inspection => 4,
        }
    }

    /// The kind of a number.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether it is a report: reviewed, and closed once accepted.
    pub const fn is_report(self) -> bool {
        matches!(self, Self::Visit | Self::Inspection)
    }

    /// The field table.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Premises => premises::FIELDS,
            Self::Residency => residency::FIELDS,
            Self::Visit => visit::FIELDS,
            Self::Inspection => inspection::FIELDS,
        }
    }

    /// The headings of its screen, in the order of the fields that they stand over.
    pub const fn sections(self) -> &'static [Section] {
        match self {
            Self::Premises => premises::SECTIONS,
            Self::Residency => residency::SECTIONS,
            Self::Visit => visit::SECTIONS,
            Self::Inspection => inspection::SECTIONS,
        }
    }

    /// The field of a key and the key's variable segment (empty where it has none).
    pub fn field(self, key: &str) -> Option<(&'static Field, &str)> {
        let index = INDEX.iter().find(|index| index.kind == self)?;
        // A variable segment stands between dots, or behind one; other keys have none.
        if key.contains('.') {
            let of = |(pattern, field): &(Pattern, &'static Field)| {
                Some((*field, pattern.segment(key)?))
            };
            return index.patterned.iter().find_map(of);
        }
        let place = index.plain.binary_search_by_key(&key, |field| field.key).ok()?;
        index.plain.get(place).map(|field| (*field, ""))
    }

    /// The keys of the free texts that merge by character, in table order.
    pub fn text_keys(self) -> impl Iterator<Item = &'static str> {
        self.fields()
            .iter()
            .filter(|field| {
                field.merge == Merge::Text && matches!(field.kind, FieldType::LongText(_))
            })
            .map(|field| field.key)
    }
}

/// The way from keys to fields, made once: every operation of every change is looked up.
static INDEX: LazyLock<Vec<Index>> =
    LazyLock::new(|| Kind::ALL.iter().map(|kind| Index::of(*kind)).collect());

struct Index {
    kind: Kind,
    /// By key.
    plain: Vec<&'static Field>,
    /// Those with a variable segment, in the order of the table.
    patterned: Vec<(Pattern, &'static Field)>,
}

impl Index {
    fn of(kind: Kind) -> Self {
        let pattern = |field: &'static Field| Some((Pattern::of(field.key)?, field));
        let patterned = kind.fields().iter().filter_map(pattern).collect();
        let mut plain: Vec<&'static Field> =
            kind.fields().iter().filter(|field| Pattern::of(field.key).is_none()).collect();
        plain.sort_unstable_by_key(|field| field.key);
        Self { kind, plain, patterned }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Sensitivity;

    #[test]
    fn every_key_is_snake_case_unique_and_found() {
        for kind in Kind::ALL {
            let mut seen = std::collections::BTreeSet::new();
            for field in kind.fields() {
                assert!(seen.insert(field.key), "{} twice in {kind:?}", field.key);
                let plain =
                    |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.{}".contains(&b);
                assert!(field.key.bytes().all(plain), "{}", field.key);
                if !field.key.contains('{') {
                    assert_eq!(kind.field(field.key), Some((field, "")));
                    assert!(!field.key.contains('.'), "{}", field.key);
                }
                assert!(!field.label.zh.is_empty() && !field.label.en.is_empty());
            }
        }
    }

    #[test]
    fn phones_and_document_numbers_are_sensitive_wherever_they_stand() {
        for field in Kind::ALL.iter().flat_map(|kind| kind.fields()) {
            if matches!(field.kind, FieldType::Phone | FieldType::DocumentNumber) {
                assert_eq!(field.sensitivity, Sensitivity::Sensitive, "{}", field.key);
            }
        }
    }

    #[test]
    fn ranked_rules_stand_on_choices_only() {
        for field in Kind::ALL.iter().flat_map(|kind| kind.fields()) {
            if matches!(field.merge, Merge::Severest | Merge::Furthest) {
                assert!(matches!(field.kind, FieldType::Choice(_)), "{}", field.key);
            }
        }
    }

    #[test]
    fn codes_and_numbers_lead_back_to_their_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
            assert_eq!(Kind::from_number(kind.number()), Some(kind));
        }
    }
}
