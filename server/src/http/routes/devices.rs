//! `/v1/devices`: enrolment, challenge, token, another key.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use serde_json::json;
use sync_protocol::codes;
use sync_protocol::ids::{ChangeHash, DeviceId};

use crate::auth::actions;
use crate::auth::device_care::Listed;
use crate::auth::device_care::NAME_LENGTH;
use crate::auth::devices::{Enrolment, Proof, enrol as enrol_device, prove};
use crate::auth::key_rotation::{Change, change};
use crate::auth::tokens::LIFETIME_S;
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::{Anyone, PhoneMay};
use crate::http::server::Server;
use crate::http::work::block;
use crate::trail::Origin;

/// What a phone sends to enrol.
#[derive(Deserialize)]
pub(in crate::http) struct EnrolBody {
    code: String,
    /// 32 bytes, as hexadecimal digits.
    public_key: ChangeHash,
    name: String,
    app: String,
}

/// What a phone sends to be challenged.
#[derive(Deserialize)]
pub(in crate::http) struct NonceBody {
    device: String,
}

/// What a phone sends to prove its key.
#[derive(Deserialize)]
pub(in crate::http) struct TokenBody {
    device: String,
    nonce: ChangeHash,
    signature: String,
}

/// `POST /v1/devices/enrol`.
pub(in crate::http) async fn enrol(
    _: Anyone<actions::Enrol>,
    server: Data<Server>,
    origin: Origin,
    body: Json<EnrolBody>,
) -> Result<HttpResponse, ApiError> {
    let EnrolBody { code, public_key, name, app } = body.into_inner();
    if [&name, &app].iter().any(|text| text.is_empty() || text.chars().count() > NAME_LENGTH) {
        return Err(ApiError::refused(&codes::WRONG_INPUT));
    }
    let enrolment = Enrolment { code, public_key: public_key.0, name, app };
    let district = server.district.clone();
    let rescue_key = ChangeHash(server.desk.public_key());
    let enrolled = block(move || enrol_device(&server.engine.store, enrolment, origin, now_ms()));
    let (device, person) =
        enrolled.await??.ok_or(ApiError::refused(&codes::ENROLMENT_CODE_INVALID))?;
    Ok(HttpResponse::Ok().json(json!({
        "device": device.to_string(),
        "person": { "id": person.id, "name": person.name },
        "district": { "zh": district.name_zh, "en": district.name_en },
        "server_epoch": district.server_epoch,
        "rescue_key": rescue_key,
    })))
}

/// `POST /v1/devices/nonce`.
pub(in crate::http) async fn nonce(
    _: Anyone<actions::Challenge>,
    server: Data<Server>,
    body: Json<NonceBody>,
) -> Result<HttpResponse, ApiError> {
    let device = device_of(&body.device)?;
    let nonce = server.challenges.make(device, now_ms());
    Ok(HttpResponse::Ok().json(json!({ "nonce": ChangeHash(nonce) })))
}

/// `POST /v1/devices/token`.
pub(in crate::http) async fn token(
    _: Anyone<actions::ProveKey>,
    server: Data<Server>,
    body: Json<TokenBody>,
) -> Result<HttpResponse, ApiError> {
    let signature = signature(&body.signature)?;
    let device = device_of(&body.device)?;
    let proof = Proof { device, nonce: body.nonce.0, signature };
    let proven = block(move || {
        let ours = (&server.tokens, &server.challenges);
        prove(&server.engine.store, ours, &proof, now_ms())
    });
    let token = proven.await??.ok_or(ApiError::refused(&codes::DEVICE_UNKNOWN))?;
    Ok(HttpResponse::Ok().json(json!({ "token": token, "expires_in_s": LIFETIME_S })))
}

/// What a phone sends to change its key: 32 bytes each, and 64.
#[derive(Deserialize)]
pub(in crate::http) struct KeyBody {
    old_key: ChangeHash,
    new_key: ChangeHash,
    old_signature: String,
    new_signature: String,
}

/// `POST /v1/devices/key`.
pub(in crate::http) async fn rotate_key(
    phone: PhoneMay<actions::RotateDeviceKey>,
    server: Data<Server>,
    origin: Origin,
    body: Json<KeyBody>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Change {
        old: body.old_key.0,
        new: body.new_key.0,
        by_old: signature(&body.old_signature)?,
        by_new: signature(&body.new_signature)?,
    };
    let store = server.engine.store.clone();
    let changed = block(move || change(&store, &phone.0, &wanted, origin, now_ms()));
    changed.await??.map_err(ApiError::refused)?;
    Ok(HttpResponse::NoContent().finish())
}

/// A device as its list shows it.
pub(super) fn shown(device: Listed) -> serde_json::Value {
    json!({
        "id": device.id.to_string(),
        "person": { "id": device.person, "name": device.person_name },
        "name": device.name,
        "app": device.app,
        "enrolled_at": device.enrolled_at,
        "seen_at": device.seen_at,
        "state": device.standing.code(),
        "since": device.since,
    })
}

/// The device that an address or a body names.
pub(super) fn device_of(text: &str) -> Result<DeviceId, ApiError> {
    let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match u64::from_str_radix(text, 16) {
        Ok(device) if digits => Ok(DeviceId(device)),
        _ => Err(ApiError::refused(&codes::WRONG_INPUT)),
    }
}

/// 64 bytes as hexadecimal digits.
fn signature(text: &str) -> Result<Vec<u8>, ApiError> {
    let wrong = || ApiError::refused(&codes::WRONG_INPUT);
    let (first, second) = text.split_at_checked(64).ok_or_else(wrong)?;
    let half = |text: &str| text.parse::<ChangeHash>().map_err(|_| wrong());
    Ok([half(first)?.0, half(second)?.0].concat())
}
