//! A worker's hand: a device that edits documents and pushes what it wrote.

use sync_protocol::document::Document;
use sync_protocol::ids::{Actor, AreaId, ChangeHash, DeviceId, PushId, RecordId};
use sync_protocol::keys::{self, DeviceKey};
use sync_protocol::records::{Kind, Value};
use sync_protocol::wire::{Bytes, Outcome, RecordPush, Request};

use super::PlantError;
use crate::auth::{Operator, PhoneScope, devices as auth, secrets};
use crate::http::Server;
use crate::seed::Worker;
use crate::store::devices::{self, NewDevice};
use crate::store::{Store, StoreError};
use crate::sync::exchange;

/// A device with what it has not pushed yet.
pub(super) struct Hand {
    device: DeviceId,
    key: DeviceKey,
    pending: Vec<RecordPush>,
}

impl Hand {
    /// Enters a device for a worker.
    pub(super) fn enrol(
        server: &Server,
        _by: Operator,
        worker: &Worker,
        now_ms: i64,
    ) -> Result<Self, StoreError> {
        let key = DeviceKey::from_seed(secrets::random());
        let device = DeviceId(u64::from_be_bytes(secrets::random()));
        let new = NewDevice {
            id: device,
            person: worker.id,
            public_key: key.public(),
            name: format!("{}的工作手机", worker.name),
            app: "doorstep seed".to_owned(),
        };
        server.engine().store.transaction(|db| devices::insert(db, &new, now_ms))?;
        Ok(Self { device, key, pending: Vec::new() })
    }

    /// Writes values into a record; they wait for [`Hand::push`].
    pub(super) fn write(
        &mut self,
        (area, record, kind): (AreaId, RecordId, Kind),
        document: &mut Document,
        written_at_ms: i64,
        values: &[(String, Value)],
    ) -> Result<(), PlantError> {
        let actor = Actor::new(self.device, 1);
        if let Some(edited) = document.edit(actor, written_at_ms / 1000, values)? {
            let changes = vec![Bytes::from(edited.bytes)];
            self.pending.push(RecordPush { area, record, kind, changes });
        }
        Ok(())
    }

    /// How many changes wait.
    pub(super) fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// Pushes what waits; answers how many changes that were.
    pub(super) fn push(&mut self, server: &Server, now_ms: i64) -> Result<usize, PlantError> {
        let pushed = self.pending.len();
        if pushed == 0 {
            return Ok(0);
        }
        let scope = self.scope(&server.engine().store, now_ms)?;
        let request = self.request();
        let response = exchange(server.engine(), &scope, &request, now_ms)?;
        for outcome in response.verdicts {
            if let Outcome::Rejected { code, field, .. } = outcome {
                return Err(PlantError::Refused { code, field: field.unwrap_or_default() });
            }
        }
        Ok(pushed)
    }

    fn scope(&self, store: &Store, now_ms: i64) -> Result<PhoneScope, PlantError> {
        let found = store.read(|db| auth::scope(db, self.device, now_ms))?;
        found.ok_or(PlantError::NoSuchWorker)
    }

    fn request(&mut self) -> Request {
        let push = std::mem::take(&mut self.pending);
        let push_id = PushId(secrets::random());
        let hashes: Vec<ChangeHash> = push
            .iter()
            .flat_map(|push| push.changes.iter().map(|change| keys::change_name(change)))
            .collect();
        let signature = self.key.sign(&keys::push_statement(self.device, push_id, &hashes));
        // It asks for one item: a seed has no use for what others wrote.
        let limits = Some(sync_protocol::wire::Limits { bytes: 1, items: 1 });
        Request {
            push_id: Some(push_id),
            push,
            signature: Some(Bytes::from(signature.to_vec())),
            limits,
            ..Request::idle("doorstep seed")
        }
    }
}
