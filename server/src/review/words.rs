//! Words in both languages, and values in words.

use sync_protocol::configuration::{Bilingual, ExtraField};
use sync_protocol::records::{Field, FieldType, Label, Roles, Sensitivity, Value, shared};

use crate::auth::permissions::{Sight, sight};

/// Words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Words {
    /// zh-CN.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The same words in both.
    pub fn same(words: impl Into<String>) -> Self {
        let zh = words.into();
        Self { en: zh.clone(), zh }
    }

    /// Two labels, one behind the other.
    pub fn joined(first: &Self, second: &Self) -> Self {
        Self {
            zh: format!("{} · {}", first.zh, second.zh),
            en: format!("{} · {}", first.en, second.en),
        }
    }
}

impl From<Label> for Words {
    fn from(label: Label) -> Self {
        Self { zh: label.zh.to_owned(), en: label.en.to_owned() }
    }
}

impl From<&Bilingual> for Words {
    fn from(words: &Bilingual) -> Self {
        Self { zh: words.zh.clone(), en: words.en.clone() }
    }
}

/// A value as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Shown {
    /// The value, masked where it must be.
    pub value: Value,
    /// In words, where the raw value is not what people read.
    pub display: Option<Words>,
    /// Whether it is masked.
    pub masked: bool,
}

/// Shows a value of a field to staff with these roles, as far as the table of permissions lets them see
/// it; nothing if they see nothing of it. How much of a masked value is left says [`mask`]. `own` is the
/// district's own field that the key stands for, if it is one.
pub fn show(roles: Roles, field: &Field, own: Option<&ExtraField>, value: &Value) -> Option<Shown> {
    let judged = Field { sensitivity: sensitivity(field, own), ..*field };
    let bare = match (sight(roles, &judged), value) {
        (Sight::Nothing, _) => return None,
        (_, Value::Null) => return Some(cleared()),
        (Sight::Open, _) => None,
        (Sight::Masked, Value::Text(text)) => Some(text.to_string()),
        (Sight::Masked, Value::Int(number)) => Some(number.to_string()),
        // One of two says nothing once it is masked: it is left out.
        (Sight::Masked, Value::Bool(_)) => return None,
    };
    if let Some(text) = bare {
        let masked = mask(&text);
        let display = Some(Words::same(masked.clone()));
        return Some(Shown { value: Value::from(masked), display, masked: true });
    }
    let display = match (value, own) {
        (Value::Bool(yes), _) => Some(yes_or_no(*yes)),
        (_, Some(own)) => own.choice_label(value).map(Words::from),
        (_, None) => field.choice_label(value).map(Words::from),
    };
    Some(Shown { value: value.clone(), display, masked: false })
}

/// How sensitive a field's values are. One of the district's own that no configuration knows is as
/// sensitive as can be: nobody can tell any more what it holds.
pub(super) fn sensitivity(field: &Field, own: Option<&ExtraField>) -> Sensitivity {
    match own {
        Some(own) => own.sensitivity,
        None if is_own(field) => Sensitivity::Sensitive,
        None => field.sensitivity,
    }
}

/// Whether a field stands for those of the district's own.
pub(super) fn is_own(field: &Field) -> bool {
    field.key == shared::CUSTOM.key
}

fn cleared() -> Shown {
    Shown { value: Value::Null, display: Some(nothing()), masked: false }
}

fn nothing() -> Words {
    Words { zh: "(已清空)".to_owned(), en: "(cleared)".to_owned() }
}

fn yes_or_no(yes: bool) -> Words {
    let (zh, en) = if yes { ("是", "Yes") } else { ("否", "No") };
    Words { zh: zh.to_owned(), en: en.to_owned() }
}

/// A value of a field in words, for whoever may read all of it.
pub fn in_words(field: &Field, value: &Value) -> Words {
    if let Some(label) = field.choice_label(value) {
        return label.into();
    }
    match (value, field.kind) {
        (Value::Null, _) => nothing(),
        (Value::Bool(yes), _) => yes_or_no(*yes),
        (Value::Int(ms), FieldType::Instant) => Words::same(on_the_wall(*ms)),
        (Value::Int(number), _) => Words::same(number.to_string()),
        (Value::Text(text), _) => Words::same(text.to_string()),
    }
}

