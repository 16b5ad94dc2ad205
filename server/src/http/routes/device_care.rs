//! `/v1/devices`: administrators look after people's phones.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path, Query, block};
use serde::Deserialize;
use serde_json::json;
use sync_protocol::ids::DeviceId;

use super::devices::{device_of, shown};
use crate::auth::actions::{ListDevices, RenameDevice, ResumeDevice, RevokeDevice, SuspendDevice};
use crate::auth::device_care::{self as care, Occasion};
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::trail::Origin;

/// Words to look for.
#[derive(Deserialize)]
pub(in crate::http) struct WordsQuery {
    #[serde(default)]
    pub(super) q: String,
}

/// Why.
#[derive(Deserialize)]
pub(in crate::http) struct ReasonBody {
    #[serde(default)]
    pub(super) reason: String,
}

/// The name that a phone is to have.
#[derive(Deserialize)]
pub(in crate::http) struct NameBody {
    name: String,
    #[serde(default)]
    reason: String,
}

/// `GET /v1/devices`.
pub(in crate::http) async fn list(
    staff: Allowed<ListDevices>,
    server: Data<Server>,
    query: Query<WordsQuery>,
) -> Result<HttpResponse, ApiError> {
    let found = block(move || care::list(&server.engine.store, &staff.0, &query.q, now_ms()));
    let items: Vec<_> = found.await??.into_iter().map(shown).collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// `POST /v1/devices/{device}/rename`.
pub(in crate::http) async fn rename(
    staff: Allowed<RenameDevice>,
    server: Data<Server>,
    origin: Origin,
    path: Path<String>,
    body: Json<NameBody>,
) -> Result<HttpResponse, ApiError> {
    let (device, NameBody { name, reason }) = (device_of(&path)?, body.into_inner());
    let occasion = Occasion { reason, origin, now_ms: now_ms() };
    let store = server.engine.store.clone();
    block(move || care::rename(&store, &staff.0, device, &name, &occasion)).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/devices/{device}/suspend`.
pub(in crate::http) async fn suspend(
    staff: Allowed<SuspendDevice>,
    server: Data<Server>,
    origin: Origin,
    path: Path<String>,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    let (device, occasion) = asked(&path, body, origin)?;
    let store = server.engine.store.clone();
    block(move || care::suspend(&store, &staff.0, device, &occasion)).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/devices/{device}/resume`.
pub(in crate::http) async fn resume(
    staff: Allowed<ResumeDevice>,
    server: Data<Server>,
    origin: Origin,
    path: Path<String>,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    let (device, occasion) = asked(&path, body, origin)?;
    let store = server.engine.store.clone();
    block(move || care::resume(&store, &staff.0, device, &occasion)).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/devices/{device}/revoke`.
pub(in crate::http) async fn revoke(
    staff: Allowed<RevokeDevice>,
    server: Data<Server>,
    origin: Origin,
    path: Path<String>,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    let (device, occasion) = asked(&path, body, origin)?;
    let store = server.engine.store.clone();
    block(move || care::revoke(&store, &staff.0, device, &occasion)).await??;
    Ok(HttpResponse::NoContent().finish())
}

fn asked(
    path: &str,
    body: Json<ReasonBody>,
    origin: Origin,
) -> Result<(DeviceId, Occasion), ApiError> {
    let ReasonBody { reason } = body.into_inner();
    Ok((device_of(path)?, Occasion { reason, origin, now_ms: now_ms() }))
}
