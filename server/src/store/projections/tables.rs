//! Which column a field is projected into: a field without a variable segment has one of its own; one
//! with a segment is part of a JSON column that holds all of its kind, by segment.

use sync_protocol::records::Kind;

/// The columns of a kind's table that are not fields: whose change the row reflects, and when.
const FIXED: [&str; 3] = ["seq", "author", "received_at"];

/// The typed table of a kind.
pub(super) const fn table_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Premises => "premises",
        Kind::Residency => "residencies",
        Kind::Visit => "visits",
        Kind::Inspection => "inspections",
    }
}

/// The columns of a kind's table that a later change may set.
pub fn columns_of(kind: Kind) -> impl Iterator<Item = &'static str> {
    let own = kind.fields().iter().map(|field| field.key).filter(|key| !key.contains('{'));
    let has = move |pattern: &str| kind.fields().iter().any(|field| field.key == pattern);
    let mut parts: Vec<&str> =
        PARTS.iter().filter(|part| has(part.pattern)).map(|part| part.column).collect();
    parts.dedup();
    FIXED.into_iter().chain(own).chain(parts)
}

/// Where a field with a variable segment goes.
pub(super) struct Part {
    /// The field's key.
    pub(super) pattern: &'static str,
    /// The JSON column.
    pub(super) column: &'static str,
    /// The name within the segment's object; none where the value itself stands there.
    pub(super) name: Option<&'static str>,
}

const fn part(pattern: &'static str, column: &'static str, name: Option<&'static str>) -> Part {
    Part { pattern, column, name }
}

/// Every field with a variable segment; those of one column stand together.
pub(super) const PARTS: &[Part] = &[
    part("confirmed.{residency}", "confirmed", None),
    part("need.{need}", "needs", None),
    part("item.{item}.result", "items", Some("result")),
    part("item.{item}.note", "items", Some("note")),
    part("photo.{photo}.caption", "photos", Some("caption")),
    part("photo.{photo}.taken_at", "photos", Some("taken_at")),
    part("photo.{photo}.place", "photos", Some("place")),
    part("decided.{decided}", "decided", None),
    part("x.{custom}", "custom", None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_column() {
        for field in Kind::ALL.iter().flat_map(|kind| kind.fields()) {
            let known = PARTS.iter().any(|part| part.pattern == field.key);
            assert_eq!(known, field.key.contains('{'), "{}", field.key);
        }
    }
}
