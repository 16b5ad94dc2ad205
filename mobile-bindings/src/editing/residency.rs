//! A residency's document: a citizen identity number checks itself and tells birth date and sex; with
//! the home it tells whether the stay is on this phone already.

use sync_protocol::document::{Effective, Written};
use sync_protocol::ids::RecordId;
use sync_protocol::records::Kind;
use sync_protocol::records::document_number::{CitizenNumberError, normalised, parse_citizen};

use crate::error::CoreError;
use crate::store::records::Filter;
use crate::store::{Connection, records};
use crate::{codes, record};

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

/// The record of somebody's stay at a home. One that came from another area has an id that was
/// derived under that area's key: it is found by what it says, unless the derived one is here.
pub(crate) fn known(
    connection: &Connection,
    premises: RecordId,
    number: &str,
    derived: RecordId,
) -> Result<RecordId, CoreError> {
    if records::place_of(connection, derived)?.is_some() {
        return Ok(derived);
    }
    let filter =
        Filter { kind: Some(Kind::Residency), premises: Some(premises), ..Filter::default() };
    let mut same = Vec::new();
    for stay in records::list(connection, &filter)? {
        let record = stay.place.record;
        let Some(registers) = record::registers(connection, record)? else { continue };
        let effective = Effective::of(&registers);
        if effective.text("document_number").map(normalised).as_deref() == Some(number) {
            same.push(record);
        }
    }
    // All phones that have the same take the same.
    Ok(same.into_iter().min().unwrap_or(derived))
}
