//! `GET /roster` and `GET /roster/{area}`: who goes to doors where. Pages of HTML for people.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::auth::actions::ReadRoster;
use crate::clock::now_ms;
use crate::http::error::ApiError;
use crate::http::identity::Anyone;
use crate::http::roster_page;
use crate::http::server::Server;
use crate::http::work::block;
use crate::residents::roster;

/// The areas.
pub(in crate::http) async fn list(
    _: Anyone<ReadRoster>,
    server: Data<Server>,
) -> Result<HttpResponse, ApiError> {
    let district = server.district.clone();
    let areas = block(move || roster::all(&server.engine.store, now_ms())).await??;
    Ok(roster_page::list(&areas, &district))
}

/// The workers of one area. What is no area's code is an area that is not there.
pub(in crate::http) async fn area(
    _: Anyone<ReadRoster>,
    server: Data<Server>,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (district, now) = (server.district.clone(), now_ms());
    let found = match path.parse() {
        Ok(area) => block(move || roster::of_area(&server.engine.store, area, now)).await??,
        Err(_) => None,
    };
    Ok(roster_page::answer(found.as_ref(), &district, now))
}
