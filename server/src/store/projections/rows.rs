//! What records say in the open as rows of the typed tables. They are written straight from the registers: this is
//! done for every record of every push.

use serde::ser::{Serialize, SerializeMap, Serializer};
use sync_protocol::document::effective;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{FieldType, Value};

use super::Projected;
use super::tables::{Column, Part, layout_of};
use crate::store::StoreError;
use crate::store::row_value::{Row, Scalar};
use crate::store::rows::{area_key, device_key, moment, record_key, seq_key};

/// Room for most rows.
pub(super) const ROOM: usize = 1024;

/// Fills in a record's row.
pub(super) fn fill(
    row: &mut Row<'_>,
    area: AreaId,
    record: &Projected<'_>,
) -> Result<(), StoreError> {
    row.bigint(area_key(area));
    row.uuid(record_key(record.record));
    row.bigint(seq_key(record.seq));
    row.bigint(device_key(record.author));
    row.bigint(record.received_at);
    let layout = layout_of(record.registers.kind);
    let said = Said::of(record);
    for (place, column) in layout.columns.iter().enumerate() {
        if column.scalar == Scalar::Json {
            said.write_parts(row, place)?;
        } else {
            said.write_own(row, place, column)?;
        }
    }
    Ok(())
}

/// What a record says, by column.
struct Said<'r> {
    /// The values of fields that have a column of their own, by its place.
    own: Vec<Option<&'r Value>>,
    /// The others, in the order of their keys: those of one column stand together.
    parts: Vec<Cell<'r>>,
}

/// A value in a JSON column.
struct Cell<'r> {
    place: usize,
    part: &'static Part,
    segment: &'r str,
    kind: &'static FieldType,
    value: &'r Value,
}

impl<'r> Said<'r> {
    fn of(record: &Projected<'r>) -> Self {
        let kind = record.registers.kind;
        let layout = layout_of(kind);
        let mut said = Self { own: vec![None; layout.columns.len()], parts: Vec::new() };
        for (key, value) in effective::values(record.registers) {
            let Some((field, segment)) = kind.field(key) else { continue };
            match layout.place(field) {
                Some((place, Some(part))) => {
                    said.parts.push(Cell { place, part, segment, kind: &field.kind, value });
                }
                Some((place, None)) => said.put(place, value),
                None => {}
            }
        }
        said
    }

    fn put(&mut self, place: usize, value: &'r Value) {
        if let Some(own) = self.own.get_mut(place) {
            *own = Some(value);
        }
    }

    fn write_own(
        &self,
        row: &mut Row<'_>,
        place: usize,
        column: &Column,
    ) -> Result<(), StoreError> {
        match self.own.get(place).copied().flatten() {
            None | Some(Value::Null) => row.null(column.scalar),
            Some(value) => return write_value(row, column.scalar, value),
        }
        Ok(())
    }

    fn write_parts(&self, row: &mut Row<'_>, place: usize) -> Result<(), StoreError> {
        let mut columns = self.parts.chunk_by(|a, b| a.place == b.place);
        let cells = columns.find(|cells| cells.first().is_some_and(|cell| cell.place == place));
        match cells {
            None => row.null(Scalar::Json),
            Some(cells) => row.json(&serde_json::to_vec(&Segments(cells)).map_err(|_| corrupt())?),
        }
        Ok(())
    }
}

/// What was judged is of its field's type.
fn corrupt() -> StoreError {
    StoreError::Corrupt("a record's registers")
}

fn write_value(row: &mut Row<'_>, scalar: Scalar, value: &Value) -> Result<(), StoreError> {
    match (scalar, value) {
        (Scalar::BigInt, Value::Int(number)) => row.bigint(*number),
        (Scalar::Moment, Value::Int(ms)) => row.moment(*ms),
        (Scalar::Boolean, Value::Bool(yes)) => row.boolean(*yes),
        (Scalar::Date, Value::Text(day)) => row.date(day.parse().map_err(|_| corrupt())?),
        (Scalar::Uuid, Value::Text(id)) => {
            row.uuid(record_key(id.parse::<RecordId>().map_err(|_| corrupt())?));
        }
        (Scalar::Text, Value::Text(text)) => row.text(text),
        _ => return Err(corrupt()),
    }
    Ok(())
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
                [cell] if cell.part.name.is_none() => column.serialize_entry(cell.segment, cell)?,
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
        serializer.collect_map(self.0.iter().filter_map(|cell| Some((cell.part.name?, cell))))
    }
}
