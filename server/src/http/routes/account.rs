//! `/v1/staff/account`: somebody's own password, second factor and sessions.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::json;
use sync_protocol::codes;
use uuid::Uuid;

use super::staff::{CodeBody, entered};
use crate::auth::actions::CareForAccount;
use crate::auth::staff::sessions::Listed;
use crate::auth::staff::{Caller, Lacks};
use crate::clock::now_ms;
use crate::http::account::{Own, turn};
use crate::http::error::ApiError;
use crate::http::server::Server;
use crate::http::work::{act, block};
use crate::trail::Origin;

/// The present password and the one to come.
#[derive(Deserialize)]
pub(in crate::http) struct PasswordBody {
    old: String,
    new: String,
}

/// The present password, asked again.
#[derive(Deserialize)]
pub(in crate::http) struct ConfirmBody {
    password: String,
}

/// `POST /v1/staff/account/password`.
pub(in crate::http) async fn change_password(
    own: Own<CareForAccount>,
    server: Data<Server>,
    caller: Caller,
    body: Json<PasswordBody>,
) -> Result<HttpResponse, ApiError> {
    let PasswordBody { old, new } = body.into_inner();
    let turn = turn(&server).await?;
    act(server, move |server| {
        server.reception.change_password(&turn, &own.account, (&old, &new), &caller, now_ms())
    })
    .await
}

/// `POST /v1/staff/account/second-factor/offer`: a secret to be taken over into an app.
pub(in crate::http) async fn offer_second_factor(
    own: Own<CareForAccount>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    if own.account.lacks() == Lacks::SecondFactor {
        return Err(ApiError::refused(&codes::FORBIDDEN));
    }
    let offered = block(move || server.reception.offer_second_factor(&own.account)).await??;
    Ok(HttpResponse::Ok().json(offered))
}

/// `POST /v1/staff/account/second-factor/confirm`: a first code; a session that lacked it is good now.
pub(in crate::http) async fn confirm_second_factor(
    own: Own<CareForAccount>,
    server: Data<Server>,
    caller: Caller,
    body: Json<CodeBody>,
) -> Result<HttpResponse, ApiError> {
    let reception = server.reception.clone();
    let confirmed =
        block(move || reception.confirm_second_factor(&own.account, &body.code, &caller, now_ms()));
    let confirmed = confirmed.await??;
    let shown = json!({ "recovery_codes": confirmed.recovery_codes });
    let mut answer = HttpResponse::Ok();
    if let Some(begun) = confirmed.begun {
        for cookie in entered(&server, begun).cookies() {
            answer.cookie(cookie.into_owned());
        }
    }
    Ok(answer.json(shown))
}

/// `POST /v1/staff/account/second-factor/remove`.
pub(in crate::http) async fn remove_second_factor(
    own: Own<CareForAccount>,
    server: Data<Server>,
    caller: Caller,
    body: Json<ConfirmBody>,
) -> Result<HttpResponse, ApiError> {
    let turn = turn(&server).await?;
    act(server, move |server| {
        server.reception.remove_second_factor(
            &turn,
            &own.account,
            &body.password,
            &caller,
            now_ms(),
        )
    })
    .await
}

/// `POST /v1/staff/account/recovery-codes`: new ones in place of those that are left.
pub(in crate::http) async fn renew_recovery_codes(
    own: Own<CareForAccount>,
    server: Data<Server>,
    caller: Caller,
    body: Json<ConfirmBody>,
) -> Result<HttpResponse, ApiError> {
    let turn = turn(&server).await?;
    let codes = block(move || {
        server.reception.renew_recovery_codes(
            &turn,
            &own.account,
            &body.password,
            &caller,
            now_ms(),
        )
    });
    Ok(HttpResponse::Ok().json(json!({ "recovery_codes": codes.await?? })))
}

/// `GET /v1/staff/account/sessions`.
pub(in crate::http) async fn sessions(
    own: Own<CareForAccount>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    let account = good(own)?;
    let present = account.session();
    let found = block(move || server.reception.sessions(&account, now_ms())).await??;
    let shown = |session: Listed| {
        json!({
            "id": session.id.to_string(),
            "created_at": session.created_at_ms,
            "seen_at": session.seen_at_ms,
            "address": session.address,
            "browser": session.browser,
            "present": session.id == present,
        })
    };
    let items: Vec<_> = found.into_iter().map(shown).collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// `POST /v1/staff/account/sessions/{session}/end`.
pub(in crate::http) async fn end_session(
    own: Own<CareForAccount>,
    server: Data<Server>,
    origin: Origin,
    which: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let account = good(own)?;
    let which: Uuid = which.parse().map_err(|_| ApiError::refused(&codes::NOT_FOUND))?;
    let ended =
        block(move || server.reception.end_session(&account, Some(which), origin, now_ms()));
    if !ended.await?? {
        return Err(ApiError::refused(&codes::NOT_FOUND));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/staff/account/sessions/end-others`.
pub(in crate::http) async fn end_other_sessions(
    own: Own<CareForAccount>,
    server: Data<Server>,
    origin: Origin,
) -> Result<HttpResponse, ApiError> {
    let account = good(own)?;
    block(move || server.reception.end_session(&account, None, origin, now_ms())).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// The account of somebody who lacks nothing.
fn good(own: Own<CareForAccount>) -> Result<crate::auth::staff::sessions::Account, ApiError> {
    if own.account.lacks() == Lacks::Nothing {
        Ok(own.account)
    } else {
        Err(ApiError::refused(&codes::FORBIDDEN))
    }
}
