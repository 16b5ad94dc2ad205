//! Headers of every answer: nothing is kept by a cache, guessed, framed or fetched from elsewhere.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::DefaultHeaders;

/// The console loads its own files and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What of a browser a page may use: nothing.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), \
    screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

/// A year, as browsers ask for it.
const TLS_ALONE: &str = "max-age=31536000; includeSubDomains";

const ALL: [(&str, &str); 8] = [
    ("content-security-policy", POLICY),
    ("permissions-policy", PERMISSIONS),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
];

/// The headers; with TLS before it, also that browsers come by TLS alone from now on.
pub(super) fn security(behind_tls: bool) -> DefaultHeaders {
    all(behind_tls).fold(DefaultHeaders::new(), DefaultHeaders::add)
}

/// The same on an answer that has none yet.
pub(super) fn add(headers: &mut HeaderMap, behind_tls: bool) {
    for (name, value) in all(behind_tls) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

fn all(behind_tls: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    ALL.into_iter().chain(behind_tls.then_some(("strict-transport-security", TLS_ALONE)))
}
