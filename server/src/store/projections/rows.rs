//! What records say as rows of the typed tables, in the JSON that PostgreSQL types itself. It is
//! written straight from the registers: this is done for every record of every push.

use serde::ser::{Serialize, SerializeMap, Serializer};
use sync_protocol::document::effective;
use sync_protocol::ids::AreaId;
use sync_protocol::records::{FieldType, Value};

use super::Projected;
use super::tables::{PARTS, Part};
use crate::store::rows::{area_key, device_key, moment, record_key};

/// A record's row.
pub(super) struct Row<'p> {
    pub(super) area: AreaId,
    pub(super) record: &'p Projected<'p>,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { area, record } = *self;
        let mut row = serializer.serialize_map(None)?;
        row.serialize_entry("area_id", &area_key(area))?;
        row.serialize_entry("record_id", &record_key(record.record).to_string())?;
        row.serialize_entry("seq", &record.seq)?;
        row.serialize_entry("author", &device_key(record.author))?;
        row.serialize_entry("received_at", &record.received_at)?;
        for (key, text) in &record.registers.texts {
            row.serialize_entry(key, &text.text)?;
        }
        let cells = cells(record);
        // The keys are in order, so those of one column stand together.
        for column in cells.chunk_by(|a, b| a.part.is_some() && a.column == b.column) {
            match column {
                [cell] if cell.part.is_none() => row.serialize_entry(cell.column, cell)?,
                [first, ..] => row.serialize_entry(first.column, &Segments(column))?,
                [] => {}
            }
        }
        row.end()
    }
}

/// A field's value and where it goes.
struct Cell<'r> {
    column: &'static str,
    part: Option<&'static Part>,
    segment: &'r str,
    kind: FieldType,
    value: &'r Value,
}

fn cells<'r>(record: &'r Projected<'_>) -> Vec<Cell<'r>> {
    let kind = record.registers.kind;
    effective::values(record.registers)
        .filter_map(|(key, value)| {
            let (field, segment) = kind.field(key)?;
            let part = PARTS.iter().find(|part| part.pattern == field.key);
            let column = part.map_or(field.key, |part| part.column);
            Some(Cell { column, part, segment, kind: field.kind, value })
        })
        .collect()
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.kind, self.value) {
            (FieldType::Instant, Value::Int(ms)) => moment(*ms).serialize(serializer),
            (_, value) => value.serialize(serializer),
        }
    }
}

/// The cells of a JSON column, by segment.
struct Segments<'c, 'r>(&'c [Cell<'r>]);

impl Serialize for Segments<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut column = serializer.serialize_map(None)?;
        for of_segment in self.0.chunk_by(|a, b| a.segment == b.segment) {
            match of_segment {
                [cell] if name(cell).is_none() => column.serialize_entry(cell.segment, cell)?,
                [first, ..] => column.serialize_entry(first.segment, &Named(of_segment))?,
                [] => {}
            }
        }
        column.end()
    }
}

/// The cells of one segment, by their names in it.
struct Named<'c, 'r>(&'c [Cell<'r>]);

impl Serialize for Named<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = self.0.iter().filter_map(|cell| Some((name(cell)?, cell)));
        serializer.collect_map(named)
    }
}

fn name(cell: &Cell<'_>) -> Option<&'static str> {
    cell.part.and_then(|part| part.name)
}
