//! Who a request of somebody's own account comes from: signed in, or halfway through it. Nothing but
//! their own account can be reached by [`Own`].

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpRequest};
use sync_protocol::codes;

use super::cookies::{self, Kind};
use super::error::ApiError;
use super::identity::{Extracted, Proof, Session, server};
use super::origin;
use super::server::Server;
use super::work::block;
use crate::auth::Act;
use crate::auth::passwords::Turn;
use crate::auth::permissions::{Who, who};
use crate::auth::staff::Caller;
use crate::auth::staff::sessions::Account;
use crate::clock::now_ms;
use crate::trail::Actor;

/// A request of somebody who has shown a password at least.
#[derive(Debug)]
pub(super) struct Own<A> {
    pub(super) account: Account,
    action: PhantomData<A>,
}

impl<A: Act> Proof for Own<A> {
    type Action = A;
}

impl<A: Act> FromRequest for Own<A> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        const { assert!(matches!(who(A::ACTION), Who::SignedIn), "not of somebody's own account") }
        let server = server(request);
        let session = Session::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let server = server?;
            let Session(secret) = session.await?;
            let found = block(move || server.reception.account(&secret, now_ms()));
            let account = found.await??.ok_or(ApiError::refused(&codes::CREDENTIALS_MISSING))?;
            origin::known(&request, Actor::Staff(account.person().id));
            Ok(Self { account, action: PhantomData })
        })
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let browser = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        ready(Ok(Self {
            origin: origin::of(request),
            browser_cookie: cookies::read(request, Kind::Browser),
            browser: browser.unwrap_or_default().to_owned(),
        }))
    }
}

/// A turn at argon2 for a request.
///
/// # Errors
/// [`codes::BUSY`] when too many wait already.
pub(super) async fn turn(server: &Server) -> Result<Turn, ApiError> {
    server.reception.hasher().turn().await.ok_or(ApiError::refused(&codes::BUSY))
}
