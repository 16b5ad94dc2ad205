//! Reading a configuration that staff wrote: a word that nothing knows is a slip of the pen, and is
//! told with its place instead of being passed over.

use serde_json::Value as Json;

use super::fault::{self, Fault};
use super::{Configuration, fault::Place};

/// Reads the whole or says what is in the way.
pub(super) fn read(json: &str) -> Result<Configuration, Fault> {
    let unreadable = |error: serde_json::Error| {
        let place = Place::Line(error.line(), error.to_string());
        Fault::new(&fault::UNREADABLE, place)
    };
    let configuration: Configuration = serde_json::from_str(json).map_err(unreadable)?;
    let given: Json = serde_json::from_str(json).map_err(unreadable)?;
    let understood = serde_json::to_value(&configuration).unwrap_or_default();
    match unknown(&given, &understood, "") {
        Some(path) => Err(Fault::new(&fault::UNKNOWN_KEY, Place::Path(path))),
        None => Ok(configuration),
    }
}

/// The path of the first key that was given and not understood.
fn unknown(given: &Json, understood: &Json, path: &str) -> Option<String> {
    match (given, understood) {
        (Json::Object(given), Json::Object(understood)) => given.iter().find_map(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            match understood.get(key) {
                Some(understood) => unknown(value, understood, &path),
                None => Some(path),
            }
        }),
        (Json::Array(given), Json::Array(understood)) => {
            given.iter().zip(understood).enumerate().find_map(|(place, (given, understood))| {
                unknown(given, understood, &format!("{path}[{place}]"))
            })
        }
        _ => None,
    }
}
