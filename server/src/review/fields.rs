//! A record's fields as staff see them, in the order of the field table.

use sync_protocol::document::Effective;
use sync_protocol::ids::RecordId;
use sync_protocol::records::condition::with_segment;
use sync_protocol::records::{Field, FieldType, Kind, Merge, Part, Roles, Value};

use super::names::Names;
use super::words::{Words, is_own, show};
use super::writers::{Writer, Writers};

/// One record of a report: the report itself, its premises, or a residency there.
#[derive(Debug, serde::Serialize)]
pub struct Section {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its kind in words.
    pub kind_label: Words,
    /// What it is called.
    pub title: String,
    /// Its fields.
    pub fields: Vec<FieldView>,
}

/// One field.
#[derive(Debug, serde::Serialize)]
pub struct FieldView {
    /// Its key.
    pub key: String,
    /// What people read.
    pub label: Words,
    /// Name of its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The effective value, masked where it must be.
    pub value: Value,
    /// In words, where the raw value is not what people read.
    pub display: Option<Words>,
    /// How concurrent values resolve.
    pub rule: Merge,
    /// Whether it is masked.
    pub masked: bool,
    /// Who wrote it.
    pub author: Option<Writer>,
    /// When, by the phone's clock, in milliseconds since 1970 UTC.
    pub written_at: Option<i64>,
    /// Whether it waits for a decision.
    pub clash: bool,
}

/// A record's section, as staff with these roles see it.
pub(super) fn section(
    roles: Roles,
    record: RecordId,
    kind: Kind,
    effective: &Effective,
    writers: &Writers,
    names: &Names,
) -> Section {
    let fields = kind.fields().iter().flat_map(|field| {
        let of_field = effective.fields.iter().filter_map(move |(key, value)| {
            let (found, segment) = kind.field(key)?;
            std::ptr::eq(found, field).then_some((key, segment, value))
        });
        of_field.map(move |(key, segment, value)| (field, key, segment, value))
    });
    let fields = fields
        // Photos are shown as pictures.
        .filter(|(field, ..)| !field.key.starts_with("photo."))
        .filter_map(|(field, key, segment, value)| {
            let own = names.own(kind, key);
            let mut shown = show(roles, field, own, &value.value)?;
            if let (FieldType::Record, Some(id)) = (field.kind, value.value.as_text()) {
                shown.display = names.of(id).map(Words::same);
            }
            Some(FieldView {
                key: key.clone(),
                label: label(kind, field, segment, names),
                kind: own.map_or(field.kind.name(), |own| own.holds.name()),
                value: shown.value,
                display: shown.display,
                rule: field.merge,
                masked: shown.masked,
                author: value.stamp.as_ref().and_then(|stamp| writers.stamp(stamp)),
                written_at: value.stamp.map(|stamp| stamp.time.saturating_mul(1000)),
                clash: effective.clashes.iter().any(|clash| clash.key == *key),
            })
        });
    let title = names.of(&record.to_string()).unwrap_or_default().to_owned();
    Section { record, kind, kind_label: kind.label().into(), title, fields: fields.collect() }
}

/// A field's label, with what its variable segment stands for.
pub(super) fn label(kind: Kind, field: &Field, segment: &str, names: &Names) -> Words {
    let label = Words::from(field.label);
    if segment.is_empty() {
        return label;
    }
    if is_own(field) {
        let key = with_segment(field.key, segment);
        let own = names.own(kind, &key).map(|own| Words::from(&own.label));
        return own.unwrap_or_else(|| Words::same(key));
    }
    let coded = Part::Need.label(segment).or_else(|| Part::Item.label(segment));
    let decided = field.key.starts_with("decided.").then(|| kind.field(segment)).flatten();
    let second = match (coded, decided) {
        (_, Some((decided, _))) => Words::from(decided.label),
        (Some(coded), None) => Words::from(coded),
        (None, None) => Words::same(names.of(segment).unwrap_or(segment)),
    };
    Words::joined(&label, &second)
}
