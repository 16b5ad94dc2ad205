//! `/v1/staff/devices`: the phones of whoever signed in. Who has lost one revokes it at once.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde_json::json;

use super::device_care::ReasonBody;
use super::devices::{device_of, shown};
use crate::auth::actions::{ReadOwnDevices, RevokeOwnDevice};
use crate::auth::device_care::{self as care, Occasion};
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::{act, block};
use crate::trail::Origin;

/// `GET /v1/staff/devices`.
pub(in crate::http) async fn list(
    staff: Allowed<ReadOwnDevices>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    let found = block(move || care::own(&server.engine.store, &staff.0));
    let items: Vec<_> = found.await??.into_iter().map(shown).collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// `POST /v1/staff/devices/{device}/revoke`.
pub(in crate::http) async fn revoke(
    staff: Allowed<RevokeOwnDevice>,
    server: Data<Server>,
    origin: Origin,
    path: Path<String>,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    let (device, ReasonBody { reason }) = (device_of(&path)?, body.into_inner());
    let occasion = Occasion { reason, origin, now_ms: now_ms() };
    act(server, move |server| care::revoke_own(&server.engine.store, &staff.0, device, &occasion))
        .await
}
