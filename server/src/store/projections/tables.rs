//! Which table a field is projected into: a field without a variable segment is a column of its
//! kind's table; one with a segment is a column of a table of parts.

use sync_protocol::records::Kind;

/// The columns of a kind's table that are not fields: whose change the row reflects, and when.
const FIXED: [&str; 3] = ["seq", "author", "received_at"];

/// The typed table of a kind.
pub(super) const fn main_table(kind: Kind) -> &'static str {
    match kind {
        Kind::Premises => "premises",
        Kind::Residency => "residencies",
        Kind::Visit => "visits",
        Kind::Inspection => "inspections",
    }
}

/// The columns of a kind's table that a later change may set.
pub fn columns_of(kind: Kind) -> impl Iterator<Item = &'static str> {
    let fields = kind.fields().iter().map(|field| field.key).filter(|key| !key.contains('{'));
    FIXED.into_iter().chain(fields)
}

/// A table of parts.
pub(super) struct Parts {
    /// Its name.
    pub(super) name: &'static str,
    /// The kinds of record that have such parts.
    pub(super) kinds: &'static [Kind],
    /// The column of the variable segment.
    pub(super) segment: &'static str,
    /// The fields, and the column of each.
    pub(super) columns: &'static [(&'static str, &'static str)],
}

/// Every table of parts.
pub(super) const PARTS: &[Parts] = &[
    Parts {
        name: "visit_confirmations",
        kinds: &[Kind::Visit],
        segment: "residency",
        columns: &[("confirmed.{residency}", "confirmed")],
    },
    Parts {
        name: "visit_needs",
        kinds: &[Kind::Visit],
        segment: "need",
        columns: &[("need.{need}", "step")],
    },
    Parts {
        name: "inspection_items",
        kinds: &[Kind::Inspection],
        segment: "item",
        columns: &[("item.{item}.result", "result"), ("item.{item}.note", "note")],
    },
    Parts {
        name: "report_photos",
        kinds: &[Kind::Visit, Kind::Inspection],
        segment: "photo",
        columns: &[
            ("photo.{photo}.caption", "caption"),
            ("photo.{photo}.taken_at", "taken_at"),
            ("photo.{photo}.place", "place"),
        ],
    },
    Parts {
        name: "decisions",
        kinds: &Kind::ALL,
        segment: "field",
        columns: &[("decided.{decided}", "words")],
    },
    Parts {
        name: "custom_fields",
        kinds: &Kind::ALL,
        segment: "name",
        columns: &[("x.{custom}", "value")],
    },
];

/// The table and column of a field that has a variable segment.
pub(super) fn part_column(pattern: &str) -> Option<(&'static Parts, &'static str)> {
    PARTS.iter().find_map(|table| {
        let (_, column) = table.columns.iter().find(|(key, _)| *key == pattern)?;
        Some((table, *column))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_column_and_every_column_a_field() {
        for kind in Kind::ALL {
            for field in kind.fields().iter().filter(|field| field.key.contains('{')) {
                let (table, _) = part_column(field.key).expect(field.key);
                assert!(table.kinds.contains(&kind), "{} of {kind:?}", field.key);
            }
        }
        for table in PARTS {
            for (key, _) in table.columns {
                let known = |kind: &Kind| kind.fields().iter().any(|field| field.key == *key);
                assert!(table.kinds.iter().all(known), "{key}");
            }
        }
    }
}
