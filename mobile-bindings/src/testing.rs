//! For tests: phones with real stores, and the log of an area from which answers are built by hand.

pub(crate) mod server;

use std::sync::Arc;

use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PersonId, RecordId, ServerEpoch};
use sync_protocol::keys::{DeviceKey, change_name};
use sync_protocol::records::{Kind, Role};
use sync_protocol::rescue::RescueKey;
use sync_protocol::wire::{
    Access, AreaPage, Item, Limits, Outcome, PROTOCOL, RecordPush, Response, Verdict, Words, Writer,
};

use crate::client::{Entry, FieldClient, FieldValue};
use crate::error::CoreError;
use crate::outbox::{self, Push};
use crate::store::device::{self, Enrolled};
use crate::sync::Applied;

pub(crate) const AREA: AreaId = AreaId(210_102_001_003);
pub(crate) const OTHER_AREA: AreaId = AreaId(210_102_001_009);
pub(crate) const CODE: &str = "2101020010030001-0501";
pub(crate) const KEY: [u8; 32] = [9; 32];

/// The district's rescue key.
pub(crate) fn district_key() -> RescueKey {
    RescueKey::from_seed([3; 32])
}

/// A phone that is switched off.
pub(crate) struct Closed {
    folder: tempfile::TempDir,
    device: DeviceId,
}

impl Closed {
    /// Opens the store again.
    pub(crate) fn opened(self) -> Phone {
        Phone::found(self.folder, self.device.0)
    }
}

/// A phone with a store of its own.
pub(crate) struct Phone {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) device: DeviceId,
    pub(crate) client: Arc<FieldClient>,
}

impl Phone {
    /// A phone that has enrolled and has the area.
    pub(crate) fn new(device: u64, roles: &[Role]) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), device, roles)
    }

    /// The same, with its store in a folder.
    pub(crate) fn in_folder(folder: tempfile::TempDir, device: u64, roles: &[Role]) -> Self {
        let phone = Self::found(folder, device);
        phone.enrol();
        let mut answer = Log::default().answer(&phone, 0);
        answer.access = vec![granted(roles)];
        phone.apply(&answer, None).unwrap();
        phone
    }

    fn enrol(&self) {
        let enrolled = Enrolled {
            device: self.device,
            person: PersonId([1; 16]),
            person_name: format!("Worker {}", self.device.0),
            district: ("区".to_owned(), "District".to_owned()),
            server_epoch: ServerEpoch([1; 16]),
            rescue_key: Some(district_key().public()),
            at: crate::clock::now_ms(),
        };
        let key = DeviceKey::from_seed([7; 32]);
        let written = self.client.store.write(|transaction| {
            device::prepare(transaction, "http://localhost", &key)?;
            device::enrol(transaction, &enrolled)
        });
        written.unwrap();
    }

    /// Closes the store and opens it again.
    pub(crate) fn reopened(self) -> Self {
        self.closed().opened()
    }

    /// Closes the store.
    pub(crate) fn closed(self) -> Closed {
        let Self { folder, device, client } = self;
        drop(client);
        Closed { folder, device }
    }

    /// The phone whose store lies in a folder.
    pub(crate) fn found(folder: tempfile::TempDir, device: u64) -> Self {
        let path = folder.path().join("store").display().to_string();
        let client = FieldClient::open(path, KEY.to_vec()).unwrap();
        Self { folder, device: DeviceId(device), client }
    }

    /// Applies an answer as the sync does.
    pub(crate) fn apply(
        &self,
        answer: &Response,
        push: Option<&Push>,
    ) -> Result<Applied, CoreError> {
        let store = &self.client.store;
        store.write(|transaction| crate::sync::apply_response(transaction, answer, push, 1))
    }

    /// The next push.
    pub(crate) fn push(&self) -> Option<outbox::Push> {
        self.client.store.write(outbox::next).unwrap()
    }

    /// Everything that has gone and can go does.
    pub(crate) fn let_go(&self) {
        crate::sync::let_go(&self.client.store, 1).unwrap();
    }

    /// Names another server.
    pub(crate) fn speak_to(&self, server: &str) {
        let key = DeviceKey::from_seed([7; 32]);
        self.client.store.write(|transaction| device::prepare(transaction, server, &key)).unwrap();
    }

    /// Opens the home of [`CODE`].
    pub(crate) fn open_home(&self, values: &[(&str, &str)]) -> String {
        let values = entries(values);
        self.client.open_premises(None, CODE.to_owned(), values).unwrap().record
    }

    /// A field's value in words.
    pub(crate) fn shown(&self, record: &str, key: &str) -> Option<String> {
        let view = self.client.read(record.to_owned()).ok()?;
        view.fields.into_iter().find(|field| field.key == key).map(|field| field.shown.en)
    }
}

