//! The console's cookies: no script reads them and no other site sends them. Where browsers come by
//! TLS they are `Secure` and their names say so (`__Host-`), so that nobody between can set them.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};

use super::identity::server;
use super::server::Server;

/// What a cookie is for.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A session; it ends with the browser.
    Session,
    /// That somebody signed in well in this browser: a year.
    Browser,
    /// Somebody who went to the identity provider: ten minutes. It comes back with a link from there.
    Away,
}

impl Kind {
    const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, false) => "doorstep_session",
            (Self::Session, true) => "__Host-doorstep_session",
            (Self::Browser, false) => "doorstep_browser",
            (Self::Browser, true) => "__Host-doorstep_browser",
            (Self::Away, false) => "doorstep_away",
            (Self::Away, true) => "__Host-doorstep_away",
        }
    }
}

/// What a request's cookie says.
pub(super) fn read(request: &HttpRequest, kind: Kind) -> Option<String> {
    let server = server(request).ok()?;
    Some(request.cookie(kind.name(server.secure_cookies))?.value().to_owned())
}

/// A cookie to be kept.
pub(super) fn make(server: &Server, kind: Kind, value: String) -> Cookie<'static> {
    let (same_site, lasts) = match kind {
        Kind::Session => (SameSite::Strict, None),
        Kind::Browser => (SameSite::Strict, Some(Duration::days(365))),
        Kind::Away => (SameSite::Lax, Some(Duration::minutes(10))),
    };
    let mut cookie = Cookie::build(kind.name(server.secure_cookies), value)
        .path("/")
        .http_only(true)
        .secure(server.secure_cookies)
        .same_site(same_site)
        .finish();
    cookie.set_max_age(lasts);
    cookie
}

/// The same cookie, to be forgotten.
pub(super) fn gone(server: &Server, kind: Kind) -> Cookie<'static> {
    let mut cookie = make(server, kind, String::new());
    cookie.set_max_age(Duration::ZERO);
    cookie
}
