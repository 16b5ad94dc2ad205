//! The forms with a district's own fields in their sections.

use serde_json::{Value as Json, json};

use super::{Configuration, ExtraField, ExtraType};
use crate::records::check::{extra_rules, rule_json};
use crate::records::{Role, form, shared};

/// The description of every screen as JSON, the shape of docs/forms.md, with the district's fields at
/// the end of their sections.
pub fn forms(configuration: &Configuration) -> String {
    let mut forms = serde_json::to_value(form::forms()).unwrap_or_default();
    if let Some(whole) = forms.as_object_mut() {
        whole.insert("configuration".to_owned(), json!(configuration.version));
    }
    for field in &configuration.extra {
        if let Some(fields) = fields_of(&mut forms, field) {
            fields.push(described(field));
        }
    }
    forms.to_string()
}

/// The fields of the section in which a district's field stands; of one that this reader does not
/// know, the last section's.
fn fields_of<'f>(forms: &'f mut Json, field: &ExtraField) -> Option<&'f mut Vec<Json>> {
    let kinds = forms.get_mut("kinds")?.as_array_mut()?;
    let form = kinds.iter_mut().find(|form| text(form, "kind") == field.kind.code())?;
    let sections = form.get_mut("sections")?.as_array_mut()?;
    let named = sections.iter().position(|section| text(section, "section") == field.section);
    let place = named.unwrap_or(sections.len().saturating_sub(1));
    sections.get_mut(place)?.get_mut("fields")?.as_array_mut()
}

fn text<'j>(of: &'j Json, key: &str) -> &'j str {
    of.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn described(field: &ExtraField) -> Json {
    let writers: Vec<&str> = shared::CUSTOM.writers.iter().map(Role::code).collect();
    let (low, high) = field.bounds();
    let mut described = json!({
        "key": field.key,
        "label": field.label,
        "type": field.holds.name(),
        "widget": field.widget().name(),
        "district": true,
        "free_text": field.free_text,
        "shown": field.shown,
        "required": field.required,
        "writers": writers,
        "sensitivity": field.sensitivity.name(),
        "merge": shared::CUSTOM.merge.name(),
        "checks": extra_rules(field).map(rule_json).collect::<Vec<_>>(),
    });
    let bounds = match field.holds {
        ExtraType::Text => {
            json!({ "max_chars": field.max_chars.unwrap_or(ExtraField::MOST_CHARS) })
        }
        ExtraType::Integer => json!({ "min": low, "max": high }),
        ExtraType::Choice => json!({ "choices": field.choices }),
        ExtraType::Boolean | ExtraType::Date => json!({}),
    };
    if let (Json::Object(described), Json::Object(bounds)) = (&mut described, bounds) {
        described.extend(bounds);
    }
    described
}
