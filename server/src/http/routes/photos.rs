//! `/v1/photos`: parts from phones, derivatives for the console.

use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, BlobId, RecordId};

use crate::auth::AreaScope;
use crate::auth::actions::{ReadPhotos, SendPhoto};
use crate::clock::now_ms;
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::identity::{Allowed, PhoneMay};
use crate::http::server::Server;
use crate::http::work::block;
use crate::photos::{Derivative, PART_BYTES, Part};
use crate::trail::{Act, Actor, Entry, Origin, note_apart};

/// The header with a part's SHA-256.
const PART_SHA256: &str = "x-part-sha256";

/// How many bytes the whole has.
#[derive(Deserialize)]
pub(in crate::http) struct SizeQuery {
    size: u64,
}

/// `GET /v1/photos/{area}/{photo}/parts?size=`.
pub(in crate::http) async fn progress(
    phone: PhoneMay<SendPhoto>,
    server: Data<Server>,
    path: Path<(AreaId, BlobId)>,
    query: Query<SizeQuery>,
) -> Result<HttpResponse, ApiError> {
    let (area, photo) = path.into_inner();
    let progress = server.photos.progress(allowed(phone.0.area(area))?, photo, query.size).await?;
    Ok(HttpResponse::Ok().json(progress))
}

/// `PUT /v1/photos/{area}/{photo}/parts/{part}?size=`.
pub(in crate::http) async fn put_part(
    phone: PhoneMay<SendPhoto>,
    server: Data<Server>,
    request: HttpRequest,
    path: Path<(AreaId, BlobId, u32)>,
    query: Query<SizeQuery>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let (area, photo, number) = path.into_inner();
    let scope = allowed(phone.0.area(area))?;
    let sha256 = request.headers().get(PART_SHA256).and_then(|header| header.to_str().ok());
    let sha256 = sha256.and_then(|text| text.parse().ok());
    let sha256 = sha256.ok_or(ApiError::refused(&codes::WRONG_INPUT))?;
    let most = usize::try_from(PART_BYTES).unwrap_or(usize::MAX);
    let bytes = body::read(payload, most).await?;
    let part = Part { photo, size: query.size, number, sha256, bytes };
    server.photos.put_part(scope, phone.0.device(), part, now_ms()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/photos/{area}/{photo}/complete?size=`.
pub(in crate::http) async fn complete(
    phone: PhoneMay<SendPhoto>,
    server: Data<Server>,
    path: Path<(AreaId, BlobId)>,
    query: Query<SizeQuery>,
) -> Result<HttpResponse, ApiError> {
    let (area, photo) = path.into_inner();
    let scope = allowed(phone.0.area(area))?;
    server.photos.complete(scope, photo, query.size, now_ms()).await?;
    Ok(HttpResponse::Ok().json(json!({ "stored": true })))
}

/// The report that names the photo.
#[derive(Deserialize)]
pub(in crate::http) struct RecordQuery {
    record: Option<RecordId>,
}

/// `GET /v1/photos/{area}/{photo}/thumbnail?record=`.
pub(in crate::http) async fn thumbnail(
    staff: Allowed<ReadPhotos>,
    server: Data<Server>,
    path: Path<(AreaId, BlobId)>,
    query: Query<RecordQuery>,
) -> Result<HttpResponse, ApiError> {
    picture(&server, &staff, path.into_inner(), query.record, Derivative::Thumbnail).await
}

/// `GET /v1/photos/{area}/{photo}/web?record=`.
pub(in crate::http) async fn web(
    staff: Allowed<ReadPhotos>,
    server: Data<Server>,
    origin: Origin,
    path: Path<(AreaId, BlobId)>,
    query: Query<RecordQuery>,
) -> Result<HttpResponse, ApiError> {
    let (area, photo) = path.into_inner();
    let answer = picture(&server, &staff, (area, photo), query.record, Derivative::Web).await?;
    let seen = Entry::new(Act::PhotoRead, Actor::Staff(staff.0.person()), now_ms());
    let seen = seen.area(area).detail(photo.to_string()).from(origin);
    let seen = query.record.into_iter().fold(seen, Entry::record);
    block(move || note_apart(&server.engine.store, &seen)).await??;
    Ok(answer)
}

async fn picture(
    server: &Server,
    staff: &Allowed<ReadPhotos>,
    (area, photo): (AreaId, BlobId),
    record: Option<RecordId>,
    which: Derivative,
) -> Result<HttpResponse, ApiError> {
    let scope = allowed(staff.0.area(area))?;
    let bytes = server.photos.derivative(scope, photo, which, record).await?;
    Ok(HttpResponse::Ok().content_type("image/jpeg").body(bytes))
}

/// Somebody else's area is as good as none.
fn allowed(scope: Option<AreaScope>) -> Result<AreaScope, ApiError> {
    scope.ok_or(ApiError::refused(&codes::NOT_FOUND))
}
