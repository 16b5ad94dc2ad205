//! A residency's document: a citizen identity number checks itself and tells birth date and sex.

use sync_protocol::document::{Effective, Written};
use sync_protocol::records::document_number::{CitizenNumberError, parse_citizen};

use crate::codes;
use crate::error::CoreError;

/// Held to each other whenever one of them is written. (An old mistake elsewhere does not keep
/// anybody from writing down that the person has left.)
const TOGETHER: [&str; 4] = ["document_type", "document_number", "birth_date", "sex"];

/// Checks number, birth date and sex.
pub(super) fn check(effective: &Effective, written: &[Written]) -> Result<(), CoreError> {
    let touched = written.iter().any(|field| TOGETHER.contains(&field.key.as_str()));
    if !touched || effective.text("document_type") != Some("resident_id") {
        return Ok(());
    }
    let Some(number) = effective.text("document_number") else {
        return Ok(());
    };
    let number = parse_citizen(number).map_err(|error| {
        let code = match error {
            CitizenNumberError::Form => &codes::NUMBER_FORM,
            CitizenNumberError::Birth => &codes::NUMBER_BIRTH,
            CitizenNumberError::Check => &codes::NUMBER_CHECK,
        };
        CoreError::on(code, "document_number")
    })?;
    let born = number.born.to_string();
    if effective.text("birth_date").is_some_and(|date| date != born) {
        return Err(CoreError::on(&codes::BIRTH_DIFFERS, "birth_date"));
    }
    let sex = if number.male { "male" } else { "female" };
    if effective.text("sex").is_some_and(|written| written != sex) {
        return Err(CoreError::on(&codes::SEX_DIFFERS, "sex"));
    }
    Ok(())
}
