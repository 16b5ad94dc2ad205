//! `/v1/staff`: signing in and out.

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::web::{Data, Json, block};
use serde::Deserialize;
use serde_json::json;
use sync_protocol::codes;

use crate::auth::StaffScope;
use crate::auth::actions::{SeeSelf, SignIn, SignOut};
use crate::auth::staff as auth;
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::{Allowed, Anyone, COOKIE, FromConsole, Session};
use crate::http::server::Server;

/// What somebody enters to sign in.
#[derive(Deserialize)]
pub(in crate::http) struct SignInBody {
    name: String,
    password: String,
}

/// `POST /v1/staff/sign-in`.
pub(in crate::http) async fn sign_in(
    _: Anyone<SignIn>,
    server: Data<Server>,
    _: FromConsole,
    body: Json<SignInBody>,
) -> Result<HttpResponse, ApiError> {
    let SignInBody { name, password } = body.into_inner();
    let signed_in = block(move || auth::sign_in(&server.engine.store, &name, &password, now_ms()));
    let (secret, scope) = signed_in.await??.ok_or(ApiError::refused(&codes::CREDENTIALS_WRONG))?;
    Ok(HttpResponse::Ok().cookie(cookie(secret)).json(who(&scope)))
}

/// `POST /v1/staff/sign-out`.
pub(in crate::http) async fn sign_out(
    _: Allowed<SignOut>,
    server: Data<Server>,
    session: Session,
) -> Result<HttpResponse, ApiError> {
    block(move || auth::sign_out(&server.engine.store, &session.0)).await??;
    let mut gone = cookie(String::new());
    gone.set_max_age(Duration::ZERO);
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// `GET /v1/staff/me`.
pub(in crate::http) async fn me(staff: Allowed<SeeSelf>) -> HttpResponse {
    HttpResponse::Ok().json(who(staff.0.who()))
}

fn who(scope: &StaffScope) -> serde_json::Value {
    let roles = scope.roles().map(|(area, role)| json!({ "area": area, "role": role }));
    json!({
        "person": { "id": scope.person(), "name": scope.name() },
        "roles": roles.collect::<Vec<_>>(),
    })
}

/// A cookie that scripts cannot read and other sites cannot send. A proxy that speaks TLS adds
/// `Secure`; on the machine itself there is none.
fn cookie(secret: String) -> Cookie<'static> {
    Cookie::build(COOKIE, secret).path("/").http_only(true).same_site(SameSite::Strict).finish()
}
