//! `/v1/staff/oidc`: to the district's identity provider and back.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::staff::entered;
use crate::auth::actions::SignInElsewhere;
use crate::auth::staff::oidc::Return;
use crate::auth::staff::{Begun, Caller};
use crate::clock::now_ms;
use crate::http::cookies::{self, Kind};
use crate::http::error::ApiError;
use crate::http::identity::{Anyone, FromConsole};
use crate::http::server::Server;
use crate::http::work::block;

/// With an invitation, the account there is bound to whom it invites.
#[derive(Deserialize)]
pub(in crate::http) struct LeaveBody {
    #[serde(default)]
    invitation: Option<String>,
}

/// What the provider sends a browser back with.
#[derive(Deserialize)]
pub(in crate::http) struct ReturnQuery {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    iss: Option<String>,
}

/// `POST /v1/staff/oidc/leave`: where the browser is to go.
pub(in crate::http) async fn leave(
    _: Anyone<SignInElsewhere>,
    server: Data<Server>,
    _: FromConsole,
    caller: Caller,
    body: Json<LeaveBody>,
) -> Result<HttpResponse, ApiError> {
    let reception = server.reception.clone();
    let invitation = body.into_inner().invitation;
    let away =
        block(move || reception.leave_for_provider(invitation.as_deref(), &caller, now_ms()));
    let away = away.await??;
    let cookie = cookies::make(&server, Kind::Away, away.secret);
    Ok(HttpResponse::Ok().cookie(cookie).json(json!({ "url": away.url })))
}

/// `GET /v1/staff/oidc/callback`: a person's browser comes by a link, so the answer is one too: to the
/// console, which says what went wrong by its code.
pub(in crate::http) async fn callback(
    _: Anyone<SignInElsewhere>,
    server: Data<Server>,
    request: HttpRequest,
    caller: Caller,
    query: Query<ReturnQuery>,
) -> HttpResponse {
    let secret = cookies::read(&request, Kind::Away).unwrap_or_default();
    let ReturnQuery { code, state, iss } = query.into_inner();
    let back = Return { code, state, issuer: iss, secret };
    let mut answer = HttpResponse::SeeOther();
    answer.cookie(cookies::gone(&server, Kind::Away));
    match arrive(&server, back, caller).await {
        Ok(begun) => {
            for cookie in entered(&server, begun).cookies() {
                answer.cookie(cookie.into_owned());
            }
            answer.insert_header((LOCATION, "/")).finish()
        }
        Err(error) => {
            let place = format!("/#/sign-in/{}", error.code().code);
            answer.insert_header((LOCATION, place)).finish()
        }
    }
}

async fn arrive(server: &Server, back: Return, caller: Caller) -> Result<Begun, ApiError> {
    let reception = server.reception.clone();
    Ok(block(move || reception.arrive_from_provider(&back, &caller, now_ms())).await??)
}
