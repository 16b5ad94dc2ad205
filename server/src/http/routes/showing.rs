//! `/v1/records/…/show`: a value that is masked everywhere else.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, RecordId};

use crate::auth::actions::ShowValue;
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::block;
use crate::review::showing::{Purpose, Why, show as show_value};
use crate::trail::Origin;

/// Why somebody wants to see it.
#[derive(Deserialize)]
pub(in crate::http) struct WhyBody {
    purpose: Purpose,
    words: String,
}

/// `POST /v1/records/{area}/{record}/fields/{field}/show`.
pub(in crate::http) async fn show(
    staff: Allowed<ShowValue>,
    server: Data<Server>,
    origin: Origin,
    path: Path<(AreaId, RecordId, String)>,
    body: Json<WhyBody>,
) -> Result<HttpResponse, ApiError> {
    let (area, record, key) = path.into_inner();
    let scope = staff.0.showing(area).ok_or(ApiError::refused(&codes::NOT_FOUND))?;
    let why = Why::new(body.purpose, &body.words);
    let why = why.ok_or(ApiError::refused(&codes::SHOW_REASON_MISSING))?;
    let when = (origin, now_ms());
    let shown = block(move || show_value(&server.engine.store, &scope, (record, &key), &why, when));
    let shown = shown.await??.ok_or(ApiError::refused(&codes::NOT_FOUND))?;
    Ok(HttpResponse::Ok().json(shown))
}
