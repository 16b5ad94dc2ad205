//! Who a request comes from, and that they may do what the handler does. A handler names the proof
//! for its action as its first argument, and cannot be reached without it; [`super::table`] takes no
//! other handlers.

use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
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
use super::work::block;
use crate::auth::devices::Admission;
use crate::auth::permissions::{Who, who};
use crate::auth::{Act, PhoneScope, StaffMay, csrf, staff};
use crate::clock::now_ms;
use crate::trail::Actor;

/// The header that the console sends with whatever changes something: another site's form cannot.
const CONSOLE_HEADER: (&str, &str) = ("x-doorstep", "console");

/// What a handler takes first: that whoever asks may do its action.
pub trait Proof {
    /// The action.
    type Action: Act;
}

/// A request of somebody who signed in and may do this somewhere; where says [`StaffMay::area`].
#[derive(Debug)]
pub struct Allowed<A: Act>(pub(super) StaffMay<A>);

/// A request of a device that proved its key and is in use.
#[derive(Debug)]
pub struct PhoneMay<A>(pub(super) PhoneScope, PhantomData<A>);

/// A request with a device's token. What the device may is looked up when the handler asks
/// ([`Bearer::admit`]): after a body that took its time, say, so that a phone that was revoked
/// meanwhile reads nothing.
#[derive(Debug)]
pub struct Bearer<A> {
    token: String,
    action: PhantomData<A>,
}

/// A request of a revoked device that proved its key.
#[derive(Debug)]
pub struct RevokedPhone<A>(pub(super) PhoneScope, PhantomData<A>);

/// A request of whomever, for what anybody may.
#[derive(Debug)]
pub struct Anyone<A>(PhantomData<A>);

impl<A: Act> Proof for Allowed<A> {
    type Action = A;
}
impl<A: Act> Proof for PhoneMay<A> {
    type Action = A;
}
impl<A: Act> Proof for Bearer<A> {
    type Action = A;
}
impl<A: Act> Proof for RevokedPhone<A> {
    type Action = A;
}
impl<A: Act> Proof for Anyone<A> {
    type Action = A;
}

/// The secret of a session's cookie, and that the request comes from the console's own page.
#[derive(Debug)]
pub struct Session(pub(super) String);

/// That the request comes from the console's own page.
#[derive(Debug)]
pub struct FromConsole;

/// The header that carries a session's token with whatever changes something.
const TOKEN_HEADER: &str = "x-doorstep-token";

pub(super) type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl<A: Act> FromRequest for Allowed<A> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let server = server(request);
        let session = Session::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let server = server?;
            let limited = server.clone();
            let Session(secret) = session.await?;
            let now = now_ms();
            let found = block(move || staff::scope(&server.engine.store, &secret, now));
            let scope = found.await??.ok_or(ApiError::refused(&codes::CREDENTIALS_MISSING))?;
            limited.limits.person(scope.person())?;
            origin::known(&request, Actor::Staff(scope.person()));
            scope.may().map(Self).ok_or(ApiError::refused(&codes::FORBIDDEN))
        })
    }
}

impl<A: Act> FromRequest for Bearer<A> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = || {
            let server = server(request)?;
            let token = bearer(request).ok_or(ApiError::refused(&codes::TOKEN_INVALID))?;
            // A body is not read for whoever has nothing that looks like a token of ours.
            let now = now_ms();
            server.tokens.claims(&token, now).ok_or(ApiError::refused(&codes::TOKEN_INVALID))?;
            if let Some(proven) = server.tokens.proven(&token, now) {
                origin::known(request, Actor::Device(proven.device));
                server.limits.device(proven.device)?;
            }
            Ok(Self { token, action: PhantomData })
        };
        ready(read())
    }
}

impl<A: Act> Bearer<A> {
    /// What the device may, now. It waits for the database.
    pub(super) fn admit(&self, server: &Server) -> Result<PhoneScope, ApiError> {
        const {
            assert!(matches!(who(A::ACTION), Who::Phone(_) | Who::OwnPhone), "no action of phones");
        }
        match server.admit(&self.token)? {
            Admission::Active(scope) => Ok(scope),
            Admission::Suspended => Err(ApiError::refused(&codes::DEVICE_PAUSED)),
            Admission::Revoked(_) => Err(ApiError::refused(&codes::DEVICE_REVOKED)),
            Admission::Refused => Err(ApiError::refused(&codes::TOKEN_INVALID)),
        }
    }
}

impl<A: Act> FromRequest for PhoneMay<A> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let server = server(request);
        let bearer = Bearer::<A>::from_request(request, payload);
        Box::pin(async move {
            let (server, bearer) = (server?, bearer.await?);
            let scope = block(move || bearer.admit(&server)).await??;
            Ok(Self(scope, PhantomData))
        })
    }
}

impl<A: Act> FromRequest for RevokedPhone<A> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        const { assert!(matches!(who(A::ACTION), Who::RevokedPhone), "no action of revoked phones") }
        let server = server(request);
        let bearer = Bearer::<A>::from_request(request, payload);
        Box::pin(async move {
            let (server, Bearer { token, .. }) = (server?, bearer.await?);
            match block(move || server.admit(&token)).await?? {
                Admission::Revoked(scope) => Ok(Self(scope, PhantomData)),
                Admission::Active(_) | Admission::Suspended => {
                    Err(ApiError::refused(&codes::FORBIDDEN))
                }
                Admission::Refused => Err(ApiError::refused(&codes::TOKEN_INVALID)),
            }
        })
    }
}

impl<A: Act> FromRequest for Anyone<A> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        const { assert!(matches!(who(A::ACTION), Who::Anybody), "not everybody may do this") }
        ready(Ok(Self(PhantomData)))
    }
}

impl FromRequest for Session {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = || {
            check_console(request)?;
            let cookie = cookies::read(request, Kind::Session);
            let secret = cookie.ok_or(ApiError::refused(&codes::CREDENTIALS_MISSING))?;
            check_token(request, &secret)?;
            Ok(Self(secret))
        };
        ready(session())
    }
}

impl FromRequest for FromConsole {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(check_console(request).map(|()| Self))
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
