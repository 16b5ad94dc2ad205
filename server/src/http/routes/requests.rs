//! `/v1/requests`: what residents ask of the district about what it holds on them.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use crate::auth::actions::{
    ApproveRequest, CarryOutRequest, DeclineRequest, ReadRequests, TakeRequest,
};
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::{act, block};
use crate::residents::intake::Asked;
use crate::residents::request::RequestId;
use crate::residents::{Occasion, access, agreeing, closing, erasing, intake, view};
use crate::trail::Origin;

/// What somebody agrees to, and why.
#[derive(Deserialize)]
pub(in crate::http) struct ApprovalBody {
    version: i64,
    reason: String,
}

/// Why.
#[derive(Deserialize)]
pub(in crate::http) struct ReasonBody {
    reason: String,
}

fn now(origin: Origin) -> Occasion {
    Occasion { origin, now_ms: now_ms() }
}

/// `GET /v1/requests`.
pub(in crate::http) async fn list(
    staff: Allowed<ReadRequests>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    let items = block(move || view::list(&server.engine.store, &staff.0)).await??;
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// `POST /v1/requests`.
pub(in crate::http) async fn take(
    staff: Allowed<TakeRequest>,
    server: Data<Server>,
    origin: Origin,
    body: Json<Asked>,
) -> Result<HttpResponse, ApiError> {
    let taken = block(move || intake::take(&server.engine.store, &staff.0, &body, now(origin)));
    Ok(HttpResponse::Ok().json(json!({ "id": taken.await?? })))
}

/// `GET /v1/requests/{request}`.
pub(in crate::http) async fn show(
    staff: Allowed<ReadRequests>,
    server: Data<Server>,
    origin: Origin,
    path: Path<RequestId>,
) -> Result<HttpResponse, ApiError> {
    let read = block(move || view::read(&server.engine.store, &staff.0, *path, now(origin)));
    Ok(HttpResponse::Ok().json(read.await??))
}

/// `POST /v1/requests/{request}/change`.
pub(in crate::http) async fn change(
    staff: Allowed<TakeRequest>,
    server: Data<Server>,
    origin: Origin,
    path: Path<RequestId>,
    body: Json<Asked>,
) -> Result<HttpResponse, ApiError> {
    act(server, move |server| {
        intake::change(&server.engine.store, &staff.0, *path, &body, now(origin))
    })
    .await
}

/// `POST /v1/requests/{request}/approve`.
pub(in crate::http) async fn approve(
    staff: Allowed<ApproveRequest>,
    server: Data<Server>,
    origin: Origin,
    path: Path<RequestId>,
    body: Json<ApprovalBody>,
) -> Result<HttpResponse, ApiError> {
    let store = server.engine.store.clone();
    let asked = (*path, body.version);
    block(move || agreeing::approve(&store, &staff.0, asked, &body.reason, now(origin))).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/requests/{request}/decline`.
pub(in crate::http) async fn decline(
    staff: Allowed<DeclineRequest>,
    server: Data<Server>,
    origin: Origin,
    path: Path<RequestId>,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    act(server, move |server| {
        agreeing::decline(&server.engine.store, &staff.0, *path, &body.reason, now(origin))
    })
    .await
}

/// `POST /v1/requests/{request}/hand-out`: once, as JSON and as a PDF in base64.
pub(in crate::http) async fn hand_out(
    staff: Allowed<CarryOutRequest>,
    server: Data<Server>,
    origin: Origin,
    path: Path<RequestId>,
) -> Result<HttpResponse, ApiError> {
    let out = block(move || access::hand_out(&server.engine.store, &staff.0, *path, now(origin)));
    let out = out.await??;
    let pdf = STANDARD.encode(out.pdf);
    Ok(HttpResponse::Ok().json(json!({ "held": out.held, "pdf": pdf })))
}

/// `POST /v1/requests/{request}/erase`.
pub(in crate::http) async fn erase(
    staff: Allowed<CarryOutRequest>,
    server: Data<Server>,
    origin: Origin,
    path: Path<RequestId>,
) -> Result<HttpResponse, ApiError> {
    let engine = server.engine.clone();
    let erased = block(move || erasing::erase(&engine, &staff.0, *path, now(origin))).await??;
    // What fails is marked still, and deleted at the next hour.
    if let Err(error) = server.photos.delete_erased().await {
        tracing::warn!(%error, "photos of erased records are not deleted yet");
    }
    Ok(HttpResponse::Ok().json(erased))
}

/// `POST /v1/requests/{request}/close`: a correction that the area's worker has written.
pub(in crate::http) async fn close(
    staff: Allowed<CarryOutRequest>,
    server: Data<Server>,
    origin: Origin,
    path: Path<RequestId>,
) -> Result<HttpResponse, ApiError> {
    act(server, move |server| closing::close(&server.engine.store, &staff.0, *path, now(origin)))
        .await
}
