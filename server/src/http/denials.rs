//! On its way out every refused request is noted: 401 and 403, 404 for what somebody may not know of, and
//! what was signed by nobody it could be from. An address that is none of ours is nobody's attempt at anything and is not. Every request gets
//! its id here.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};
use sync_protocol::codes::{self, Code};
use uuid::Uuid;

use super::error::ApiError;
use super::origin::{self, Concerns, Known, RequestId};
use super::server::Server;
use crate::clock::now_ms;
use crate::trail::denials::Denial;
use crate::trail::{Act, Actor};

/// The header in which an answer names its request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Statuses of refusals.
const REFUSED: [u16; 3] = [401, 403, 404];

/// Refusals of what is not to be believed. What is refused for its form, its length or how often it comes
/// (other 400s, 408, 413, 429) is nobody's attempt at what is not theirs; of a bundle of which too much
/// comes the entry of the bundle says so.
const FORGED: [&str; 2] = [codes::SIGNATURE_WRONG.code, codes::RESCUE_UNSIGNED.code];

/// Names the request, takes it, and notes that it was refused.
pub(super) async fn note(
    server: web::Data<Server>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = Uuid::now_v7();
    request.extensions_mut().insert(RequestId(id));
    let mut answer = next.call(request).await?;
    let error = answer.response().error().and_then(|error| error.as_error::<ApiError>());
    let refused = error.map(ApiError::code);
    let refused =
        refused.filter(|code| REFUSED.contains(&code.status) || FORGED.contains(&code.code));
    if let Some(code) = refused {
        let denial = denial(answer.request(), code);
        server.denials.tell(denial, now_ms()).await;
    }
    if let Ok(id) = HeaderValue::from_str(&id.simple().to_string()) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    Ok(answer)
}

fn denial(request: &HttpRequest, code: &'static Code) -> Denial {
    let extensions = request.extensions();
    let actor = extensions.get::<Known>().map_or(Actor::Nobody, |Known(actor)| actor.clone());
    let about = extensions.get::<Concerns>().map(|Concerns(about)| *about);
    drop(extensions);
    let path = request.match_info();
    let pattern = request.match_pattern();
    let record = path.get("record").or_else(|| path.get("report"));
    Denial {
        act: pattern.as_deref().map_or(Act::Request, act),
        actor,
        code,
        route: pattern.map(|pattern| format!("{} {pattern}", request.method())),
        about,
        area: path.get("area").and_then(|area| area.parse().ok()),
        record: record.and_then(|record| record.parse().ok()),
        origin: origin::of(request),
    }
}

/// What a route is for, where the trail has a word for it.
fn act(pattern: &str) -> Act {
    match pattern {
        "/v1/staff/sign-in" | "/v1/staff/second-factor" => Act::SignIn,
        "/v1/staff/invitation" | "/v1/staff/account/password" => Act::PasswordSet,
        "/v1/staff/account/second-factor/confirm" => Act::SecondFactorSet,
        "/v1/staff/account/second-factor/remove" => Act::SecondFactorRemoved,
        "/v1/devices/enrol" => Act::DeviceEnrolled,
        "/v1/devices/nonce" | "/v1/devices/token" => Act::DeviceToken,
        "/v1/reports/{area}/{report}" => Act::ReportRead,
        "/v1/photos/{area}/{photo}/thumbnail" | "/v1/photos/{area}/{photo}/web" => Act::PhotoRead,
        "/v1/records/{area}/{record}/fields/{field}/show" => Act::ValueShown,
        "/v1/quarantine" => Act::QuarantineRead,
        "/v1/search" => Act::ResidentSearched,
        "/v1/requests/{request}" => Act::RequestRead,
        "/v1/requests/{request}/approve" => Act::RequestApproved,
        "/v1/requests/{request}/change" => Act::RequestChanged,
        "/v1/requests/{request}/decline" => Act::RequestDeclined,
        "/v1/requests/{request}/erase" => Act::ErasureBegun,
        "/v1/requests/{request}/hand-out" | "/v1/requests/{request}/close" => Act::RequestDone,
        "/v1/trail" => Act::TrailRead,
        "/v1/trail/export" => Act::TrailExported,
        _ => Act::Request,
    }
}
