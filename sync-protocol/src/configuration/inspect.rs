//! What is wrong with a configuration by itself.

use std::collections::BTreeSet;

use super::fault::{self, Fault};
use super::retention::fewest_days;
use super::{Bilingual, Configuration, ExtraField, ExtraType, When};
use crate::records::part::Pattern;
use crate::records::{Field, FieldType, Kind, Part, Value, shared};

/// Fields of a kind at most: each is asked at every door.
const FIELDS: usize = 40;

/// Choices of a field at most.
const CHOICES: usize = 60;

/// Characters of a label at most.
const LABEL_CHARS: usize = 60;

/// Days of a cadence at most: ten years.
const DAYS: u16 = 3_660;

/// What is wrong with a configuration, in its own order.
pub fn faults(configuration: &Configuration) -> Vec<Fault> {
    let mut found = Vec::new();
    whole(configuration, &mut found);
    let mut seen = BTreeSet::new();
    for (place, field) in configuration.extra.iter().enumerate() {
        let path = format!("extra[{place}]");
        if !seen.insert((field.kind, field.key.as_str())) {
            found.push(Fault::at(&fault::KEY_TWICE, format!("{path}.key")));
        }
        one(configuration, field, &path, &mut found);
    }
    found
}

fn whole(configuration: &Configuration, found: &mut Vec<Fault>) {
    let telephone = Field::new("telephone", "", "", FieldType::Phone);
    if let Some(number) = &configuration.telephone
        && telephone.check(&Value::from(number.as_str())).is_err()
    {
        found.push(Fault::at(&fault::TELEPHONE, "telephone"));
    }
    if configuration.public_address.as_deref().is_some_and(|address| !is_address(address)) {
        found.push(Fault::at(&fault::ADDRESS, "public_address"));
    }
    let days = serde_json::to_value(&configuration.due).unwrap_or_default();
    for (key, value) in days.as_object().into_iter().flatten() {
        let days = value.as_u64().and_then(|days| u16::try_from(days).ok());
        if days.is_some_and(|days| !(1..=DAYS).contains(&days)) {
            found.push(Fault::at(&fault::CADENCE, format!("due.{key}")));
        }
    }
    let days = serde_json::to_value(&configuration.retention).unwrap_or_default();
    for (key, value) in days.as_object().into_iter().flatten() {
        if value.as_u64().is_some_and(|days| days < u64::from(fewest_days(key))) {
            found.push(Fault::at(&fault::RETENTION, format!("retention.{key}")));
        }
    }
    for kind in Kind::ALL {
        if configuration.of_kind(kind).count() > FIELDS {
            found.push(Fault::at(&fault::TOO_MANY, format!("extra of {}", kind.code())));
        }
    }
}

fn is_address(address: &str) -> bool {
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/[]".contains(&byte);
    host.is_some_and(|host| {
        !host.is_empty() && host.len() <= 200 && !host.ends_with('/') && host.bytes().all(plain)
    })
}

fn one(configuration: &Configuration, field: &ExtraField, path: &str, found: &mut Vec<Fault>) {
    let mut tell = |wrong: bool, code, key: &str| {
        if wrong {
            found.push(Fault::at(code, format!("{path}.{key}")));
        }
    };
    let custom = Pattern::of(shared::CUSTOM.key);
    let fits = custom.is_some_and(|pattern| pattern.segment(&field.key).is_some());
    tell(!fits, &fault::BAD_KEY, "key");
    let sections = field.kind.sections();
    tell(sections.iter().all(|known| known.code != field.section), &fault::SECTION, "section");
    tell(!is_label(&field.label), &fault::LABEL, "label");
    tell(!are_choices(field), &fault::CHOICES, "choices");
    let unnamed = field.choices.iter().position(|choice| !is_label(&choice.label));
    tell(unnamed.is_some(), &fault::LABEL, &format!("choices[{}].label", unnamed.unwrap_or(0)));
    tell(!are_bounds(field), &fault::BOUNDS, "type");
    tell(field.free_text && field.holds != ExtraType::Text, &fault::FREE_TEXT, "free_text");
    for (key, when) in [("shown", &field.shown), ("required", &field.required)] {
        tell(!is_condition(configuration, field, when), &fault::CONDITION, key);
    }
}

fn is_label(label: &Bilingual) -> bool {
    let words = |text: &str| {
        let fits = text.chars().count() <= LABEL_CHARS && !text.chars().any(char::is_control);
        fits && !text.trim().is_empty()
    };
    words(&label.zh) && words(&label.en)
}

fn are_choices(field: &ExtraField) -> bool {
    if field.holds != ExtraType::Choice {
        return field.choices.is_empty();
    }
    let different: BTreeSet<&str> =
        field.choices.iter().map(|choice| choice.code.as_str()).collect();
    let formed = different.iter().all(|code| Part::Custom.accepts(code));
    formed && different.len() == field.choices.len() && (1..=CHOICES).contains(&different.len())
}

fn are_bounds(field: &ExtraField) -> bool {
    let (low, high) = field.bounds();
    let range = -ExtraField::MOST..=ExtraField::MOST;
    let chars = field.max_chars.is_none_or(|most| (1..=ExtraField::MOST_CHARS).contains(&most));
    let number = field.holds == ExtraType::Integer || (field.min.is_none() && field.max.is_none());
    let text = field.holds == ExtraType::Text || field.max_chars.is_none();
    chars && number && text && low <= high && range.contains(&low) && range.contains(&high)
}

/// Whether a condition names another field and values that it can have.
fn is_condition(configuration: &Configuration, field: &ExtraField, when: &When) -> bool {
    let When::Value { key, one_of } = when else { return true };
    let yes_no = |code: &String| matches!(code.as_str(), "true" | "false");
    let known = match configuration.field(field.kind, key) {
        Some(other) if other.key == field.key => false,
        Some(other) => match other.holds {
            ExtraType::Boolean => one_of.iter().all(yes_no),
            ExtraType::Choice => {
                one_of.iter().all(|code| other.choices.iter().any(|choice| choice.code == *code))
            }
            _ => false,
        },
        None => match field.kind.field(key) {
            Some((other, "")) => match other.kind {
                FieldType::Boolean => one_of.iter().all(yes_no),
                FieldType::Choice(choices) => {
                    one_of.iter().all(|code| choices.iter().any(|choice| choice.code == code))
                }
                _ => false,
            },
            _ => false,
        },
    };
    known && !one_of.is_empty()
}
