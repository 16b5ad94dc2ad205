//! The field tables as a description of screens, for apps that draw every one of them without knowing
//! the domain. docs/forms.md says what each part means; it is written from here.
//!
//! ```
//! let forms: serde_json::Value =
//!     serde_json::from_str(&sync_protocol::records::form::json()).expect("JSON");
//! assert_eq!(forms["kinds"][0]["kind"], "premises");
//! assert_eq!(forms["kinds"][0]["sections"][0]["fields"][1]["key"], "address");
//! ```

mod page;

use serde::Serialize;

use super::check::{Rule, rules_at};
use super::{Choice, Condition, Field, FieldType, Kind, Label, Part, Role, SCHEMA, premises};

pub use page::markdown;

/// The version of the description's shape; keys may be added to it without a new one.
pub const FORMS: u32 = 1;

/// The forms of every kind.
#[derive(Debug, Clone, Serialize)]
pub struct Forms {
    /// [`FORMS`].
    pub forms: u32,
    /// [`SCHEMA`]: the version of the field tables.
    pub schema: u32,
    /// What stands beside every free text.
    pub free_text_notice: Label,
    /// A form for each kind of record.
    pub kinds: Vec<Form>,
}

/// The form of a kind.
#[derive(Debug, Clone, Serialize)]
pub struct Form {
    /// The kind's code.
    pub kind: &'static str,
    /// What people call it.
    pub label: Label,
    /// Whether it is a report: begun as a draft, handed in, reviewed.
    pub report: bool,
    /// Its headings with their fields.
    pub sections: Vec<FormSection>,
}

/// A heading with its fields.
#[derive(Debug, Clone, Serialize)]
pub struct FormSection {
    /// The stable code.
    pub section: &'static str,
    /// What people read.
    pub label: Label,
    /// The fields, in order.
    pub fields: Vec<FormField>,
}

/// A field.
#[derive(Debug, Clone, Serialize)]
pub struct FormField {
    /// The key; `{…}` in it stands for what it repeats over.
    pub key: &'static str,
    /// What people read.
    pub label: Label,
    /// The type's name.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What asks for it.
    pub widget: &'static str,
    /// The most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<usize>,
    /// The smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The greatest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<&'static [Choice]>,
    /// What the field is there once for each of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
    /// When to show it.
    pub shown: FormCondition,
    /// When it must be filled in before a report is handed in.
    pub required: FormCondition,
    /// Who may write it, by role.
    pub writers: Vec<&'static str>,
    /// `open`, `personal` or `sensitive`: masked unless there is a reason.
    pub sensitivity: &'static str,
    /// How values that did not know of each other resolve.
    pub merge: &'static str,
    /// What can be found wrong with it.
    pub checks: Vec<FormCheck>,
}

/// What a field repeats over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Repeats {
    /// `item`, `need`, `residency`, `photo`, `decided` or `custom`.
    pub over: &'static str,
    /// The codes, where they are a list.
    #[serde(skip_serializing_if = "<[Choice]>::is_empty")]
    pub choices: &'static [Choice],
}

/// A condition on the record's other values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "if", rename_all = "snake_case")]
pub enum FormCondition {
    /// It never holds.
    Never,
    /// It always does.
    Always,
    /// Another field has one of these values.
    Value {
        /// The other field's key, with the same `{…}`.
        key: &'static str,
        /// The codes; of yes and no `true` and `false`.
        one_of: &'static [&'static str],
    },
}

/// Something that can be found wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FormCheck {
    /// The stable code.
    pub code: &'static str,
    /// `error`, `incomplete` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: Label,
    /// What to do.
    pub remedy: Label,
}

/// The forms of every kind.
pub fn forms() -> Forms {
    Forms {
        forms: FORMS,
        schema: SCHEMA,
        free_text_notice: premises::FREE_TEXT_NOTICE,
        kinds: Kind::ALL.map(form).to_vec(),
    }
}

/// The same as JSON.
pub fn json() -> String {
    serde_json::to_string(&forms()).unwrap_or_default()
}

fn form(kind: Kind) -> Form {
    let mut sections: Vec<FormSection> = Vec::new();
    for field in kind.fields() {
        let begun = kind.sections().iter().find(|section| section.first == field.key);
        sections.extend(begun.map(|section| FormSection {
            section: section.code,
            label: section.label,
            fields: Vec::new(),
        }));
        if let Some(section) = sections.last_mut() {
            section.fields.push(form_field(kind, field));
        }
    }
    Form { kind: kind.code(), label: kind.label(), report: kind.is_report(), sections }
}

