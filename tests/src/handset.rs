//! A phone with the real core that can be killed, copied and put back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use mobile_bindings::client::{Entry, FieldClient, FieldValue};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::{Role, Value};

use crate::World;

/// The key of every store.
const KEY: [u8; 32] = [7; 32];

/// What a phone shows of its records: each field's value.
pub type Shown = BTreeMap<String, BTreeMap<String, Value>>;

/// The phone.
#[derive(Debug)]
pub struct Handset {
    path: PathBuf,
    client: Option<Arc<FieldClient>>,
}

impl Handset {
    /// Enrols as a new person.
    pub fn enrol(world: &World, url: &str, name: &str, role: Role, area: AreaId) -> Self {
        Self::enrol_as(world, url, world.person(name, role, area))
    }

    /// Enrols as a person, and fetches what there is.
    pub fn enrol_as(world: &World, url: &str, person: PersonId) -> Self {
        let code = world.enrolment_code(person);
        let path = world.folder().join(format!("{}.db", uuid::Uuid::now_v7()));
        let mut phone = Self { path, client: None };
        phone.switch_on();
        phone.client().enrol_at(url.to_owned(), code, "手机".into()).expect("an enrolment");
        phone.client().sync().expect("a first sync");
        phone
    }

    /// The core.
    pub fn client(&self) -> &FieldClient {
        self.client.as_ref().expect("the phone is on")
    }

    /// The core, for another thread.
    pub fn shared(&self) -> Arc<FieldClient> {
        Arc::clone(self.client.as_ref().expect("the phone is on"))
    }

    /// Opens the store.
    fn switch_on(&mut self) {
        let path = self.path.display().to_string();
        self.client = Some(FieldClient::open(path, KEY.to_vec()).expect("a store"));
    }

    /// Kills the app and starts it again.
    pub fn restart(&mut self) {
        self.client = None;
        self.switch_on();
    }

    /// A backup of the phone as it is now.
    pub fn backup(&mut self) -> Vec<u8> {
        // Whoever closes the store last leaves one file.
        self.client = None;
        let backup = std::fs::read(&self.path).expect("a store");
        self.switch_on();
        backup
    }

    /// Puts a backup in the place of the store.
    pub fn restore(&mut self, backup: &[u8]) {
        self.client = None;
        for beside in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{beside}", self.path.display()));
        }
        std::fs::write(&self.path, backup).expect("a store");
        self.switch_on();
    }

    /// Opens a home of an area by its number, or writes into it; answers the change's name, if
    /// anything was different.
    pub fn write(&self, area: AreaId, home: u32, values: Vec<Entry>) -> Option<String> {
        let code = address_code(area, home);
        let saved = self.client().open_premises(Some(area.to_string()), code, values);
        saved.expect("a home").change
    }

    /// Every record that the phone holds, as it shows it.
    pub fn shown(&self) -> Shown {
        let digests = self.client().digest().expect("the store answers");
        let shown = |record: String| {
            let view = self.client().read(record.clone()).expect("a record");
            let fields = view.fields.into_iter();
            (record, fields.map(|field| (field.key, Value::from(field.value))).collect())
        };
        digests.into_iter().map(|digest| shown(digest.record)).collect()
    }

    /// Every record's fingerprint.
    pub fn digests(&self) -> Vec<(String, String)> {
        let digests = self.client().digest().expect("the store answers");
        digests.into_iter().map(|line| (line.record, line.digest)).collect()
    }
}

/// The address code of a home.
pub fn address_code(area: AreaId, home: u32) -> String {
    format!("{area}{home:09}")
}

/// A text, or a choice's code.
pub fn text(key: &str, value: &str) -> Entry {
    Entry { key: key.into(), value: FieldValue::Text { text: value.into() } }
}

/// A number.
pub fn number(key: &str, value: i64) -> Entry {
    Entry { key: key.into(), value: FieldValue::Number { number: value } }
}
