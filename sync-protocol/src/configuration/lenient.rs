//! Reading a configuration that somebody else has checked, perhaps with newer rules: a district that
//! uses what this reader does not know must not stop its phones.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{Configuration, ExtraField};

/// Reads as much as can be understood.
pub(super) fn read(json: &str) -> Configuration {
    let Ok(Json::Object(mut given)) = serde_json::from_str::<Json>(json) else {
        return Configuration::default();
    };
    let extra = given.remove("extra").unwrap_or_default();
    let due = given.remove("due").unwrap_or_default();
    let retention = given.remove("retention").unwrap_or_default();
    Configuration {
        due: known_of(&due),
        retention: known_of(&retention),
        extra: fields(extra),
        ..known_of::<Configuration>(&Json::Object(given))
    }
}

/// The fields that can be read; one of a type that this reader does not know is left out, and its
/// values are shown by their key.
fn fields(extra: Json) -> Vec<ExtraField> {
    let Json::Array(extra) = extra else { return Vec::new() };
    extra.into_iter().filter_map(|field| serde_json::from_value(field).ok()).collect()
}

/// The defaults, with each key that is known and can be read in place of its default.
fn known_of<T: Default + Serialize + DeserializeOwned>(given: &Json) -> T {
    let mut whole = serde_json::to_value(T::default()).unwrap_or_default();
    let known: Vec<String> =
        whole.as_object().map(|whole| whole.keys().cloned().collect()).unwrap_or_default();
    for key in known {
        let (Some(value), Some(slot)) = (given.get(&key), whole.get_mut(&key)) else { continue };
        let default = std::mem::replace(slot, value.clone());
        if serde_json::from_value::<T>(whole.clone()).is_err()
            && let Some(slot) = whole.get_mut(&key)
        {
            *slot = default;
        }
    }
    serde_json::from_value(whole).unwrap_or_default()
}
