//! What a resident may ask to have corrected: the fields of a kind that hold plain values, with what each
//! takes, so that nobody asks for what the record could never say.

use serde::Serialize;
use sync_protocol::records::{Field, FieldType, Kind, Roles, Value};

use crate::auth::permissions::{Sight, sight};
use crate::review::words::Words;

/// A field that can be corrected.
#[derive(Debug, Serialize)]
pub struct Correctable {
    /// Its key.
    pub key: &'static str,
    /// What people read.
    pub label: Words,
    /// What it takes, by its stable name: text, choice, boolean, integer, date …
    pub holds: &'static str,
    /// Of a choice, what there is to choose.
    pub choices: Vec<Choosable>,
}

/// One of several.
#[derive(Debug, Serialize)]
pub struct Choosable {
    /// The code that is stored.
    pub code: &'static str,
    /// What people read.
    pub label: Words,
}

/// The fields of a kind that somebody with these roles may take a correction in for.
pub fn correctable(kind: Kind, roles: Roles) -> Vec<Correctable> {
    let fields = kind.fields().iter().filter(|field| is_correctable(field));
    let seen = fields.filter(|field| sight(roles, field) != Sight::Nothing);
    seen.map(of_field).collect()
}

/// Whether a value can be asked for: that a field is cleared, or one that it takes.
pub(super) fn may_be(kind: Kind, key: &str, wanted: &Value) -> bool {
    let field = kind.field(key).map(|(field, _)| field);
    field.is_some_and(|field| {
        is_correctable(field) && (*wanted == Value::Null || field.check(wanted).is_ok())
    })
}

/// Ids, pictures and moments are the program's own; a key with a variable part is no one field.
fn is_correctable(field: &Field) -> bool {
    let own = matches!(
        field.kind,
        FieldType::Record | FieldType::Blob | FieldType::Instant | FieldType::Any(_)
    );
    !own && !field.key.contains('.')
}

fn of_field(field: &Field) -> Correctable {
    let choices = match field.kind {
        FieldType::Choice(choices) => choices,
        _ => &[],
    };
    let choosable = choices.iter();
    let choosable =
        choosable.map(|choice| Choosable { code: choice.code, label: choice.label.into() });
    Correctable {
        key: field.key,
        label: field.label.into(),
        holds: field.kind.name(),
        choices: choosable.collect(),
    }
}
