//! `/v1/reports`: the review queue and one report.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use crate::auth::actions::ReadReports;
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::block;
use crate::review::queue::{Wanted, parse_cursor, queue};
use crate::review::report::read as read_report;
use crate::trail::{Act, Actor, Entry, Origin};

/// Reports to a page, unless fewer are asked for.
const PAGE: i64 = 50;

/// What is wanted of the queue. An empty parameter is as good as none.
#[derive(Deserialize)]
pub(in crate::http) struct QueueQuery {
    #[serde(default)]
    area: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    clashes: bool,
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
    limit: Option<i64>,
}

/// `GET /v1/reports`.
pub(in crate::http) async fn list(
    staff: Allowed<ReadReports>,
    server: Data<Server>,
    query: Query<QueueQuery>,
) -> Result<HttpResponse, ApiError> {
    let wanted = wanted(query.into_inner())?;
    let page = block(move || server.engine.store.read(|db| queue(db, &staff.0, &wanted)));
    Ok(HttpResponse::Ok().json(page.await??))
}

/// `GET /v1/reports/{area}/{report}`.
pub(in crate::http) async fn show(
    staff: Allowed<ReadReports>,
    server: Data<Server>,
    origin: Origin,
    path: Path<(AreaId, RecordId)>,
) -> Result<HttpResponse, ApiError> {
    let (area, id) = path.into_inner();
    let scope = staff.0.area(area).ok_or(ApiError::refused(&codes::NOT_FOUND))?;
    let read = Entry::new(Act::ReportRead, Actor::Staff(staff.0.person()), now_ms());
    let read = read.area(area).record(id).from(origin);
    let found = block(move || read_report(&server.engine.store, scope, id, &read));
    let report = found.await??.ok_or(ApiError::refused(&codes::NOT_FOUND))?;
    Ok(HttpResponse::Ok().json(report))
}

fn wanted(query: QueueQuery) -> Result<Wanted, ApiError> {
    let wrong = || ApiError::refused(&codes::WRONG_INPUT);
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let area = given(query.area).map(|code| code.parse().map_err(|_| wrong())).transpose()?;
    let kind = given(query.kind).map(|k| Kind::from_code(&k).ok_or_else(wrong)).transpose()?;
    let after = given(query.after).map(|a| parse_cursor(&a).ok_or_else(wrong)).transpose()?;
    Ok(Wanted {
        area,
        kind,
        state: given(query.state),
        clashes: query.clashes,
        words: given(query.q),
        after,
        most: query.limit.unwrap_or(PAGE).clamp(1, PAGE),
    })
}
