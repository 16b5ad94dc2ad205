//! `/v1/quarantine`: refused changes, and what staff decide on them.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path, block};
use serde::Deserialize;
use serde_json::json;
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};

use crate::auth::actions::{ReadRefused, SettleRefused};
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::review::refused;
use crate::sync::quarantine::{Which, adopt as adopt_change, dismiss as dismiss_change};

/// Why.
#[derive(Deserialize)]
pub(in crate::http) struct ReasonBody {
    reason: String,
}

type Address = Path<(AreaId, RecordId, ChangeHash)>;

/// `GET /v1/quarantine`.
pub(in crate::http) async fn list(
    staff: Allowed<ReadRefused>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    let kept = block(move || server.engine.store.read(|db| refused::undecided(db, &staff.0)));
    Ok(HttpResponse::Ok().json(json!({ "items": kept.await?? })))
}

/// `POST /v1/quarantine/{area}/{record}/{change}/adopt`.
pub(in crate::http) async fn adopt(
    staff: Allowed<SettleRefused>,
    server: Data<Server>,
    path: Address,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    let which = which(&staff, path)?;
    let done = block(move || adopt_change(&server.engine, &staff.0, which, &body.reason, now_ms()));
    done.await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/quarantine/{area}/{record}/{change}/dismiss`.
pub(in crate::http) async fn dismiss(
    staff: Allowed<SettleRefused>,
    server: Data<Server>,
    path: Address,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    let which = which(&staff, path)?;
    let done =
        block(move || dismiss_change(&server.engine, &staff.0, which, &body.reason, now_ms()));
    done.await??;
    Ok(HttpResponse::NoContent().finish())
}

fn which(staff: &Allowed<SettleRefused>, path: Address) -> Result<Which, ApiError> {
    let (area, record, change) = path.into_inner();
    let scope = staff.0.area(area).ok_or(ApiError::refused(&codes::NOT_FOUND))?;
    Ok(Which { scope, record, change })
}
