//! What the field table says must be filled in.

use super::{Flaw, Rule, Severity, Sheet, report};
use crate::codes::Code;
use crate::records::condition::with_segment;
use crate::records::{Condition, Field, Label, Part};

/// Something must be filled in and is not.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "field_missing",
        status: 0,
        retry: false,
        message: Label::new("必填项未填", "This must be filled in"),
        remedy: Label::new("提交前请填写", "Fill it in before handing in"),
    },
    severity: Severity::Incomplete,
    told_at: |_, field| field.required != Condition::Never,
    look: |sheet| lacking(sheet).collect(),
};

/// The keys that must be filled in and are not, in the order of the table.
pub fn missing(sheet: &Sheet<'_>) -> Vec<String> {
    lacking(sheet).map(|flaw| flaw.field).collect()
}

fn lacking(sheet: &Sheet<'_>) -> impl Iterator<Item = Flaw> {
    of_the_table(sheet).chain(of_the_district(sheet))
}

/// The district's own fields.
fn of_the_district(sheet: &Sheet<'_>) -> impl Iterator<Item = Flaw> {
    sheet.extra().filter_map(|field| {
        let due = field.required.holds(|key| sheet.value(key));
        if !due || sheet.value(&field.key).is_some() {
            return None;
        }
        let depends = field.required.depends_on().into_iter();
        let about: Vec<&str> =
            [field.key.as_str(), report::STATE.key].into_iter().chain(depends).collect();
        Some(Flaw::new(&field.key, &about))
    })
}

fn of_the_table(sheet: &Sheet<'_>) -> impl Iterator<Item = Flaw> {
    let fields = sheet.kind.fields().iter();
    let asked = fields.flat_map(|field| segments(field).map(move |segment| (field, segment)));
    asked.filter_map(|(field, segment)| {
        let key = with_segment(field.key, segment);
        let due = field.required.holds(segment, |key| sheet.value(key));
        if !due || sheet.value(&key).is_some() {
            return None;
        }
        let mut about = vec![key.clone(), report::STATE.key.to_owned()];
        about.extend(field.required.depends_on(segment));
        Some(Flaw { field: key, about })
    })
}

/// What can stand in a field's variable segment, so far as a list says it; nothing, once, for a
/// field that has none.
fn segments(field: &'static Field) -> impl Iterator<Item = &'static str> {
    let part = Part::of_key(field.key);
    let plain = part.is_none().then_some("");
    plain.into_iter().chain(part.map_or(&[][..], Part::choices).iter().map(|choice| choice.code))
}
