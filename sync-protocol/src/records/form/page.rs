//! docs/forms.md, written from the forms.

use std::fmt::Write;

use super::{Form, FormCondition, FormField, FormSection, forms};
use crate::records::Widget;
use crate::records::check::RULES;

const HEAD: &str = include_str!("page.md");

/// The whole page in Markdown.
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    widgets(&mut page);
    checks(&mut page);
    for form in forms().kinds {
        section_tables(&mut page, &form);
    }
    page
}

fn widgets(page: &mut String) {
    page.push_str("\n## Widgets\n\n| widget | asks for |\n|---|---|\n");
    for widget in Widget::ALL {
        let _ = writeln!(page, "| `{}` | {} |", widget.name(), widget.words());
    }
}

fn checks(page: &mut String) {
    page.push_str(
        "\n## Findings\n\n\
         | code | severity | what is wrong | what to do | 说明 | 处理 |\n|---|---|---|---|---|---|\n",
    );
    for rule in RULES {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} |",
            rule.code.code,
            rule.severity.name(),
            rule.code.message.en,
            rule.code.remedy.en,
            rule.code.message.zh,
            rule.code.remedy.zh,
        );
    }
}

fn section_tables(page: &mut String, form: &Form) {
    let _ = writeln!(page, "\n## {} {}", form.label.zh, form.label.en);
    for FormSection { section, label, fields } in &form.sections {
        let _ = write!(
            page,
            "\n`{section}` {} {}\n\n| key | widget | shown | required | checks |\n|---|---|---|---|---|\n",
            label.zh, label.en,
        );
        for field in fields {
            row(page, field);
        }
    }
}

fn row(page: &mut String, field: &FormField) {
    let checks: Vec<String> =
        field.checks.iter().map(|check| format!("`{}`", check.code)).collect();
    let _ = writeln!(
        page,
        "| `{}` | {} | {} | {} | {} |",
        field.key,
        field.widget,
        words(field.shown),
        words(field.required),
        checks.join(", "),
    );
}

fn words(condition: FormCondition) -> String {
    match condition {
        FormCondition::Never => String::new(),
        FormCondition::Always => "always".to_owned(),
        FormCondition::Value { key, one_of } => {
            format!("`{key}` is {}", one_of.join(" or "))
        }
    }
}
