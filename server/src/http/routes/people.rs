//! `/v1/people`: who works in an administrator's areas, and codes for their phones.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path, Query};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};
use sync_protocol::ids::PersonId;

use super::device_care::WordsQuery;
use crate::auth::actions::{InviteDevice, ListPeople};
use crate::auth::device_care::{self as care, Occasion};
use crate::auth::devices::CODE_LIFETIME_MS;
use crate::clock::now_ms;
use crate::enrolment;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::block;
use crate::trail::Origin;

/// Under which address phones reach this server: the console knows its own.
#[derive(Deserialize)]
pub(in crate::http) struct InviteBody {
    server: String,
    #[serde(default)]
    reason: String,
}

/// `GET /v1/people`.
pub(in crate::http) async fn list(
    staff: Allowed<ListPeople>,
    server: Data<Server>,
    query: Query<WordsQuery>,
) -> Result<HttpResponse, ApiError> {
    let found = block(move || care::posts(&server.engine.store, &staff.0, &query.q, now_ms()));
    let mut items: Vec<JsonValue> = Vec::new();
    for post in found.await?? {
        let role = json!({
            "area": post.area, "role": post.role,
            "label": { "zh": post.role.label().zh, "en": post.role.label().en },
        });
        let same = items.last_mut().filter(|item| item["id"] == json!(post.person));
        match same.and_then(|item| item["roles"].as_array_mut()) {
            Some(roles) => roles.push(role),
            None => items.push(json!({ "id": post.person, "name": post.name, "roles": [role] })),
        }
    }
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// `POST /v1/people/{person}/enrolment-code`: shown this once.
pub(in crate::http) async fn invite(
    staff: Allowed<InviteDevice>,
    server: Data<Server>,
    origin: Origin,
    path: Path<PersonId>,
    body: Json<InviteBody>,
) -> Result<HttpResponse, ApiError> {
    let InviteBody { server: address, reason } = body.into_inner();
    let (person, now_ms) = (path.into_inner(), now_ms());
    let occasion = Occasion { reason, origin, now_ms };
    let store = server.engine.store.clone();
    let code = block(move || care::invite(&store, &staff.0, person, &occasion)).await??;
    let text = enrolment::text(&address, &code);
    let qr = enrolment::svg(&text);
    Ok(HttpResponse::Ok().json(json!({
        "code": code, "text": text, "qr": qr, "expires_at": now_ms + CODE_LIFETIME_MS,
    })))
}
