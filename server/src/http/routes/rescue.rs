//! `/v1/rescue`: a supervisor hands in what a phone could not send itself.

use actix_web::HttpResponse;
use actix_web::web::{Data, Payload};
use futures_util::StreamExt;
use serde_json::json;
use sync_protocol::ids::ChangeHash;

use crate::auth::actions::{HandInRescue, HandInRevoked, ReadRescueKey};
use crate::clock::now_ms;
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::identity::{Allowed, Anyone, RevokedPhone};
use crate::http::server::Server;
use crate::http::work::block;
use crate::rescue::{By, HandedIn, Intake};
use crate::trail::{Actor, Origin};

/// `GET /v1/rescue/key`: what phones seal to. It is no secret, and a phone that was signed out before
/// it had the key needs it too.
pub(in crate::http) async fn key(_: Anyone<ReadRescueKey>, server: Data<Server>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "rescue_key": ChangeHash(server.desk.public_key()) }))
}

/// Takes the bundle in as it comes, of whatever size: one frame of it is in memory at a time.
pub(in crate::http) async fn hand_in(
    staff: Allowed<HandInRescue>,
    server: Data<Server>,
    origin: Origin,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let who = (Actor::Staff(staff.0.person()), origin);
    let intake = server.desk.take_in(By::Staff(staff.0), who, now_ms());
    Ok(HttpResponse::Ok().json(take_in(intake, payload).await?))
}

/// `POST /v1/devices/hand-in`: the same by a revoked phone itself, before it empties itself: what its
/// person wrote is kept in quarantine until staff have looked at it.
pub(in crate::http) async fn hand_in_revoked(
    phone: RevokedPhone<HandInRevoked>,
    server: Data<Server>,
    origin: Origin,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let desk = server.desk.clone();
    let (who, now) = ((Actor::Device(phone.0.device()), origin), now_ms());
    let by = block(move || desk.by_revoked(&phone.0, now)).await??;
    let handed_in = take_in(server.desk.take_in(by, who, now), payload).await?;
    // It reads nothing but whether it may empty itself.
    Ok(HttpResponse::Ok().json(json!({ "complete": handed_in.is_complete() })))
}

async fn take_in(mut intake: Intake, mut payload: Payload) -> Result<HandedIn, ApiError> {
    while let Some(chunk) = payload.next().await {
        match chunk {
            Ok(chunk) => intake.feed(&chunk).await?,
            Err(error) => {
                let broken = body::broken(&error);
                intake.break_off(broken.code()).await?;
                return Err(broken);
            }
        }
    }
    Ok(intake.finish().await?)
}
