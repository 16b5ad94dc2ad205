//! Who and what the vectors are about: fixed devices, keys, an area, records, and phones that edit.

use serde_json::{Value as Json, json};
use sync_protocol::document::change::{Action, OpId};
use sync_protocol::document::{DecodedChange, Document};
use sync_protocol::ids::{Actor, AreaId, DeviceId, RecordId, ServerEpoch};
use sync_protocol::records::{Kind, Value, derived};

use super::Failure;

/// A coordinator's phone.
pub(crate) const FIRST: DeviceId = DeviceId(0x0102_0304_0506_0708);

/// Another coordinator's phone: its operations win over the first one's at the same counter.
pub(crate) const SECOND: DeviceId = DeviceId(0x1112_1314_1516_1718);

/// A third phone, with the greatest actor of all.
pub(crate) const THIRD: DeviceId = DeviceId(0xf1f2_f3f4_f5f6_f7f8);

/// A reviewer's phone.
pub(crate) const REVIEWER: DeviceId = DeviceId(0x2122_2324_2526_2728);

/// A community.
pub(crate) const AREA: AreaId = AreaId(210_102_001_003);

/// A grid cell of it.
pub(crate) const CELL: AreaId = AreaId(210_102_001_003_007);

/// A server's life.
pub(crate) const EPOCH: ServerEpoch = ServerEpoch([0xe0; 16]);

/// The address code of the home that most vectors are about.
pub(crate) const ADDRESS_CODE: &str = "2101020010030001-2X";

/// When things happen, in seconds since 1970 UTC: 2026-09-21 13:33:20.
pub(crate) const TIME: i64 = 1_790_000_000;

/// The home.
pub(crate) fn home() -> RecordId {
    derived::premises_id(ADDRESS_CODE)
}

/// A report with a UUID of version 7.
pub(crate) fn report() -> RecordId {
    RecordId([0x01, 0x9a, 0x6c, 0x9b, 0x74, 0, 0x7a, 1, 0x80, 2, 3, 4, 5, 6, 7, 8])
}

/// Bytes as the vectors show them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A phone that edits one record.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) actor: Actor,
    pub(crate) document: Document,
}

impl Phone {
    /// A phone that has the genesis change alone.
    pub(crate) fn new(device: DeviceId, kind: Kind) -> Result<Self, Failure> {
        Ok(Self { actor: Actor::new(device, 1), document: Document::genesis(kind)? })
    }

    /// Writes values as one change; answers its bytes.
    pub(crate) fn write(
        &mut self,
        time: i64,
        values: &[(&str, Value)],
    ) -> Result<Vec<u8>, Failure> {
        let values: Vec<_> =
            values.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let edited = self.document.edit(self.actor, time, &values)?;
        Ok(edited.ok_or("the edit changes nothing")?.bytes)
    }

    /// Takes over changes of others.
    pub(crate) fn take(&mut self, changes: &[Vec<u8>]) -> Result<(), Failure> {
        Ok(self.document.apply(changes.iter().map(Vec::as_slice))?)
    }
}

/// What a change says.
pub(crate) fn decoded(change: &DecodedChange) -> Json {
    let operations: Vec<Json> = change
        .operations
        .iter()
        .map(|operation| {
            let replaces: Vec<String> = operation.replaces.iter().map(id).collect();
            let mut told = match &operation.action {
                Action::Put(key, value) => {
                    json!({ "put": key, "value": value, "replaces": replaces })
                }
                Action::Delete(key) => json!({ "delete": key, "replaces": replaces }),
                Action::EditText(key) => json!({ "edit_text": key }),
                Action::Unknown(what) => json!({ "unknown": what }),
            };
            if let Some(told) = told.as_object_mut() {
                told.insert("id".into(), id(&operation.id).into());
            }
            told
        })
        .collect();
    json!({
        "hash": change.hash,
        "actor": change.actor,
        "seq": change.seq,
        "start_op": change.start_op,
        "max_op": change.max_op,
        "time": change.time,
        "deps": change.deps,
        "operations": operations,
    })
}

/// An operation's name as Automerge writes it.
pub(crate) fn id(id: &OpId) -> String {
    format!("{}@{}", id.counter, id.actor)
}
