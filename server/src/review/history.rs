//! Who wrote what, when: the changes of a report's records in the order of the log.

use std::collections::BTreeSet;

use sync_protocol::document::DecodedChange;
use sync_protocol::document::change::Action;
use sync_protocol::ids::RecordId;
use sync_protocol::judge;
use sync_protocol::records::Kind;

use super::fields::label;
use super::names::Names;
use super::words::Words;
use super::writers::{Writer, Writers};
use crate::store::StoreError;
use crate::store::changes::Entry;

/// One change.
#[derive(Debug, serde::Serialize)]
pub struct HistoryEntry {
    /// Its place in the area's log.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// The record's kind in words.
    pub kind_label: Words,
    /// Who wrote it.
    pub author: Option<Writer>,
    /// When, by the phone's clock, in milliseconds since 1970 UTC.
    pub written_at: i64,
    /// When it arrived, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// The keys it wrote.
    pub keys: Vec<String>,
    /// Their labels.
    pub fields: Vec<Words>,
}

/// The log's entries, read.
pub(super) fn history(
    entries: &[Entry],
    writers: &Writers,
    names: &Names,
) -> Result<Vec<HistoryEntry>, StoreError> {
    entries.iter().map(|entry| history_entry(entry, writers, names)).collect()
}

fn history_entry(
    entry: &Entry,
    writers: &Writers,
    names: &Names,
) -> Result<HistoryEntry, StoreError> {
    let change = judge::read(&entry.bytes, entry.kind)
        .map_err(|_| StoreError::Corrupt("a change of the log"))?;
    let keys = keys(&change);
    let labels = keys.iter().filter_map(|key| key_label(entry.kind, key, names));
    Ok(HistoryEntry {
        seq: entry.seq,
        record: entry.record,
        kind_label: entry.kind.label().into(),
        author: writers.device(entry.device),
        written_at: change.time.saturating_mul(1000),
        received_at: entry.received_at,
        fields: labels.collect(),
        keys,
    })
}

fn keys(change: &DecodedChange) -> Vec<String> {
    let keys: BTreeSet<&str> = change
        .operations
        .iter()
        .filter_map(|operation| match &operation.action {
            Action::Put(key, _) => Some(key.as_str()),
            Action::EditText(key) => Some(*key),
            Action::Delete(_) | Action::Unknown(_) => None,
        })
        .collect();
    keys.into_iter().map(str::to_owned).collect()
}

fn key_label(kind: Kind, key: &str, names: &Names) -> Option<Words> {
    let (field, segment) = kind.field(key)?;
    Some(label(kind, field, segment, names))
}
