//! What was given on the command line as what the core takes: values by their field's type, homes
//! and records by whatever names them.

use mobile_bindings::client::{Entry, FieldClient, FieldValue};
use sync_protocol::records::{FieldType, Kind, derived};

use crate::failure::Failure;

/// `key=value` pairs for a kind of record.
pub(crate) fn entries(kind: Kind, pairs: &[String]) -> Result<Vec<Entry>, Failure> {
    pairs
        .iter()
        .map(|pair| {
            let (key, value) =
                pair.split_once('=').ok_or_else(|| Failure::value(pair, "key=value"))?;
            entry(kind, key, value)
        })
        .collect()
}

/// One value, by its field's type.
pub(crate) fn entry(kind: Kind, key: &str, text: &str) -> Result<Entry, Failure> {
    let field = kind.field(key).map(|(field, _)| field.kind);
    let value = match (field, text) {
        (Some(FieldType::LongText(_)), text) => FieldValue::Text { text: text.to_owned() },
        (_, "") => FieldValue::Cleared,
        (Some(FieldType::Boolean), text) => match text {
            "yes" | "true" | "是" => FieldValue::Flag { yes: true },
            "no" | "false" | "否" => FieldValue::Flag { yes: false },
            _ => return Err(Failure::value(key, "yes, no")),
        },
        (Some(FieldType::Integer(..) | FieldType::Instant), text) => {
            let number = text.parse().map_err(|_| Failure::value(key, "1, 2, 3 …"))?;
            FieldValue::Number { number }
        }
        (Some(FieldType::Choice(choices)), text)
            if choices.iter().all(|choice| choice.code != text) =>
        {
            let codes: Vec<&str> = choices.iter().map(|choice| choice.code).collect();
            return Err(Failure::value(key, &codes.join(", ")));
        }
        (_, text) => FieldValue::Text { text: text.to_owned() },
    };
    Ok(Entry { key: key.to_owned(), value })
}

/// Adds the value of a key, if it was given.
pub(crate) fn add(
    values: &mut Vec<Entry>,
    kind: Kind,
    key: &str,
    given: Option<&str>,
) -> Result<(), Failure> {
    values.extend(given.map(|given| entry(kind, key, given)).transpose()?);
    Ok(())
}

/// `gas=fail:note` as the two values it is.
pub(crate) fn item(given: &str) -> Result<Vec<Entry>, Failure> {
    let (item, found) =
        given.split_once('=').ok_or_else(|| Failure::value(given, "gas=fail:note"))?;
    let (result, note) = match found.split_once(':') {
        Some((result, note)) => (result, Some(note)),
        None => (found, None),
    };
    let key = |what: &str| format!("item.{item}.{what}");
    let mut entries = vec![entry(Kind::Inspection, &key("result"), result)?];
    if let Some(note) = note {
        entries.push(entry(Kind::Inspection, &key("note"), note)?);
    }
    Ok(entries)
}

/// A home: its address code, its id or a unique beginning of that.
pub(crate) fn premises(client: &FieldClient, given: &str) -> Result<String, Failure> {
    // An address code may look like the beginning of an id; whoever gives one means the home.
    let by_code = client.resolve(derived::premises_id(given).to_string());
    by_code.or_else(|_| client.resolve(given.to_owned())).map_err(Failure::from)
}

/// A record: its id, a unique beginning of that, or a home's address code.
pub(crate) fn record(client: &FieldClient, given: &str) -> Result<String, Failure> {
    premises(client, given)
}

/// A record with its kind.
pub(crate) fn kind_and_record(
    client: &FieldClient,
    given: &str,
) -> Result<(Kind, String), Failure> {
    let record = record(client, given)?;
    let kind = client.read(record.clone())?.line.kind;
    Ok((Kind::from_code(&kind).unwrap_or(Kind::Premises), record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_their_fields_type() {
        let value = |kind, key, text| entry(kind, key, text).map(|entry| entry.value);
        let number = FieldValue::Number { number: 3 };
        assert_eq!(value(Kind::Premises, "rooms", "3").unwrap(), number);
        assert_eq!(
            value(Kind::Premises, "lease_filed", "yes").unwrap(),
            FieldValue::Flag { yes: true }
        );
        assert_eq!(value(Kind::Premises, "room", "").unwrap(), FieldValue::Cleared);
        let empty = FieldValue::Text { text: String::new() };
        assert_eq!(value(Kind::Premises, "notes", "").unwrap(), empty);
        let text = FieldValue::Text { text: "3".to_owned() };
        assert_eq!(value(Kind::Premises, "room", "3").unwrap(), text);
        let wrong = value(Kind::Premises, "use", "palace").unwrap_err();
        assert!(wrong.problem.remedy.en.contains("rented"));
        assert!(entries(Kind::Premises, &["rooms".to_owned()]).is_err());
    }

    #[test]
    fn an_item_is_a_result_and_perhaps_a_note() {
        let keys = |given| {
            item(given).map(|found| found.into_iter().map(|entry| entry.key).collect::<Vec<_>>())
        };
        assert_eq!(keys("gas=pass").unwrap(), ["item.gas.result"]);
        assert_eq!(keys("gas=fail:hose: old").unwrap(), ["item.gas.result", "item.gas.note"]);
        assert!(keys("gas").is_err());
        assert!(keys("gas=maybe").is_err());
    }
}
