//! A residency's document tells, with the home, whether the stay is on this phone already.

use sync_protocol::document::Effective;
use sync_protocol::ids::RecordId;
use sync_protocol::records::Kind;
use sync_protocol::records::document_number::normalised;

use crate::error::CoreError;
use crate::record;
use crate::store::records::Filter;
use crate::store::{Connection, records};

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
