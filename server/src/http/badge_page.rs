//! The page behind a badge's QR code: valid or not, in big words of both languages, for whoever
//! stands at a door with a small phone. No script, nothing from elsewhere, nothing kept; of a person
//! it says name, portrait, card number and area, and only while the badge is valid.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::auth::badges::{AreaNames, Card, Checked, Verdict};
use crate::review::words::on_the_wall;
use crate::store::district::District;

pub(super) const STYLE: &str = include_str!("../../templates/badge.css");

/// The one style of the page, named by its hash, and pictures that it brings along; nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
});

/// What the page is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Valid,
    Stale,
    Void,
    Unavailable,
}

impl State {
    const fn status(self) -> StatusCode {
        match self {
            Self::Valid => StatusCode::OK,
            Self::Stale => StatusCode::GONE,
            Self::Void => StatusCode::NOT_FOUND,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

#[derive(Template)]
#[template(path = "badge.html")]
struct Page<'p> {
    state: State,
    style: &'static str,
    district: &'p District,
    person: Option<Person<'p>>,
    telephone: Option<&'p str>,
    checked_at: String,
}

struct Person<'p> {
    card: &'p Card,
    areas: &'p AreaNames,
    portrait: Option<String>,
}

/// The page of a checked code.
pub(super) fn answer(checked: &Checked, district: &District, now_ms: i64) -> HttpResponse {
    let (state, person) = match &checked.verdict {
        Verdict::Valid(card, areas) => {
            let portrait = card.portrait.as_ref().map(|jpeg| STANDARD.encode(jpeg));
            (State::Valid, Some(Person { card, areas, portrait }))
        }
        Verdict::Stale => (State::Stale, None),
        Verdict::Void => (State::Void, None),
    };
    let telephone = checked.telephone.as_deref();
    let checked_at = on_the_wall(now_ms);
    let page = Page { state, style: STYLE, district, person, telephone, checked_at };
    rendered(&page, state.status())
}

/// The page when the code could not be checked.
pub(super) fn unavailable(status: StatusCode, district: &District, now_ms: i64) -> HttpResponse {
    let (state, checked_at) = (State::Unavailable, on_the_wall(now_ms));
    let page = Page { state, style: STYLE, district, person: None, telephone: None, checked_at };
    rendered(&page, status)
}

/// A page of HTML with its policy.
pub(super) fn rendered(page: &impl Template, status: StatusCode) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
            .insert_header(("X-Robots-Tag", "noindex, nofollow"))
            .body(html),
        Err(error) => {
            tracing::error!(%error, "the page of a badge could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
