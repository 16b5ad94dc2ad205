//! Effective values as rows of the typed tables, in the JSON that PostgreSQL types itself.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json, json};
use sync_protocol::ids::AreaId;
use sync_protocol::records::{FieldType, Kind, Value};

use super::Projected;
use super::tables::part_column;
use crate::store::rows::{area_key, device_key, moment, record_key};

/// Rows by table.
#[derive(Default)]
pub(super) struct Rows {
    /// Rows of the kinds' own tables.
    pub(super) main: BTreeMap<Kind, Vec<Json>>,
    /// Rows of the tables of parts.
    pub(super) parts: HashMap<&'static str, Vec<Json>>,
}

impl Rows {
    /// Adds a record's rows.
    pub(super) fn add(&mut self, area: AreaId, projected: &Projected<'_>) {
        let mut main = key_columns(area, projected);
        main.insert("seq".into(), json!(projected.seq));
        main.insert("author".into(), json!(device_key(projected.author)));
        main.insert("received_at".into(), json!(projected.received_at));
        let mut parts: BTreeMap<(&str, &str), Map<String, Json>> = BTreeMap::new();
        for (key, field) in &projected.effective.fields {
            let Some((spec, segment)) = projected.kind.field(key) else {
                continue;
            };
            let value = cell(spec.kind, &field.value);
            match part_column(spec.key) {
                None => {
                    main.insert(key.clone(), value);
                }
                Some((table, column)) => {
                    let row = parts.entry((table.name, segment)).or_insert_with(|| {
                        let mut row = key_columns(area, projected);
                        row.insert(table.segment.into(), json!(segment));
                        row
                    });
                    row.insert(column.into(), value);
                }
            }
        }
        self.main.entry(projected.kind).or_default().push(Json::Object(main));
        self.add_parts(parts);
    }

    fn add_parts(&mut self, parts: BTreeMap<(&str, &str), Map<String, Json>>) {
        for ((table, _), row) in parts {
            let Some(name) = super::tables::PARTS.iter().find(|t| t.name == table) else {
                continue;
            };
            self.parts.entry(name.name).or_default().push(Json::Object(row));
        }
    }
}

fn key_columns(area: AreaId, projected: &Projected<'_>) -> Map<String, Json> {
    let mut row = Map::new();
    row.insert("area_id".into(), json!(area_key(area)));
    row.insert("record_id".into(), json!(record_key(projected.record).to_string()));
    row
}

fn cell(kind: FieldType, value: &Value) -> Json {
    match (kind, value) {
        (FieldType::Instant, Value::Int(ms)) => json!(moment(*ms)),
        (_, value) => json!(value),
    }
}
