//! Words in both languages, and values in words.

use sync_protocol::configuration::{Bilingual, ExtraField};
use sync_protocol::records::{Field, Label, Sensitivity, Value, shared};

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

/// Shows a value of a field. Sensitive ones are masked: all but the last four characters of a
/// number, all but the first of a name.
pub fn show(field: &Field, value: &Value) -> Shown {
    if *value == Value::Null {
        let display = Some(Words { zh: "(已清空)".to_owned(), en: "(cleared)".to_owned() });
        return Shown { value: Value::Null, display, masked: false };
    }
    let bare = match value {
        Value::Text(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Null => None,
    };
    if let (Sensitivity::Sensitive, Some(text)) = (field.sensitivity, bare) {
        let masked = mask(&text);
        let display = Some(Words::same(masked.clone()));
        return Shown { value: Value::Text(masked), display, masked: true };
    }
    let display = match value {
        Value::Bool(true) => Some(Words { zh: "是".to_owned(), en: "Yes".to_owned() }),
        Value::Bool(false) => Some(Words { zh: "否".to_owned(), en: "No".to_owned() }),
        _ => field.choice_label(value).map(Words::from),
    };
    Shown { value: value.clone(), display, masked: false }
}

/// Shows a value of one of the district's own fields; of one that no configuration knows, as it is.
pub fn show_own(own: Option<&ExtraField>, value: &Value) -> Shown {
    let Some(own) = own else { return show(&shared::CUSTOM, value) };
    let shown = show(&Field { sensitivity: own.sensitivity, ..shared::CUSTOM }, value);
    let label = own.choice_label(value).filter(|_| !shown.masked).map(Words::from);
    Shown { display: label.or(shown.display), ..shown }
}

/// Masks a number or a name.
fn mask(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let shown = |place: usize| {
        if letters.len() >= 8 { place + 4 >= letters.len() } else { place == 0 }
    };
    let star = |(place, letter): (usize, &char)| if shown(place) { *letter } else { '*' };
    letters.iter().enumerate().map(star).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_protocol::records::Kind;

    #[test]
    fn a_sensitive_value_is_masked_and_an_open_one_is_not() {
        let (phone, _) = Kind::Premises.field("owner_phone").unwrap();
        let shown = show(phone, &Value::from("19900001234"));
        assert_eq!(shown.value, Value::from("*******1234"));
        assert!(shown.masked);
        let (name, _) = Kind::Premises.field("owner_name").unwrap();
        assert_eq!(show(name, &Value::from("欧阳春")).value, Value::from("欧**"));
        let (use_, _) = Kind::Premises.field("use").unwrap();
        let shown = show(use_, &Value::from("rented"));
        assert_eq!(shown.display.unwrap().en, "Rented");
        assert!(!shown.masked);
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
        let choices = r#", "choices": [{"code": "gas", "label": {"zh": "燃气", "en": "Gas"}}]"#;
        let heating = of("choice", choices);
        assert_eq!(show_own(Some(&heating), &Value::from("gas")).display.unwrap().zh, "燃气");
        assert_eq!(show_own(Some(&heating), &Value::from("coal")).display, None);
        let secret = of("integer", r#", "sensitivity": "sensitive""#);
        let shown = show_own(Some(&secret), &Value::Int(123_456_789));
        assert_eq!((shown.value, shown.masked), (Value::from("*****6789"), true));
        assert_eq!(show_own(None, &Value::from("kept")).value, Value::from("kept"));
    }
}
