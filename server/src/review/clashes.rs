//! Clashes as staff see them: every value with its author and time, the one that stands for now
//! first.

use sync_protocol::document::Effective;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Merge, Roles, Value};

use super::fields::label;
use super::names::Names;
use super::words::{Words, show};
use super::writers::{Writer, Writers};

/// A field that waits for a decision.
#[derive(Debug, serde::Serialize)]
pub struct ClashView {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// The field's key.
    pub key: String,
    /// What people read.
    pub label: Words,
    /// How concurrent values resolve.
    pub rule: Merge,
    /// Whether a value arrived that did not know of an earlier decision.
    pub reopened: bool,
    /// The values.
    pub values: Vec<ClashValue>,
}

/// One of the values.
#[derive(Debug, serde::Serialize)]
pub struct ClashValue {
    /// The value, masked where it must be.
    pub value: Value,
    /// In words, where the raw value is not what people read.
    pub display: Option<Words>,
    /// Name of the field's type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Who wrote it.
    pub author: Option<Writer>,
    /// When, by the phone's clock, in milliseconds since 1970 UTC.
    pub written_at: i64,
    /// Whether it stands for now.
    pub effective: bool,
}

/// A record's clashes, as staff with these roles see them.
pub(super) fn clashes<'a>(
    roles: Roles,
    record: RecordId,
    kind: Kind,
    effective: &'a Effective,
    writers: &'a Writers,
    names: &'a Names,
) -> impl Iterator<Item = ClashView> + 'a {
    effective.clashes.iter().filter_map(move |clash| {
        let (field, segment) = kind.field(&clash.key)?;
        let own = names.own(kind, &clash.key);
        let values = clash.values.iter().enumerate().map(|(place, live)| {
            let shown = show(roles, field, own, &live.value)?;
            Some(ClashValue {
                value: shown.value,
                display: shown.display,
                kind: field.kind.name(),
                author: writers.stamp(&live.stamp),
                written_at: live.stamp.time.saturating_mul(1000),
                effective: place == 0,
            })
        });
        let values: Option<Vec<ClashValue>> = values.collect();
        Some(ClashView {
            record,
            kind,
            key: clash.key.clone(),
            label: label(kind, field, segment, names),
            rule: field.merge,
            reopened: clash.reopened,
            values: values?,
        })
    })
}
