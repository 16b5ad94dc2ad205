//! Work in hand: reports that are begun and not handed in, with what they still lack.

use serde::Serialize;
use sync_protocol::document::Effective;
use sync_protocol::document::effective::opened_by;
use sync_protocol::records::check;

use super::reading::{line, standing};
use super::shown::Wording;
use super::{FieldClient, FieldError, MissingField, RecordLine};
use crate::clock;
use crate::editing::rules;
use crate::error::CoreError;
use crate::record;
use crate::store::{Connection, changes, device, records};

/// A report in hand.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct Draft {
    /// What a list shows of it; its state is `draft`, or `returned` by a reviewer.
    pub line: RecordLine,
    /// Whether this phone began it.
    pub mine: bool,
    /// Who began it.
    pub by: String,
    /// What must be filled in before it can be handed in.
    pub missing: Vec<MissingField>,
    /// Photos it has, signatures among them.
    pub photos: u64,
}

#[uniffi::export]
impl FieldClient {
    /// Reports that are begun and not handed in, or came back: this phone's own first, the latest first.
    /// What was made void is not among them. After a kill everything that was saved is here again.
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn drafts(&self) -> Result<Vec<Draft>, FieldError> {
        Ok(self.store.read(drafts)?)
    }
}

fn drafts(connection: &Connection) -> Result<Vec<Draft>, CoreError> {
    let me = device::find(connection)?;
    let wording = Wording::new(connection, me.as_ref())?;
    let open = changes::open_by_record(connection)?;
    let now = clock::now_ms();
    let mut drafts = Vec::new();
    for listed in records::in_hand(connection)? {
        let (record, kind) = (listed.place.record, listed.place.kind);
        let Some(registers) = record::registers(connection, record)? else { continue };
        let effective = Effective::of(&registers);
        if effective.value("voided").is_some() {
            continue;
        }
        let begun = opened_by(&registers);
        let device = begun.map(|stamp| stamp.actor.device());
        let missing = check::missing(&rules::sheet(kind, &effective, now)).into_iter();
        drafts.push(Draft {
            mine: device.is_some() && device == me.as_ref().map(|me| me.device),
            by: begun.map(|stamp| wording.by(&stamp)).unwrap_or_default(),
            missing: missing
                .map(|key| MissingField { label: wording.label(kind, &key), key })
                .collect(),
            photos: effective.fields.keys().filter(|key| is_photo(key)).count() as u64,
            line: line(listed, standing(open.get(&record))),
        });
    }
    drafts.sort_by_key(|draft| !draft.mine);
    Ok(drafts)
}

/// Every photo has this key, once.
fn is_photo(key: &str) -> bool {
    key.starts_with("photo.") && key.ends_with(".taken_at")
}
