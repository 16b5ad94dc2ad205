//! Words in both languages, and values in words.

use sync_protocol::records::{Field, Label, Sensitivity, Value};

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
    if let (Sensitivity::Sensitive, Value::Text(text)) = (field.sensitivity, value) {
        let masked = mask(text);
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
}
