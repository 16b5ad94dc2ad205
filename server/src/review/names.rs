//! What the records around a report are called.

use std::collections::HashMap;

use sync_protocol::document::Effective;
use sync_protocol::ids::RecordId;
use sync_protocol::records::Kind;

/// What records are called: a premises by its address, a residency by its person's name.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    /// Of these records.
    pub(super) fn of_records(records: &[(RecordId, Kind, Effective)]) -> Self {
        let name = |(id, kind, effective): &(RecordId, Kind, Effective)| {
            let key = if *kind == Kind::Premises { "address" } else { "name" };
            let name = effective.text(key)?;
            Some((id.to_string(), name.to_owned()))
        };
        Self(records.iter().filter_map(name).collect())
    }

    /// What the record of an id is called.
    pub(super) fn of(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}
