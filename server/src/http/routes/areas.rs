//! `GET /v1/areas`: the areas in sight.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::auth::actions::ListAreas;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::block;
use crate::review::queue;

/// Lists them with their counts.
pub(in crate::http) async fn list(
    staff: Allowed<ListAreas>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    let areas = block(move || server.engine.store.read(|db| queue::areas(db, &staff.0)));
    Ok(HttpResponse::Ok().json(json!({ "items": areas.await?? })))
}