/// A moment, in milliseconds since 1970 UTC, as a clock on a wall in China shows it: the country has
/// one time, UTC+8.
pub fn on_the_wall(ms: i64) -> String {
    let utc = chrono::DateTime::from_timestamp_millis(ms);
    let china = chrono::FixedOffset::east_opt(8 * 3600);
    let shown = utc.zip(china).map(|(utc, china)| utc.with_timezone(&china));
    shown.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

/// Masks a value: left are the last four characters of eight and more, or the first letter of a shorter
/// one, a name's. Nothing is left of one letter, and of a short one that does not begin with a letter:
/// what is left of a short number is most of it.
pub fn mask(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_name = letters.len() > 1 && letters.first().is_some_and(|first| first.is_alphabetic());
    let shown = |place: usize| {
        if letters.len() >= 8 { place + 4 >= letters.len() } else { is_name && place == 0 }
    };
    let star = |(place, letter): (usize, &char)| if shown(place) { *letter } else { '*' };
    letters.iter().enumerate().map(star).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_protocol::records::{Kind, Role};

    fn to_reviewer(key: &str, value: &str) -> Shown {
        let (field, _) = Kind::Premises.field(key).unwrap();
        show(Roles::REVIEW, field, None, &Value::from(value)).unwrap()
    }

    #[test]
    fn a_sensitive_value_is_masked_and_an_open_one_is_not() {
        let shown = to_reviewer("owner_phone", "19900001234");
        assert_eq!(shown.value, Value::from("*******1234"));
        assert!(shown.masked);
        assert_eq!(to_reviewer("owner_name", "欧阳春").value, Value::from("欧**"));
        let shown = to_reviewer("use", "rented");
        assert_eq!(shown.display.unwrap().en, "Rented");
        assert!(!shown.masked);
    }

    #[test]
    fn whoever_does_not_review_sees_nothing_of_any_field() {
        let others = Role::ALL.into_iter().filter(|role| *role != Role::Reviewer);
        for role in others {
            for (key, value) in [("use", Value::from("rented")), ("owner_phone", Value::Null)] {
                let (field, _) = Kind::Premises.field(key).unwrap();
                assert_eq!(show(Roles::of(&[role]), field, None, &value), None, "{role:?} {key}");
            }
        }
    }

    #[test]
    fn a_districts_value_is_shown_by_its_choice_and_masked_whatever_its_type() {
        let of = |kind: &str, more: &str| -> ExtraField {
            let json = format!(
                r#"{{"kind": "premises", "section": "use", "key": "x.k", "type": "{kind}",
                    "label": {{"zh": "项", "en": "Item"}}{more}}}"#
            );
            serde_json::from_str(&json).unwrap()
        };
        let show_own = |own: Option<&ExtraField>, value: &Value| {
            show(Roles::REVIEW, &shared::CUSTOM, own, value)
        };
        let choices = r#", "choices": [{"code": "gas", "label": {"zh": "燃气", "en": "Gas"}}]"#;
        let heating = of("choice", choices);
        let shown = show_own(Some(&heating), &Value::from("gas")).unwrap();
        assert_eq!(shown.display.unwrap().zh, "燃气");
        assert_eq!(show_own(Some(&heating), &Value::from("coal")).unwrap().display, None);
        let secret = of("integer", r#", "sensitivity": "sensitive""#);
        let shown = show_own(Some(&secret), &Value::Int(123_456_789)).unwrap();
        assert_eq!((shown.value, shown.masked), (Value::from("*****6789"), true));
        assert_eq!(show_own(Some(&secret), &Value::Bool(true)), None);
    }

    #[test]
    fn a_districts_field_that_no_configuration_knows_is_masked() {
        let shown =
            show(Roles::REVIEW, &shared::CUSTOM, None, &Value::from("13912345678")).unwrap();
        assert_eq!((shown.value, shown.masked), (Value::from("*******5678"), true));
        assert_eq!(show(Roles::REVIEW, &shared::CUSTOM, None, &Value::Bool(true)), None);
    }

    #[test]
    fn of_a_short_value_a_names_first_letter_is_left_and_of_one_letter_nothing() {
        for (bare, masked) in [
            ("", ""),
            ("春", "*"),
            ("A", "*"),
            ("7", "*"),
            ("张三", "张*"),
            ("Al", "A*"),
            ("12", "**"),
            ("7654321", "*******"),
            ("-100000", "*******"),
            ("87654321", "****4321"),
        ] {
            assert_eq!(to_reviewer("owner_name", bare).value, Value::from(masked), "{bare}");
        }
        let (field, _) = Kind::Premises.field("owner_name").unwrap();
        let shown = show(Roles::REVIEW, field, None, &Value::Int(42)).unwrap();
        assert_eq!(shown.value, Value::from("**"));
    }
}
