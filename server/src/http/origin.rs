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

/// Where a request comes from. The address is that of the connection; behind a proxy the one that the
/// proxy says last: what stands before it anybody can write.
pub(super) fn of(request: &HttpRequest) -> Origin {
    let id = request.extensions().get::<RequestId>().map(|RequestId(id)| *id);
    let behind_proxy = server(request).is_ok_and(|server| server.behind_proxy);
    let said = || {
        let header = request.headers().get_all("x-forwarded-for").last()?;
        header.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    let peer = request.peer_addr().map(|peer| peer.ip());
    Origin { address: if behind_proxy { said().or(peer) } else { peer }, request: id }
}

/// Remembers who a request comes from, so that a refusal is noted as theirs.
pub(super) fn known(request: &HttpRequest, actor: Actor) {
    request.extensions_mut().insert(Known(actor));
}

/// Remembers whom a request is about, so that a refusal is noted with them.
pub(super) fn concerns(request: &HttpRequest, about: About) {
    request.extensions_mut().insert(Concerns(about));
}
