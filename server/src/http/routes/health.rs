//! `GET /health`: whether the server and its database answer.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::auth::actions::CheckHealth;
use crate::http::error::ApiError;
use crate::http::identity::Anyone;
use crate::http::server::Server;
use crate::http::work::block;

/// 200 when the database answers, 503 when not.
pub(in crate::http) async fn health(
    _: Anyone<CheckHealth>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    block(move || server.engine.store.check()).await??;
    Ok(HttpResponse::Ok().json(serde_json::json!({"ok": true})))
}
