//! Where a request comes from and who it turned out to be, for the audit trail: said once for all
//! handlers. The id of a request stands in its answer's `x-request-id`.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use uuid::Uuid;

use super::identity::server;
use crate::trail::{About, Actor, Origin};

/// The id that a request was given when it came.
#[derive(Clone, Copy)]
pub(super) struct RequestId(pub(super) Uuid);

/// Whom the request was found to come from.
#[derive(Clone)]
pub(super) struct Known(pub(super) Actor);

/// Whom the request was about, found while it was taken.
#[derive(Clone, Copy)]
pub(super) struct Concerns(pub(super) About);

impl FromRequest for Origin {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(of(request)))
    }
}

/// Where a request comes from: the connection's address, or what a trusted proxy says.
pub(super) fn of(request: &HttpRequest) -> Origin {
    let id = request.extensions().get::<RequestId>().map(|RequestId(id)| *id);
    let peer = request.peer_addr().map(|peer| peer.ip());
    let address = match (peer, server(request)) {
        (Some(peer), Ok(server)) => Some(server.limits.client(peer, request.headers())),
        _ => peer,
    };
    Origin { address, request: id }
}

/// Remembers who a request comes from, so that a refusal is noted as theirs.
pub(super) fn known(request: &HttpRequest, actor: Actor) {
    request.extensions_mut().insert(Known(actor));
}

/// Remembers whom a request is about, so that a refusal is noted with them.
pub(super) fn concerns(request: &HttpRequest, about: About) {
    request.extensions_mut().insert(Concerns(about));
}
