//! Who a request comes from. A handler that names [`Phone`] or [`Staff`] cannot be reached without
//! the proof.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use sync_protocol::codes;

use super::error::ApiError;
use super::server::Server;
use crate::auth::{PhoneScope, StaffScope, devices, staff};
use crate::clock::now_ms;

/// Name of the session's cookie.
pub(super) const COOKIE: &str = "doorstep_session";

/// The header that the console sends with whatever changes something: another site's form cannot.
const CONSOLE_HEADER: (&str, &str) = ("x-doorstep", "console");

/// A request of a device that proved its key.
pub(super) struct Phone(pub(super) PhoneScope);

/// A request of somebody who signed in.
pub(super) struct Staff(pub(super) StaffScope);

/// The secret of a session's cookie, and that the request comes from the console's own page.
pub(super) struct Session(pub(super) String);

/// That the request comes from the console's own page.
pub(super) struct FromConsole;

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for Phone {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let server = server(request);
        let token = bearer(request);
        Box::pin(async move {
            let server = server?;
            let limited = server.clone();
            let token = token.ok_or(ApiError::refused(&codes::TOKEN_INVALID))?;
            let device = server
                .tokens
                .device_of(&token, now_ms())
                .ok_or(ApiError::refused(&codes::TOKEN_INVALID))?;
            let found =
                web::block(move || server.engine.store.read(|db| devices::scope(db, device)));
            let scope = found.await??.ok_or(ApiError::refused(&codes::DEVICE_UNKNOWN))?;
            limited.limits.device(device)?;
            Ok(Self(scope))
        })
    }
}

impl FromRequest for Staff {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let server = server(request);
        let session = Session::from_request(request, payload);
        Box::pin(async move {
            let server = server?;
            let limited = server.clone();
            let Session(secret) = session.await?;
            let now = now_ms();
            let found = web::block(move || staff::scope(&server.engine.store, &secret, now));
            let scope = found.await??.ok_or(ApiError::refused(&codes::CREDENTIALS_MISSING))?;
            limited.limits.person(scope.person())?;
            Ok(Self(scope))
        })
    }
}

impl FromRequest for Session {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = || {
            check_console(request)?;
            let cookie = request.cookie(COOKIE);
            let secret = cookie.ok_or(ApiError::refused(&codes::CREDENTIALS_MISSING))?;
            Ok(Self(secret.value().to_owned()))
        };
        std::future::ready(session())
    }
}

impl FromRequest for FromConsole {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(check_console(request).map(|()| Self))
    }
}

fn check_console(request: &HttpRequest) -> Result<(), ApiError> {
    let (name, value) = CONSOLE_HEADER;
    let said = request.headers().get(name).is_some_and(|header| header == value);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if said || reads { Ok(()) } else { Err(ApiError::refused(&codes::HEADER_MISSING)) }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    header.strip_prefix("Bearer ").map(str::to_owned)
}

fn server(request: &HttpRequest) -> Result<web::Data<Server>, ApiError> {
    request.app_data::<web::Data<Server>>().cloned().ok_or(ApiError::refused(&codes::INTERNAL))
}
