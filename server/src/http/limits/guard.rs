//! What every request passes before its handler: how often its client asks, how many are under way, and
//! how long it may take.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError as _};
use sync_protocol::codes;
use tokio::time::timeout;

use super::Meter;
use super::address::Client;
use super::connections::under_way;
use super::kind::Kind;
use super::slow::timed;
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::server::Server;
use crate::http::{badge_page, headers, work};

/// Lets a request through, or answers it at once.
///
/// # Errors
/// Those of what comes after it; its own refusals are answers, so that they get every header.
pub(in crate::http) async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(server) = request.app_data::<Data<Server>>().cloned() else {
        return Ok(request.into_response(ApiError::refused(&codes::INTERNAL).error_response()));
    };
    let under_way = under_way(request.request());
    let kind = Kind::of(request.method(), request.match_info().as_str());
    let entry = match server.limits.enter(kind, client(&server.limits, &request)) {
        Ok(entry) => entry,
        Err(error) => return Ok(refused(&server, kind, request, &error)),
    };
    let times = &server.limits.limits.times;
    let body = if kind.is_open() { times.open_body } else { times.body };
    let (payload, whole) = timed(request.take_payload(), body);
    request.set_payload(payload);
    let is_chunked = request.headers().contains_key(TRANSFER_ENCODING);
    let called = work::under_way(entry, next.call(request));
    let answered = timeout(most(times.request, kind), called).await;
    if let Some(under_way) = under_way.filter(|_| is_chunked && !whole.get()) {
        under_way.rest_is_not_wanted();
    }
    match answered {
        Ok(answer) => Ok(answer?.map_into_boxed_body()),
        Err(_) => Err(given_up(kind, server.behind_tls)),
    }
}

/// The router has the request and keeps it: what is left to give is an answer without one.
fn given_up(kind: Kind, behind_tls: bool) -> Error {
    tracing::warn!(?kind, "a request took too long and was given up");
    let mut busy = ApiError::refused(&codes::BUSY).error_response();
    headers::add(busy.headers_mut(), behind_tls);
    InternalError::from_response("given up", busy).into()
}

/// A bundle comes as slowly as its line: its body's own clock ends it.
fn most(request: Duration, kind: Kind) -> Duration {
    if kind == Kind::Bundle { Duration::from_secs(6 * 3600) } else { request }
}

fn client(meter: &Meter, request: &ServiceRequest) -> Client {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let unknown = std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
    Client::of(peer.map_or(unknown, |peer| meter.client(peer, request.headers())))
}

/// The refusal: a page for whoever scanned a badge, JSON for all others.
fn refused(
    server: &Server,
    kind: Kind,
    request: ServiceRequest,
    error: &ApiError,
) -> ServiceResponse<BoxBody> {
    let mut answer = error.error_response();
    if kind == Kind::Public && request.path().starts_with("/badge/") {
        let page = badge_page::unavailable(error.status_code(), &server.district, now_ms());
        answer = with_wait(page, answer);
    }
    request.into_response(answer)
}

/// The page with the other answer's time to wait.
fn with_wait(mut page: HttpResponse, of: HttpResponse) -> HttpResponse {
    use actix_web::http::header::RETRY_AFTER;
    debug_assert_ne!(page.status(), StatusCode::OK);
    if let Some(wait) = of.headers().get(RETRY_AFTER) {
        page.headers_mut().insert(RETRY_AFTER, wait.clone());
    }
    page
}
