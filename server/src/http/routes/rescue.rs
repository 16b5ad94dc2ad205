//! `/v1/rescue`: a supervisor hands in what a phone could not send itself.

use actix_web::HttpResponse;
use actix_web::web::{Data, Payload};
use futures_util::StreamExt;
use serde_json::json;
use sync_protocol::codes;
use sync_protocol::ids::ChangeHash;
use sync_protocol::records::Role;

use crate::clock::now_ms;
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::identity::Staff;
use crate::http::server::Server;
use crate::rescue::By;

/// `GET /v1/rescue/key`: what phones seal to. It is no secret, and a phone that was signed out before
/// it had the key needs it too.
pub(in crate::http) async fn key(server: Data<Server>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "rescue_key": ChangeHash(server.desk.public_key()) }))
}

/// Takes the bundle in as it comes, of whatever size: one frame of it is in memory at a time.
pub(in crate::http) async fn hand_in(
    server: Data<Server>,
    staff: Staff,
    mut payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let may = |role: Role| matches!(role, Role::Supervisor | Role::Administrator);
    if !staff.0.roles().any(|(_, role)| may(role)) {
        return Err(ApiError::refused(&codes::FORBIDDEN));
    }
    let mut intake = server.desk.take_in(By::Staff(staff.0), now_ms());
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| body::broken(&error))?;
        intake.feed(&chunk).await?;
    }
    Ok(HttpResponse::Ok().json(intake.finish().await?))
}
