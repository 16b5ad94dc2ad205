//! `GET /badge/{code}`: what a resident sees who scans a worker's badge. A page of HTML for people.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, ResponseError as _};

use crate::auth::actions::CheckBadge;
use crate::auth::badges::{self, Checked};
use crate::clock::now_ms;
use crate::http::badge_page;
use crate::http::error::ApiError;
use crate::http::identity::Anyone;
use crate::http::server::Server;
use crate::http::work::block;

/// Checks the code and says so in big words.
pub(in crate::http) async fn page(
    _: Anyone<CheckBadge>,
    server: Data<Server>,
    code: Path<String>,
) -> HttpResponse {
    let (district, now) = (server.district.clone(), now_ms());
    let checked = check(server, code.into_inner(), now).await;
    match checked {
        Ok(checked) => badge_page::answer(&checked, &district, now),
        Err(error) => badge_page::unavailable(error.status_code(), &district, now),
    }
}

async fn check(server: Data<Server>, code: String, now: i64) -> Result<Checked, ApiError> {
    Ok(block(move || badges::check(&server.engine.store, &code, now)).await??)
}
