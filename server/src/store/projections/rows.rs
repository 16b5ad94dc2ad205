//! Effective values as rows of the typed tables, in the JSON that PostgreSQL types itself.

use serde_json::{Map, Value as Json, json};
use sync_protocol::ids::AreaId;
use sync_protocol::records::{Field, FieldType, Value};

use super::Projected;
use super::tables::PARTS;
use crate::store::rows::{area_key, device_key, moment, record_key};

/// A record's row.
pub(super) fn row(area: AreaId, projected: &Projected<'_>) -> Json {
    let mut row = Map::new();
    row.insert("area_id".into(), json!(area_key(area)));
    row.insert("record_id".into(), json!(record_key(projected.record).to_string()));
    row.insert("seq".into(), json!(projected.seq));
    row.insert("author".into(), json!(device_key(projected.author)));
    row.insert("received_at".into(), json!(projected.received_at));
    for (key, field) in &projected.effective.fields {
        let Some((spec, segment)) = projected.kind.field(key) else { continue };
        put(&mut row, spec, segment, cell(spec.kind, &field.value));
    }
    Json::Object(row)
}

fn put(row: &mut Map<String, Json>, field: &Field, segment: &str, value: Json) {
    let Some(part) = PARTS.iter().find(|part| part.pattern == field.key) else {
        row.insert(field.key.into(), value);
        return;
    };
    let Json::Object(column) = row.entry(part.column).or_insert_with(|| json!({})) else { return };
    let Some(name) = part.name else {
        column.insert(segment.into(), value);
        return;
    };
    if let Json::Object(of_segment) = column.entry(segment).or_insert_with(|| json!({})) {
        of_segment.insert(name.into(), value);
    }
}

fn cell(kind: FieldType, value: &Value) -> Json {
    match (kind, value) {
        (FieldType::Instant, Value::Int(ms)) => json!(moment(*ms)),
        (_, value) => json!(value),
    }
}
