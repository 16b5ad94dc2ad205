//! `/v1/staff`: signing in and out, and who is signed in.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};
use sync_protocol::codes;

use crate::auth::actions::{SeeSelf, ShowSecondFactor, SignIn, SignOut, TakeInvitation};
use crate::auth::staff::{self as auth, Begun, Caller, Lacks, StaffError};
use crate::auth::{StaffScope, csrf};
use crate::clock::now_ms;
use crate::http::account::{Own, turn};
use crate::http::cookies::{self, Kind};
use crate::http::error::ApiError;
use crate::http::identity::{Anyone, FromConsole, Session};
use crate::http::origin;
use crate::http::server::Server;
use crate::http::work::block;
use crate::trail::{About, Origin};

/// What somebody enters to sign in.
#[derive(Deserialize)]
pub(in crate::http) struct SignInBody {
    name: String,
    password: String,
}

/// A code of the second factor, or a recovery code.
#[derive(Deserialize)]
pub(in crate::http) struct CodeBody {
    pub(super) code: String,
}

/// An invitation, and the password that its person wants.
#[derive(Deserialize)]
pub(in crate::http) struct InvitationBody {
    code: String,
    password: String,
}

/// `GET /v1/staff/sign-in`: which ways in there are.
pub(in crate::http) async fn ways_in(
    _: Anyone<SignIn>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    let provider = block(move || server.reception.has_provider()).await??;
    Ok(HttpResponse::Ok().json(json!({ "single_sign_on": provider })))
}

/// `POST /v1/staff/sign-in`.
pub(in crate::http) async fn sign_in(
    _: Anyone<SignIn>,
    server: Data<Server>,
    _: FromConsole,
    request: HttpRequest,
    caller: Caller,
    body: Json<SignInBody>,
) -> Result<HttpResponse, ApiError> {
    let SignInBody { name, password } = body.into_inner();
    let turn = turn(&server).await?;
    let reception = server.reception.clone();
    let begun = block(move || {
        let begun = reception.sign_in(&turn, (&name, &password), &caller, now_ms());
        // Whoever is refused is not told whether there is such a login; the trail is.
        let whose = if begun.is_err() { reception.whose(&name)? } else { None };
        Ok::<_, StaffError>(begun.map_err(|error| (error, whose)))
    });
    match begun.await?? {
        Ok(begun) => Ok(entered(&server, begun)),
        Err((error, whose)) => {
            if let Some(person) = whose {
                origin::concerns(&request, About::Person(person));
            }
            Err(error.into())
        }
    }
}

/// `POST /v1/staff/second-factor`: what a session lacks that has just begun.
pub(in crate::http) async fn show_second_factor(
    own: Own<ShowSecondFactor>,
    server: Data<Server>,
    caller: Caller,
    body: Json<CodeBody>,
) -> Result<HttpResponse, ApiError> {
    let reception = server.reception.clone();
    let begun =
        block(move || reception.show_second_factor(&own.account, &body.code, &caller, now_ms()));
    Ok(entered(&server, begun.await??))
}

/// `POST /v1/staff/invitation`: sets the password of whoever is invited.
pub(in crate::http) async fn accept(
    _: Anyone<TakeInvitation>,
    server: Data<Server>,
    _: FromConsole,
    caller: Caller,
    body: Json<InvitationBody>,
) -> Result<HttpResponse, ApiError> {
    let InvitationBody { code, password } = body.into_inner();
    let turn = turn(&server).await?;
    let accepted =
        block(move || server.reception.accept(&turn, (&code, &password), &caller, now_ms()));
    Ok(HttpResponse::Ok().json(json!({ "name": accepted.await?? })))
}

/// `POST /v1/staff/sign-out`.
pub(in crate::http) async fn sign_out(
    _: Own<SignOut>,
    server: Data<Server>,
    session: Session,
    origin: Origin,
) -> Result<HttpResponse, ApiError> {
    let store = server.engine.store.clone();
    block(move || auth::sign_out(&store, &session.0, origin, now_ms())).await??;
    let gone = cookies::gone(&server, Kind::Session);
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// `GET /v1/staff/me`: also for somebody who is halfway through signing in.
pub(in crate::http) async fn me(
    own: Own<SeeSelf>,
    server: Data<Server>,
    session: Session,
) -> Result<HttpResponse, ApiError> {
    let account = own.account;
    let lacks = account.lacks();
    let person = account.person().clone();
    let found = block(move || server.reception.particulars(&account, now_ms())).await??;
    let found = found.ok_or(ApiError::refused(&codes::CREDENTIALS_MISSING))?;
    Ok(HttpResponse::Ok().json(json!({
        "person": { "id": person.id, "name": person.name },
        "roles": found.scope.as_ref().map(roles).unwrap_or_default(),
        "lacks": lacks.code(),
        "csrf": csrf::token(&session.0),
        "account": {
            "name": found.login,
            "has_password": found.has_password,
            "second_factor": found.second_factor,
            "recovery_codes": found.recovery_codes,
        },
    })))
}

/// The answer to whoever has just shown something: the session's cookie, and what is still lacking.
pub(super) fn entered(server: &Server, begun: Begun) -> HttpResponse {
    let Begun { secret, browser_cookie, lacks, scope } = begun;
    let mut answer = HttpResponse::Ok();
    let csrf = csrf::token(&secret);
    answer.cookie(cookies::make(server, Kind::Session, secret));
    if let Some(browser) = browser_cookie {
        answer.cookie(cookies::make(server, Kind::Browser, browser));
    }
    let roles = if lacks == Lacks::Nothing { roles(&scope) } else { Vec::new() };
    answer.json(json!({
        "person": { "id": scope.person(), "name": scope.name() },
        "roles": roles,
        "lacks": lacks.code(),
        "csrf": csrf,
    }))
}

fn roles(scope: &StaffScope) -> Vec<Value> {
    scope.roles().map(|(area, role)| json!({ "area": area, "role": role })).collect()
}
