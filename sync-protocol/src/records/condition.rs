//! When a field must be filled in, and when a screen shows it: a condition on the other values of the
//! same record, so simple that an app can hold it while a person types.

use super::Value;

/// A condition on the values of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It never holds.
    Never,
    /// It always does.
    Always,
    /// Another field has one of these values; yes and no are `true` and `false`. A variable segment
    /// in the key is that of the field that has the condition.
    When(&'static str, &'static [&'static str]),
}

impl Condition {
    /// Whether it holds for a field whose variable segment is this (empty where it has none).
    pub fn holds<'v>(&self, segment: &str, value: impl Fn(&str) -> Option<&'v Value>) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::When(key, codes) => {
                let found = value(&with_segment(key, segment)).map(word);
                found.is_some_and(|word| codes.contains(&word.as_str()))
            }
        }
    }

    /// The key that it depends on, for a field whose variable segment is this.
    pub fn depends_on(&self, segment: &str) -> Option<String> {
        match self {
            Self::When(key, _) => Some(with_segment(key, segment)),
            Self::Never | Self::Always => None,
        }
    }
}

/// A field's key with its variable segment filled in.
pub fn with_segment(pattern: &str, segment: &str) -> String {
    let open = pattern.split_once('{');
    match open.and_then(|(head, rest)| Some((head, rest.split_once('}')?.1))) {
        Some((head, tail)) => format!("{head}{segment}{tail}"),
        None => pattern.to_owned(),
    }
}

/// A value as [`Condition::When`] names it.
pub(crate) fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => yes.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_looks_at_the_same_item_and_no_other() {
        let failed = Condition::When("item.{item}.result", &["fail"]);
        let fail = Value::from("fail");
        let value = |key: &str| (key == "item.gas.result").then_some(&fail);
        assert!(failed.holds("gas", value));
        assert!(!failed.holds("wiring", value));
        assert_eq!(failed.depends_on("gas").as_deref(), Some("item.gas.result"));
        let yes = Value::from(true);
        assert!(Condition::When("lease_filed", &["true"]).holds("", |_| Some(&yes)));
        assert!(!Condition::When("lease_filed", &["true"]).holds("", |_| None));
    }
}
