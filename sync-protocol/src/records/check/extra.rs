//! A value of a district's own field is as the district's configuration says. A server does not ask:
//! what was written under an older configuration stays.

use super::{Flaw, Rule, Severity, Sheet, required};
use crate::codes::Code;
use crate::configuration::{ExtraField, ExtraType, When};
use crate::records::{Field, Kind, Label, shared};

macro_rules! rules {
    ($($name:ident of $holds:ident = $code:literal,
       $zh:literal, $en:literal, $remedy_zh:literal, $remedy_en:literal;)*) => {
        $(
            #[doc = $en]
            pub(super) static $name: Rule = Rule {
                code: Code {
                    code: $code,
                    status: 0,
                    retry: false,
                    message: Label::new($zh, $en),
                    remedy: Label::new($remedy_zh, $remedy_en),
                },
                severity: Severity::Error,
                told_at: is_told_at,
                look: |sheet| flaws(sheet, ExtraType::$holds),
            };
        )*
    };
}

rules! {
    TEXT of Text = "district_text",
        "文字过长,或含有换行", "The text is too long for this field, or has a line break",
        "请写短一些,写成一行", "Write it shorter and in one line";
    NUMBER of Integer = "district_number",
        "不是整数,或超出规定的范围", "It is no whole number, or not within the bounds",
        "请核对数字", "Check the number";
    YES_NO of Boolean = "district_yes_no",
        "只能填是或否", "It is neither yes nor no",
        "请选择是或否", "Choose yes or no";
    CHOICE of Choice = "district_choice",
        "不是列出的选项", "It is none of the choices",
        "请从列表中选择", "Choose from the list";
    DAY of Date = "district_day",
        "不是有效的日期", "It is no day of the calendar",
        "请填写日期,如 2026-11-22", "Enter a day, as in 2026-11-22";
}

/// The rules whose findings can stand at a district's field.
pub fn rules_of(field: &ExtraField) -> impl Iterator<Item = &'static Rule> {
    let of_type = match field.holds {
        ExtraType::Text => &TEXT,
        ExtraType::Integer => &NUMBER,
        ExtraType::Boolean => &YES_NO,
        ExtraType::Choice => &CHOICE,
        ExtraType::Date => &DAY,
    };
    let asked = (field.required != When::Never).then_some(&required::RULE);
    std::iter::once(of_type).chain(asked)
}

fn is_told_at(_: Kind, field: &Field) -> bool {
    field.key == shared::CUSTOM.key
}

fn flaws(sheet: &Sheet<'_>, holds: ExtraType) -> Vec<Flaw> {
    let fields = sheet.extra().filter(|field| field.holds == holds);
    let wrong =
        fields.filter(|field| sheet.value(&field.key).is_some_and(|value| !field.fits(value)));
    wrong.map(|field| Flaw::of(&field.key)).collect()
}
