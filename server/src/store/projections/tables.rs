//! Which column a field is projected into: a field without a variable segment has one of its own; one
//! with a segment is part of a JSON column that holds all of its kind, by segment. What is stored
//! encrypted only ([`Field::is_sealed`]) has none.

use std::sync::LazyLock;

use sync_protocol::records::{Field, FieldType, Kind};

use crate::store::row_value::Scalar;

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

/// The columns of a kind's table that a later change may set, in the order of its row type.
pub fn columns_of(kind: Kind) -> impl Iterator<Item = &'static str> {
    FIXED.into_iter().chain(layout_of(kind).columns.iter().map(|column| column.name))
}

/// A column that fields are projected into.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name.
    pub(super) name: &'static str,
    /// Its type.
    pub(super) scalar: Scalar,
}

/// The way from a kind's fields to its columns.
#[derive(Debug)]
pub(super) struct Layout {
    /// The columns, those of JSON last.
    pub(super) columns: Vec<Column>,
    /// By field, in the order of the field table: its column's place, and its part of it if it is one.
    places: Vec<Option<(usize, Option<&'static Part>)>>,
    kind: Kind,
}

impl Layout {
    fn of(kind: Kind) -> Self {
        let part = |field: &Field| PARTS.iter().find(|part| part.pattern == field.key);
        let in_the_open = kind.fields().iter().filter(|field| !field.is_sealed());
        let own = in_the_open.clone().filter(|field| part(field).is_none());
        let mut columns: Vec<Column> =
            own.map(|field| Column { name: field.key, scalar: scalar_of(&field.kind) }).collect();
        let has = |part: &&Part| in_the_open.clone().any(|field| field.key == part.pattern);
        let json = PARTS.iter().filter(has);
        columns.extend(json.map(|part| Column { name: part.column, scalar: Scalar::Json }));
        columns.dedup();
        let place = |field| {
            let part = part(field);
            let name = part.map_or(field.key, |part| part.column);
            let place = columns.iter().position(|column| column.name == name);
            place.filter(|_| !field.is_sealed()).map(|place| (place, part))
        };
        let places = kind.fields().iter().map(place).collect();
        Self { columns, places, kind }
    }

    /// The place of a field's column, and the field's part of it if it is one; nothing for a field
    /// that is stored encrypted only.
    pub(super) fn place(&self, field: &Field) -> Option<(usize, Option<&'static Part>)> {
        let number = self.kind.fields().iter().position(|other| std::ptr::eq(other, field))?;
        self.places.get(number).copied().flatten()
    }
}

/// The layout of a kind, made once.
pub(super) fn layout_of(kind: Kind) -> &'static Layout {
    static LAYOUTS: LazyLock<[Layout; 4]> = LazyLock::new(|| Kind::ALL.map(Layout::of));
    let [premises, residency, visit, inspection] = &*LAYOUTS;
    match kind {
        Kind::Premises => premises,
        Kind::Residency => residency,
        Kind::Visit => visit,
        Kind::Inspection => inspection,
    }
}

fn scalar_of(kind: &FieldType) -> Scalar {
    match kind {
        FieldType::Integer(..) => Scalar::BigInt,
        FieldType::Boolean => Scalar::Boolean,
        FieldType::Date => Scalar::Date,
        FieldType::Instant => Scalar::Moment,
        FieldType::Record => Scalar::Uuid,
        _ => Scalar::Text,
    }
}

/// Where a field with a variable segment goes.
#[derive(Debug)]
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

/// Every field with a variable segment that lies in the open; those of one column stand together.
pub(super) const PARTS: &[Part] = &[
    part("confirmed.{residency}", "confirmed", None),
    part("need.{need}", "needs", None),
    part("item.{item}.result", "items", Some("result")),
    part("photo.{photo}.taken_at", "photos", Some("taken_at")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_lies_in_the_open_has_a_column_and_no_other() {
        for kind in Kind::ALL {
            let (sealed, open): (Vec<&Field>, Vec<&Field>) =
                kind.fields().iter().partition(|field| field.is_sealed());
            assert!(sealed.iter().all(|field| layout_of(kind).place(field).is_none()));
            for field in open {
                let (place, part) = layout_of(kind).place(field).expect("a place");
                let column = layout_of(kind).columns.get(place).expect("a column");
                assert_eq!(part.is_some(), field.key.contains('{'), "{}", field.key);
                assert_eq!(column.name, part.map_or(field.key, |part| part.column));
                assert_eq!(column.scalar == Scalar::Json, part.is_some(), "{}", field.key);
            }
        }
    }
}
