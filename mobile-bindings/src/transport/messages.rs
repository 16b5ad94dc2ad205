//! The JSON that is spoken beside `/v1/sync`.

use serde::{Deserialize, Serialize};
use sync_protocol::ids::{ChangeHash, DeviceId, PersonId, ServerEpoch};

/// `POST /v1/devices/enrol`.
#[derive(Serialize)]
pub(super) struct EnrolRequest<'a> {
    pub(super) code: &'a str,
    pub(super) public_key: String,
    pub(super) name: &'a str,
    pub(super) app: &'a str,
}

/// Its answer.
#[derive(Deserialize)]
pub(crate) struct Enrolment {
    #[serde(deserialize_with = "device")]
    pub(crate) device: DeviceId,
    pub(crate) person: EnrolledPerson,
    pub(crate) district: BothWords,
    pub(crate) server_epoch: ServerEpoch,
    /// The district's public rescue key: 32 bytes, like a hash. Older servers have none.
    #[serde(default)]
    pub(crate) rescue_key: Option<ChangeHash>,
}

/// `GET /v1/rescue/key`.
#[derive(Deserialize)]
pub(super) struct RescueKeyAnswer {
    pub(super) rescue_key: ChangeHash,
}

/// The person that the code was made for.
#[derive(Deserialize)]
pub(crate) struct EnrolledPerson {
    pub(crate) id: PersonId,
    pub(crate) name: String,
}

/// Words in both languages.
#[derive(Deserialize)]
pub(crate) struct BothWords {
    pub(crate) zh: String,
    pub(crate) en: String,
}

/// `POST /v1/devices/nonce`.
#[derive(Serialize)]
pub(super) struct NonceRequest {
    pub(super) device: String,
}

/// Its answer.
#[derive(Deserialize)]
pub(super) struct Nonce {
    pub(super) nonce: String,
}

/// `POST /v1/devices/token`.
#[derive(Serialize)]
pub(super) struct TokenRequest {
    pub(super) device: String,
    pub(super) nonce: String,
    pub(super) signature: String,
}

/// Its answer.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) token: String,
    pub(super) expires_in_s: u64,
}

/// `POST /v1/devices/key`.
#[derive(Serialize)]
pub(super) struct KeyRequest {
    pub(super) old_key: String,
    pub(super) new_key: String,
    pub(super) old_signature: String,
    pub(super) new_signature: String,
}

/// The answer to `POST /v1/devices/hand-in`.
#[derive(Deserialize)]
pub(super) struct HandInAnswer {
    pub(super) complete: bool,
}

/// `POST /v1/wait`.
#[derive(Serialize)]
pub(super) struct WaitRequest {
    pub(super) areas: Vec<AreaHead>,
    pub(super) timeout_ms: u64,
}

/// How far the phone has read an area's log.
#[derive(Serialize)]
pub(super) struct AreaHead {
    pub(super) area: String,
    pub(super) head: u64,
}

/// Its answer.
#[derive(Deserialize)]
pub(super) struct WaitAnswer {
    pub(super) news: bool,
}

/// `GET /v1/photos/{area}/{sha256}/parts`.
#[derive(Deserialize)]
pub(crate) struct PhotoParts {
    pub(crate) stored: bool,
    pub(crate) missing: Vec<u64>,
}

/// `POST /v1/photos/{area}/{sha256}/complete`.
#[derive(Deserialize)]
pub(super) struct PhotoComplete {
    pub(super) stored: bool,
}

/// The body of every refusal.
#[derive(Deserialize)]
pub(super) struct RefusalBody {
    pub(super) code: String,
    pub(super) retry: bool,
    pub(super) message: BothWords,
    pub(super) remedy: BothWords,
}

fn device<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<DeviceId, D::Error> {
    let text = String::deserialize(deserializer)?;
    u64::from_str_radix(&text, 16).map(DeviceId).map_err(serde::de::Error::custom)
}
