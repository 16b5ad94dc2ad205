//! `POST /v1/search`: a resident or landlord. A POST, so that no name or number stands in an address.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json};
use serde::Deserialize;

use crate::auth::actions::SearchResidents;
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::block;
use crate::residents::Occasion;
use crate::residents::search::{Sort, Sought, search as look_up};
use crate::trail::Origin;

/// Whom to look for.
#[derive(Deserialize)]
pub(in crate::http) struct SearchBody {
    by: Sort,
    words: String,
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
}

/// Looks somebody up.
pub(in crate::http) async fn search(
    staff: Allowed<SearchResidents>,
    server: Data<Server>,
    origin: Origin,
    body: Json<SearchBody>,
) -> Result<HttpResponse, ApiError> {
    let occasion = Occasion { origin, now_ms: now_ms() };
    let found = block(move || {
        let SearchBody { by, words, after, limit } = body.into_inner();
        let sought = Sought { by, words: &words, after: after.as_deref(), limit };
        look_up(&server.engine.store, &staff.0, &sought, occasion)
    });
    Ok(HttpResponse::Ok().json(found.await??))
}