fn form_field(kind: Kind, field: &Field) -> FormField {
    let (max_chars, bounds, choices) = match field.kind {
        FieldType::Integer(low, high) => (None, Some((low, high)), None),
        FieldType::Choice(choices) => (None, None, Some(choices)),
        other => (other.max_chars(), None, None),
    };
    FormField {
        key: field.key,
        label: field.label,
        kind: field.kind.name(),
        widget: field.widget.name(),
        max_chars,
        min: bounds.map(|(low, _)| low),
        max: bounds.map(|(_, high)| high),
        choices,
        repeats: Part::of_key(field.key)
            .map(|part| Repeats { over: part.name(), choices: part.choices() }),
        shown: field.shown.into(),
        required: field.required.into(),
        writers: field.writers.iter().map(Role::code).collect(),
        sensitivity: field.sensitivity.name(),
        merge: field.merge.name(),
        checks: rules_at(kind, field).map(FormCheck::from).collect(),
    }
}

impl From<Condition> for FormCondition {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Never => Self::Never,
            Condition::Always => Self::Always,
            Condition::When(key, one_of) => Self::Value { key, one_of },
        }
    }
}

impl From<&'static Rule> for FormCheck {
    fn from(rule: &'static Rule) -> Self {
        Self {
            code: rule.code.code,
            severity: rule.severity.name(),
            message: rule.code.message,
            remedy: rule.code.remedy,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_field_of_every_kind_is_in_its_form_once_and_in_the_tables_order() {
        for (kind, form) in Kind::ALL.into_iter().zip(forms().kinds) {
            let drawn: Vec<&str> = form
                .sections
                .iter()
                .flat_map(|section| section.fields.iter().map(|field| field.key))
                .collect();
            let declared: Vec<&str> = kind.fields().iter().map(|field| field.key).collect();
            assert_eq!(drawn, declared);
            let begun: Vec<&str> = form.sections.iter().map(|section| section.section).collect();
            let headings: Vec<&str> = kind.sections().iter().map(|section| section.code).collect();
            assert_eq!(begun, headings, "a heading of {kind:?} begins at no field");
            assert_eq!(headings.iter().collect::<BTreeSet<_>>().len(), headings.len());
        }
    }

    #[test]
    fn an_app_can_draw_and_hold_what_it_is_given() {
        for form in forms().kinds {
            let fields: Vec<_> = form.sections.iter().flat_map(|s| &s.fields).collect();
            for field in &fields {
                let chooses = matches!(field.widget, "radio" | "picker");
                assert_eq!(chooses, field.choices.is_some() && field.widget != "given");
                assert_eq!(field.widget == "number", field.min.is_some(), "{}", field.key);
                let typed = matches!(field.widget, "line" | "paragraph" | "telephone" | "document");
                assert!(!typed || field.max_chars.is_some(), "{}", field.key);
                assert_eq!(field.key.contains('{'), field.repeats.is_some(), "{}", field.key);
                for condition in [field.shown, field.required] {
                    let FormCondition::Value { key, one_of } = condition else { continue };
                    let other = fields.iter().find(|other| other.key == key).unwrap();
                    let known = |code: &str| match other.choices {
                        Some(choices) => choices.iter().any(|choice| choice.code == code),
                        None => other.kind == "boolean" && matches!(code, "true" | "false"),
                    };
                    assert!(one_of.iter().all(|code| known(code)), "{} on {key}", field.key);
                    let repeats = other.repeats.is_some();
                    assert!(!repeats || other.repeats == field.repeats, "{}", field.key);
                }
            }
        }
    }

    #[test]
    fn the_json_says_conditions_and_checks_by_name() {
        let forms: serde_json::Value = serde_json::from_str(&json()).unwrap();
        let field = |kind: usize, key: &str| {
            let sections = forms["kinds"][kind]["sections"].as_array().unwrap();
            let mut fields = sections.iter().flat_map(|s| s["fields"].as_array().unwrap());
            fields.find(|field| field["key"] == key).unwrap().clone()
        };
        let note = field(3, "item.{item}.note");
        let failed = serde_json::json!({
            "if": "value", "key": "item.{item}.result", "one_of": ["fail"]
        });
        assert_eq!(note["required"], failed);
        assert_eq!(note["repeats"]["choices"][1]["code"], "gas");
        assert_eq!(field(1, "sex")["checks"][0]["code"], "sex_differs");
        assert_eq!(field(0, "address_code")["widget"], "given");
        assert_eq!(field(1, "name")["max_chars"], 80);
    }
}
