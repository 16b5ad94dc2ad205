//! `POST /v1/wait`: the long poll of area heads.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use serde_json::json;
use sync_protocol::ids::AreaId;

use crate::auth::PhoneScope;
use crate::auth::actions::Wait;
use crate::http::error::ApiError;
use crate::http::identity::Bearer;
use crate::http::server::Server;
use crate::http::work::block;
use crate::sync::wake::Seen;

/// Longest wait, in milliseconds: below what proxies cut off.
const MOST_MS: u64 = 50_000;

/// How far the phone has come, and how long it waits.
#[derive(Deserialize)]
pub(in crate::http) struct WaitBody {
    areas: Vec<SeenBody>,
    timeout_ms: u64,
}

/// How far the phone has come in one area.
#[derive(Deserialize)]
pub(in crate::http) struct SeenBody {
    area: AreaId,
    head: u64,
}

/// Answers when there is news, or after the wait.
pub(in crate::http) async fn wait(
    phone: Bearer<Wait>,
    server: Data<Server>,
    body: Json<WaitBody>,
) -> Result<HttpResponse, ApiError> {
    let seen: Vec<Seen> =
        body.areas.iter().map(|seen| Seen { area: seen.area, head: seen.head }).collect();
    let most = Duration::from_millis(body.timeout_ms.min(MOST_MS));
    let engine = &server.engine;
    let phone = Arc::new(phone);
    let scope = admit(&phone, &server).await?;
    let _waits = server.limits.wait(scope.device())?;
    let news = engine.wake.wait(&engine.store, &scope, &seen, most).await?;
    // Whoever was revoked while they waited is told nothing.
    admit(&phone, &server).await?;
    Ok(HttpResponse::Ok().json(json!({ "news": news })))
}

async fn admit(phone: &Arc<Bearer<Wait>>, server: &Data<Server>) -> Result<PhoneScope, ApiError> {
    let (phone, server) = (Arc::clone(phone), server.clone());
    block(move || phone.admit(&server)).await?
}
