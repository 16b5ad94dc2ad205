//! A phone without a core: it enrols and gets its token as any phone does, and then sends whatever
//! bytes a test wants.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};
use sync_protocol::document::{Document, Edited};
use sync_protocol::ids::{Actor, AreaId, ChangeHash, DeviceId, PushId, RecordId};
use sync_protocol::keys::{self, DeviceKey};
use sync_protocol::records::{Kind, Value};
use sync_protocol::wire::{Bytes, RecordPush, Request, Response, decode, encode};
use ureq::Agent;

/// The phone.
#[derive(Debug)]
pub struct BarePhone {
    /// The server's address.
    pub url: String,
    /// Its device id.
    pub device: DeviceId,
    /// Its key.
    pub key: DeviceKey,
    /// Its token.
    pub token: String,
    agent: Agent,
    pushes: AtomicU8,
}

/// What a request was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The code of an error's body.
    pub fn code(&self) -> String {
        let body: Json = serde_json::from_slice(&self.body).expect("an error is JSON");
        body["code"].as_str().expect("an error has a code").to_owned()
    }
}

/// An agent that hands every status back and does not wait for ever.
pub fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        // The server closes a connection that was quiet for five seconds.
        .max_idle_age(Duration::from_secs(2))
        .build()
        .into()
}

impl BarePhone {
    /// Enrols with a code.
    pub fn enrol(url: &str, code: &str) -> Self {
        let agent = agent();
        let key = DeviceKey::from_seed(uuid_bytes());
        let body = json!({
            "code": code,
            "public_key": ChangeHash(key.public()),
            "name": "bare phone",
            "app": "tests",
        });
        let enrolled = post_json(&agent, &format!("{url}/v1/devices/enrol"), &body);
        let device = enrolled["device"].as_str().expect("a device id");
        let device = DeviceId(u64::from_str_radix(device, 16).expect("a device id"));
        let mut phone = Self {
            url: url.to_owned(),
            device,
            key,
            token: String::new(),
            agent,
            pushes: AtomicU8::new(0),
        };
        phone.token = phone.prove();
        phone
    }

    /// Proves its key and gets a token.
    pub fn prove(&self) -> String {
        let device = self.device.to_string();
        let nonce_url = format!("{}/v1/devices/nonce", self.url);
        let nonce = post_json(&self.agent, &nonce_url, &json!({ "device": device }));
        let nonce: ChangeHash = nonce["nonce"].as_str().expect("a nonce").parse().expect("hex");
        let signature = self.key.sign(&keys::token_statement(self.device, nonce.as_bytes()));
        let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        let proof = json!({ "device": device, "nonce": nonce, "signature": signature });
        let proven = post_json(&self.agent, &format!("{}/v1/devices/token", self.url), &proof);
        proven["token"].as_str().expect("a token").to_owned()
    }

    /// Its actor.
    pub fn actor(&self) -> Actor {
        Actor::new(self.device, 1)
    }

    /// Edits a document as this phone.
    pub fn edit(&self, document: &mut Document, values: &[(&str, Value)]) -> Edited {
        self.edit_at(document, 1_795_000_000, values)
    }

    /// The same by another clock, in seconds since 1970 UTC.
    pub fn edit_at(&self, document: &mut Document, time: i64, values: &[(&str, Value)]) -> Edited {
        let values: Vec<_> = values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        document.edit(self.actor(), time, &values).expect("an edit").expect("a change")
    }

    /// A signed request that pushes changes of one record.
    pub fn push_request(
        &self,
        area: AreaId,
        record: RecordId,
        kind: Kind,
        changes: &[&[u8]],
    ) -> Request {
        let changes = changes.iter().map(|bytes| Bytes::from(bytes.to_vec())).collect();
        self.signed(vec![RecordPush { area, record, kind, changes }])
    }

    /// A signed request that pushes whatever is given.
    pub fn signed(&self, push: Vec<RecordPush>) -> Request {
        let number = self.pushes.fetch_add(1, Ordering::Relaxed);
        let mut id = [number; 16];
        id[..8].copy_from_slice(&self.device.0.to_be_bytes());
        self.signed_as(PushId(id), push)
    }

    /// The same under a push id of the test's own.
    pub fn signed_as(&self, push_id: PushId, push: Vec<RecordPush>) -> Request {
        let hashes: Vec<ChangeHash> = push
            .iter()
            .flat_map(|push| push.changes.iter().map(|bytes| keys::change_name(bytes)))
            .collect();
        let statement = keys::push_statement(self.device, push_id, &hashes);
        Request {
            push_id: Some(push_id),
            push,
            signature: Some(Bytes::from(self.key.sign(&statement).to_vec())),
            ..Request::idle("tests")
        }
    }

    /// Syncs.
    pub fn sync(&self, request: &Request) -> Response {
        let answer = self.post_sync(&zstd::bulk::compress(&encode(request), 3).expect("zstd"));
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let body = zstd::stream::decode_all(answer.body.as_slice()).expect("zstd");
        decode(&body).expect("a response")
    }

    /// Sends a compressed body to `POST /v1/sync`.
    pub fn post_sync(&self, body: &[u8]) -> Answer {
        let sent = self
            .agent
            .post(format!("{}/v1/sync", self.url))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/cbor")
            .header("content-encoding", "zstd")
            .send(body);
        let mut answer = sent.expect("the server answers");
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(64 << 20).read_to_vec().expect("a body");
        Answer { status, body }
    }
}

fn uuid_bytes() -> [u8; 32] {
    let (a, b) = (uuid::Uuid::now_v7().into_bytes(), uuid::Uuid::now_v7().into_bytes());
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&a);
    seed[16..].copy_from_slice(&b);
    seed
}

fn post_json(agent: &Agent, url: &str, body: &Json) -> Json {
    let sent = agent.post(url).header("content-type", "application/json").send(body.to_string());
    let mut answer = sent.expect("the server answers");
    let text = answer.body_mut().read_to_string().expect("a body");
    assert_eq!(answer.status().as_u16(), 200, "{url}: {text}");
    serde_json::from_str(&text).expect("JSON")
}