/// Text values.
pub(crate) fn entries(values: &[(&str, &str)]) -> Vec<Entry> {
    let text = |text: &str| FieldValue::Text { text: text.to_owned() };
    values.iter().map(|(key, value)| Entry { key: (*key).to_owned(), value: text(value) }).collect()
}

fn granted(roles: &[Role]) -> Access {
    granted_in(AREA, roles)
}

/// An area that is the person's now.
pub(crate) fn granted_in(area: AreaId, roles: &[Role]) -> Access {
    Access::Granted {
        area,
        name: Words { zh: "社区".to_owned(), en: "Community".to_owned() },
        roles: roles.to_vec(),
        key: vec![5; 32].into(),
    }
}

/// An area's log: what phones pushed, in order.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) entries: Vec<(RecordId, Kind, Vec<u8>)>,
}

impl Log {
    /// Takes everything that a phone has to push, and tells it so.
    pub(crate) fn take(&mut self, phone: &Phone) {
        while let Some(push) = phone.push() {
            let before = self.entries.len();
            let mut verdicts = Vec::new();
            for RecordPush { record, kind, changes, .. } in &push.records {
                for change in changes {
                    self.entries.push((*record, *kind, change.0.clone()));
                    verdicts.push(Outcome::Accepted { seq: self.entries.len() as u64 });
                }
            }
            let mut answer = self.answer(phone, before);
            answer.areas.clear();
            answer.verdicts = verdicts;
            phone.apply(&answer, Some(&push)).unwrap();
        }
    }

    /// The log behind a cursor, change by change, as a phone is sent it.
    pub(crate) fn answer(&self, phone: &Phone, cursor: usize) -> Response {
        let items = self.entries.iter().enumerate().skip(cursor);
        let items = items.map(|(place, (record, kind, bytes))| {
            let (seq, hash) = (place as u64 + 1, change_name(bytes));
            let change = sync_protocol::judge::read(bytes, *kind).unwrap();
            if change.actor.device() == phone.device {
                Item::Own { seq, hash }
            } else {
                Item::Change { seq, record: *record, kind: *kind, bytes: bytes.clone().into() }
            }
        });
        self.page(items.collect(), true)
    }

    /// Every record as a whole document.
    pub(crate) fn snapshots(&self) -> Response {
        let mut documents: Vec<(RecordId, Kind, Document, u64)> = Vec::new();
        for (place, (record, kind, bytes)) in self.entries.iter().enumerate() {
            if !documents.iter().any(|(other, ..)| other == record) {
                documents.push((*record, *kind, Document::genesis(*kind).unwrap(), 0));
            }
            let entry = documents.iter_mut().find(|(other, ..)| other == record).unwrap();
            entry.2.apply([bytes.as_slice()]).unwrap();
            entry.3 = place as u64 + 1;
        }
        let items = documents.into_iter().map(|(record, kind, mut document, seq)| Item::Snapshot {
            seq,
            record,
            kind,
            document: document.save().into(),
        });
        self.page(items.collect(), true)
    }

    /// An answer with these items and the cursor at the log's end.
    pub(crate) fn page(&self, items: Vec<Item>, complete: bool) -> Response {
        let head = self.entries.len() as u64;
        let page = AreaPage {
            area: AREA,
            area_epoch: 1,
            head,
            cursor: head,
            chain: Some(ChangeHash([8; 32])),
            more: false,
            complete,
            items,
            writers: vec![Writer { device: DeviceId(77), name: "Someone".to_owned() }],
        };
        Response {
            protocol: PROTOCOL,
            server_epoch: ServerEpoch([1; 16]),
            now: 1,
            backoff_ms: 0,
            limits: Limits::SERVER,
            verdicts: Vec::new(),
            access: Vec::new(),
            areas: vec![page],
            late: Vec::new(),
            rescue_key: None,
            configuration: None,
            badge: None,
        }
    }
}

/// A verdict on a change.
pub(crate) fn verdict(record: RecordId, change: &[u8], outcome: Outcome) -> Verdict {
    Verdict { record, hash: change_name(change), outcome }
}
