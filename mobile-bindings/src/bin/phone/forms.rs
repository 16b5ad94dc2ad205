//! Forms and findings as rows. The forms are read as any app reads them: from the description alone.

use mobile_bindings::client::{Finding, Severity};
use serde_json::Value;

use crate::print::{Printer, Row};

/// The description, of one kind alone if it is said.
pub(crate) fn of_kind(description: &str, kind: Option<&str>) -> Value {
    let mut forms: Value = serde_json::from_str(description).unwrap_or_default();
    if let (Some(kind), Some(Value::Array(kinds))) = (kind, forms.get_mut("kinds")) {
        kinds.retain(|form| text(form, "kind") == kind);
    }
    forms
}

/// A line for each kind and each heading, one for each field under it.
pub(crate) fn forms(p: &Printer, forms: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    for form in list(forms, "kinds") {
        rows.push(vec![format!("{} ({})", label(p, form), text(form, "kind"))]);
        for section in list(form, "sections") {
            rows.push(vec![format!("  {}", label(p, section))]);
            rows.extend(list(section, "fields").iter().map(|asked| field(p, asked)));
        }
    }
    rows
}

fn field(p: &Printer, field: &Value) -> Row {
    vec![
        format!("    {}", text(field, "key")),
        label(p, field).to_owned(),
        text(field, "widget").to_owned(),
        condition(field.get("required"), p.pick("必填", "required")),
        condition(
            field.get("shown").filter(|shown| text(shown, "if") != "always"),
            p.pick("显示", "shown"),
        ),
    ]
}

/// What follows from a condition.
fn condition(condition: Option<&Value>, what: &str) -> String {
    let Some(condition) = condition else { return String::new() };
    match text(condition, "if") {
        "always" => what.to_owned(),
        "value" => {
            let codes: Vec<&str> =
                list(condition, "one_of").iter().filter_map(Value::as_str).collect();
            format!("{what}: {}={}", text(condition, "key"), codes.join("|"))
        }
        _ => String::new(),
    }
}

fn label<'v>(p: &Printer, of: &'v Value) -> &'v str {
    let label = of.get("label").unwrap_or(&Value::Null);
    p.pick(text(label, "zh"), text(label, "en"))
}

fn text<'v>(of: &'v Value, key: &str) -> &'v str {
    of.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(of: &'v Value, key: &str) -> &'v [Value] {
    of.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Findings, a line each.
pub(crate) fn findings(p: &Printer, found: &[Finding]) -> Vec<Row> {
    if found.is_empty() {
        return vec![vec![p.pick("没有问题", "Nothing is wrong").to_owned()]];
    }
    found.iter().map(|finding| line(p, finding)).collect()
}

fn line(p: &Printer, finding: &Finding) -> Row {
    let severity = match finding.severity {
        Severity::Error => p.pick("错误", "error"),
        Severity::Incomplete => p.pick("未填", "incomplete"),
        Severity::Warning => p.pick("提示", "warning"),
    };
    let blocks = if finding.blocks { p.pick("不能保存", "refused") } else { "" };
    vec![
        severity.to_owned(),
        blocks.to_owned(),
        finding.field.clone(),
        p.words(&finding.label),
        p.words(&finding.message),
        p.words(&finding.remedy),
    ]
}

#[cfg(test)]
mod tests {
    use mobile_bindings::client::Bilingual;
    use sync_protocol::records::{Kind, form};

    use super::*;
    use crate::args::Language;

    #[test]
    fn every_field_of_a_kind_has_a_line_with_its_conditions() {
        let printer = Printer::new(false, Language::Zh);
        let rows = forms(&printer, &of_kind(&form::json(), Some("visit")));
        let row = |key: &str| rows.iter().find(|row| row.first().is_some_and(|c| c.trim() == key));
        for field in Kind::Visit.fields() {
            assert!(row(field.key).is_some(), "{}", field.key);
        }
        let when = "outcome=met|refused";
        let shown = ["已出示工作证", "yes_no", &format!("必填: {when}"), &format!("显示: {when}")];
        assert_eq!(row("card_shown").unwrap()[1..], shown);
        assert!(row("verdict").is_none());
        let every = forms(&printer, &of_kind(&form::json(), None));
        assert_eq!(
            every.iter().filter(|row| row.len() == 1 && !row[0].starts_with(' ')).count(),
            4
        );
    }

    #[test]
    fn a_finding_says_whether_saving_is_refused() {
        let words = || Bilingual { zh: "字".to_owned(), en: "words".to_owned() };
        let mut finding = Finding {
            field: "sex".to_owned(),
            label: words(),
            code: "sex_differs".to_owned(),
            severity: Severity::Error,
            blocks: true,
            message: words(),
            remedy: words(),
        };
        let printer = Printer::new(false, Language::En);
        let told = findings(&printer, std::slice::from_ref(&finding));
        assert_eq!(told, [["error", "refused", "sex", "words", "words", "words"]]);
        finding.blocks = false;
        assert_eq!(findings(&printer, &[finding])[0][1], "");
        assert_eq!(findings(&printer, &[]).len(), 1);
    }
}
