//! docs/records.md, written from the field tables.

use std::fmt::Write;

use super::{Choice, Condition, Field, FieldType, Kind, Roles, inspection, visit};

/// The whole page in Markdown.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Records\n\n\
         Generated from the field tables in `sync-protocol/src/records/` by `doorstep docs records`; \
         a test keeps it fresh. Merge rules are those of a field's concurrent values: `latest`, \
         `severest`, `highest`, `earliest`, `furthest` (choices are listed weakest first), `text` \
         (by character) and `review` (a person decides; both values are listed until then).\n",
    );
    for kind in Kind::ALL {
        section(&mut page, kind);
    }
    choices(&mut page, "`{item}`: checklist items of an inspection", inspection::ITEMS);
    choices(&mut page, "`{need}`: service needs of a visit", visit::NEEDS);
    page
}

fn section(page: &mut String, kind: Kind) {
    let label = kind.label();
    let _ = write!(
        page,
        "\n## {} {}\n\n| key | zh-CN | en | type | writers | merge | sensitivity | required |\n\
         |---|---|---|---|---|---|---|---|\n",
        label.zh, label.en
    );
    for field in kind.fields() {
        row(page, field);
    }
    let lists = kind.fields().iter().filter_map(|field| match field.kind {
        FieldType::Choice(list) => Some((field, list)),
        _ => None,
    });
    for (field, list) in lists {
        choices(page, &format!("`{}.{}`", kind.code(), field.key), list);
    }
}

fn row(page: &mut String, field: &Field) {
    let _ = writeln!(
        page,
        "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
        field.key,
        field.label.zh,
        field.label.en,
        type_words(field.kind),
        roles(field.writers),
        field.merge.name(),
        field.sensitivity.name(),
        required(field.required),
    );
}

fn type_words(kind: FieldType) -> String {
    match kind {
        FieldType::ShortText(most) | FieldType::LongText(most) => {
            format!("{}, at most {most} characters", kind.name())
        }
        FieldType::Any(most) => {
            format!("yes or no, a whole number, or text, at most {most} characters")
        }
        FieldType::Integer(low, high) => format!("integer, {low} to {high}"),
        _ => kind.name().to_owned(),
    }
}

fn roles(roles: Roles) -> String {
    roles.iter().map(super::Role::code).collect::<Vec<_>>().join(", ")
}

fn required(required: Condition) -> String {
    match required {
        Condition::Never => String::new(),
        Condition::Always => "always".to_owned(),
        Condition::When(key, values) => format!("when `{key}` is {}", values.join(" or ")),
    }
}

fn choices(page: &mut String, title: &str, list: &[Choice]) {
    let _ = write!(page, "\n{title}:\n\n");
    for choice in list {
        let _ = writeln!(page, "- `{}` {} / {}", choice.code, choice.label.zh, choice.label.en);
    }
}
