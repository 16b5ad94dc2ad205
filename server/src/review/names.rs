//! What the records around a report are called.

use std::collections::HashMap;

use sync_protocol::configuration::ExtraField;
use sync_protocol::document::Effective;
use sync_protocol::ids::RecordId;
use sync_protocol::records::Kind;

use crate::configuration::DistrictFields;

/// What records are called: a premises by its address, a residency by its person's name; and what
/// the district calls its own fields.
pub(super) struct Names {
    records: HashMap<String, String>,
    district: DistrictFields,
}

impl Names {
    /// Of these records, and of the district's fields.
    pub(super) fn of_records(
        records: &[(RecordId, Kind, Effective)],
        district: DistrictFields,
    ) -> Self {
        let name = |(id, kind, effective): &(RecordId, Kind, Effective)| {
            let key = if *kind == Kind::Premises { "address" } else { "name" };
            let name = effective.text(key)?;
            Some((id.to_string(), name.to_owned()))
        };
        Self { records: records.iter().filter_map(name).collect(), district }
    }

    /// What the record of an id is called.
    pub(super) fn of(&self, id: &str) -> Option<&str> {
        self.records.get(id).map(String::as_str)
    }

    /// The district's field of a key.
    pub(super) fn own(&self, kind: Kind, key: &str) -> Option<&ExtraField> {
        self.district.field(kind, key)
    }
}
