//! `/v1/quarantine`: refused changes, and what staff decide on them.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::json;
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};

use crate::auth::actions::{ReadRefused, SettleRefused};
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::{act, block};
use crate::review::refused;
use crate::sync::quarantine::{Settling, Which, adopt as adopt_change, dismiss as dismiss_change};
use crate::trail::{Act, Actor, Entry, Origin, note};

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
    origin: Origin,
) -> Result<HttpResponse, ApiError> {
    let read = Entry::new(Act::QuarantineRead, Actor::Staff(staff.0.person()), now_ms());
    let read = read.from(origin);
    let kept = block(move || {
        server.engine.store.transaction(|db| {
            let kept = refused::undecided(db, &staff.0)?;
            note(db, &read.detail(format!("{} changes", kept.len())))?;
            Ok(kept)
        })
    });
    Ok(HttpResponse::Ok().json(json!({ "items": kept.await?? })))
}

/// `POST /v1/quarantine/{area}/{record}/{change}/adopt`.
pub(in crate::http) async fn adopt(
    staff: Allowed<SettleRefused>,
    server: Data<Server>,
    origin: Origin,
    path: Address,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    let which = which(&staff, path)?;
    let settling = Settling { reason: body.into_inner().reason, origin, now_ms: now_ms() };
    act(server, move |server| adopt_change(&server.engine, &staff.0, which, &settling)).await
}

/// `POST /v1/quarantine/{area}/{record}/{change}/dismiss`.
pub(in crate::http) async fn dismiss(
    staff: Allowed<SettleRefused>,
    server: Data<Server>,
    origin: Origin,
    path: Address,
    body: Json<ReasonBody>,
) -> Result<HttpResponse, ApiError> {
    let which = which(&staff, path)?;
    let settling = Settling { reason: body.into_inner().reason, origin, now_ms: now_ms() };
    act(server, move |server| dismiss_change(&server.engine, &staff.0, which, &settling)).await
}

fn which(staff: &Allowed<SettleRefused>, path: Address) -> Result<Which, ApiError> {
    let (area, record, change) = path.into_inner();
    let scope = staff.0.area(area).ok_or(ApiError::refused(&codes::NOT_FOUND))?;
    Ok(Which { scope, record, change })
}
