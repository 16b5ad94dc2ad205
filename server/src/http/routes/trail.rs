//! `/v1/trail`: the audit trail, for auditors alone.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Query};
use futures_util::stream::try_unfold;
use serde::Deserialize;
use sync_protocol::codes;

use crate::auth::actions::{ExportTrail, ReadTrail};
use crate::auth::audit;
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::block;
use crate::trail::export::Export;
use crate::trail::reading::{Wanted, read};
use crate::trail::{Act, Actor, Origin};

/// Entries to a page, unless fewer are asked for.
const PAGE: i64 = 100;

/// Which entries are wanted. An empty parameter is as good as none.
#[derive(Deserialize)]
pub(in crate::http) struct TrailQuery {
    from: Option<i64>,
    until: Option<i64>,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    act: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    record: String,
    #[serde(default)]
    refused: bool,
    before: Option<u64>,
    limit: Option<i64>,
}

/// After which place an export begins.
#[derive(Deserialize)]
pub(in crate::http) struct ExportQuery {
    #[serde(default)]
    after: u64,
}

/// `GET /v1/trail`.
pub(in crate::http) async fn list(
    staff: Allowed<ReadTrail>,
    server: Data<Server>,
    origin: Origin,
    query: Query<TrailQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = block(move || {
        let store = &server.engine.store;
        let scope = store.read(|db| audit::trail(db, &staff.0, now_ms()))?;
        let scope = scope.ok_or(ApiError::refused(&codes::FORBIDDEN))?;
        let wanted = wanted(query.into_inner())?;
        let by = (Actor::Staff(staff.0.person()), origin);
        Ok::<_, ApiError>(read(store, &scope, &wanted, by, now_ms())?)
    });
    Ok(HttpResponse::Ok().json(page.await??))
}

/// `GET /v1/trail/export`: lines of JSON, as they are read. One that breaks off has no last line.
pub(in crate::http) async fn export(
    staff: Allowed<ExportTrail>,
    server: Data<Server>,
    origin: Origin,
    query: Query<ExportQuery>,
) -> Result<HttpResponse, ApiError> {
    let begun = block(move || {
        let store = &server.engine.store;
        let scope = store.read(|db| audit::trail(db, &staff.0, now_ms()))?;
        let scope = scope.ok_or(ApiError::refused(&codes::FORBIDDEN))?;
        if !scope.is_whole() {
            return Err(ApiError::refused(&codes::TRAIL_IN_PART));
        }
        let by = (Actor::Staff(staff.0.person()), origin);
        let begun = Export::begin(store, &scope, query.after, by, now_ms())?;
        begun.ok_or(ApiError::refused(&codes::NOT_FOUND))
    });
    let lines = try_unfold(begun.await??, |mut export| async move {
        let read = block(move || (export.next_lines(), export)).await;
        let (lines, export) = read.map_err(ApiError::from)?;
        let lines = lines.map_err(ApiError::from)?;
        Ok::<_, actix_web::Error>(lines.map(|lines| (Bytes::from(lines), export)))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header(("Content-Disposition", "attachment; filename=\"trail.ndjson\""))
        .streaming(lines))
}

/// `GET /v1/trail/acts`: every act in words, for the filter.
pub(in crate::http) async fn acts(_: Allowed<ReadTrail>) -> HttpResponse {
    let acts = Act::ALL.iter().map(|act| {
        let label = act.label();
        serde_json::json!({ "code": act.code(), "label": { "zh": label.zh, "en": label.en } })
    });
    HttpResponse::Ok().json(serde_json::json!({ "items": acts.collect::<Vec<_>>() }))
}

fn wanted(query: TrailQuery) -> Result<Wanted, ApiError> {
    let wrong = || ApiError::refused(&codes::WRONG_INPUT);
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(Wanted {
        from: query.from,
        until: query.until,
        actor: given(query.actor),
        act: given(query.act).map(|act| Act::from_code(&act).ok_or_else(wrong)).transpose()?,
        area: given(query.area).map(|area| area.parse().map_err(|_| wrong())).transpose()?,
        record: given(query.record).map(|id| id.parse().map_err(|_| wrong())).transpose()?,
        refused: query.refused,
        before: query.before,
        most: query.limit.unwrap_or(PAGE).clamp(1, PAGE),
    })
}
