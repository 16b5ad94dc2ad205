//! The public roster, in big words of both languages as the page of a badge is: no script, nothing from
//! elsewhere, portraits brought along, so that nobody's picture has an address.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::badge_page::{STYLE, rendered};
use crate::residents::roster::{Listed, Roster};
use crate::review::words::{Words, on_the_wall};
use crate::store::district::District;

#[derive(Template)]
#[template(path = "roster.html")]
struct Page<'p> {
    style: &'static str,
    district: &'p District,
    area: &'p Words,
    workers: Vec<Worker<'p>>,
    telephone: Option<&'p str>,
    checked_at: String,
}

struct Worker<'p> {
    name: &'p str,
    card_number: Option<&'p str>,
    portrait: Option<String>,
    works_now: bool,
}

#[derive(Template)]
#[template(path = "rosters.html")]
struct AreasPage<'p> {
    style: &'static str,
    district: &'p District,
    areas: &'p [Listed],
}

/// The page of an area; for one where nobody works the same as for one that is not there.
pub(super) fn answer(roster: Option<&Roster>, district: &District, now_ms: i64) -> HttpResponse {
    let Some(roster) = roster else { return list(&[], district) };
    let workers = roster.workers.iter().map(|worker| Worker {
        name: &worker.card.name,
        card_number: worker.card.card_number.as_deref(),
        portrait: worker.card.portrait.as_ref().map(|jpeg| STANDARD.encode(jpeg)),
        works_now: worker.works_now,
    });
    let page = Page {
        style: STYLE,
        district,
        area: &roster.area,
        workers: workers.collect(),
        telephone: roster.telephone.as_deref(),
        checked_at: on_the_wall(now_ms),
    };
    rendered(&page, StatusCode::OK)
}

/// The page of all areas; a 404 where there is none.
pub(super) fn list(areas: &[Listed], district: &District) -> HttpResponse {
    let status = if areas.is_empty() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    rendered(&AreasPage { style: STYLE, district, areas }, status)
}
