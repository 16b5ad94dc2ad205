//! Who a request comes from. A handler that names [`Phone`] or [`Staff`] cannot be reached without
//! the proof.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use sync_protocol::codes;

use super::cookies::{self, Kind};
use super::error::ApiError;
use super::origin;
use super::server::Server;
use crate::auth::{PhoneScope, StaffScope, csrf, devices, staff};
use crate::clock::now_ms;
use crate::trail::Actor;

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

/// The header that carries a session's token with whatever changes something.
const TOKEN_HEADER: &str = "x-doorstep-token";

pub(super) type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for Phone {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let server = server(request);
        let token = bearer(request);
        let request = request.clone();
        Box::pin(async move {
            let server = server?;
            let token = token.ok_or(ApiError::refused(&codes::TOKEN_INVALID))?;
            let device = server
                .tokens
                .device_of(&token, now_ms())
                .ok_or(ApiError::refused(&codes::TOKEN_INVALID))?;
            let found = web::block(move || {
                server.engine.store.read(|db| devices::scope(db, device, now_ms()))
            });
            let scope = found.await??.ok_or(ApiError::refused(&codes::DEVICE_UNKNOWN))?;
            origin::known(&request, Actor::Device(scope.device()));
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
        let request = request.clone();
        Box::pin(async move {
            let server = server?;
            let Session(secret) = session.await?;
            let now = now_ms();
            let found = web::block(move || staff::scope(&server.engine.store, &secret, now));
            let scope = found.await??.ok_or(ApiError::refused(&codes::CREDENTIALS_MISSING))?;
            origin::known(&request, Actor::Staff(scope.person()));
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
            let cookie = cookies::read(request, Kind::Session);
            let secret = cookie.ok_or(ApiError::refused(&codes::CREDENTIALS_MISSING))?;
            check_token(request, &secret)?;
            Ok(Self(secret))
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
    if said || reads(request) { Ok(()) } else { Err(ApiError::refused(&codes::HEADER_MISSING)) }
}

fn check_token(request: &HttpRequest, secret: &str) -> Result<(), ApiError> {
    let sent = request.headers().get(TOKEN_HEADER).and_then(|header| header.to_str().ok());
    let fits = csrf::fits(secret, sent.unwrap_or_default());
    if fits || reads(request) { Ok(()) } else { Err(ApiError::refused(&codes::HEADER_MISSING)) }
}

fn reads(request: &HttpRequest) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    header.strip_prefix("Bearer ").map(str::to_owned)
}

pub(super) fn server(request: &HttpRequest) -> Result<web::Data<Server>, ApiError> {
    request.app_data::<web::Data<Server>>().cloned().ok_or(ApiError::refused(&codes::INTERNAL))
}
