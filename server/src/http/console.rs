//! The staff console's files, built by Vite and embedded in the binary.

use actix_web::http::Method;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use rust_embed::RustEmbed;
use sync_protocol::codes;

use super::error::ApiError;
use super::identity::Anyone;
use crate::auth::actions::LoadConsole;

#[derive(RustEmbed)]
#[folder = "console/dist"]
struct Files;

/// A file of the console; its first page at `/`. Of an address that is none of ours there is nothing,
/// whatever is asked of it.
pub(super) async fn file(_: Anyone<LoadConsole>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::refused(&codes::NOT_FOUND).error_response();
    }
    let path = request.path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let Some(file) = Files::get(path) else {
        return ApiError::refused(&codes::NOT_FOUND).error_response();
    };
    let mut answer = HttpResponse::Ok();
    answer.content_type(mime_guess::from_path(path).first_or_octet_stream().as_ref());
    if path.starts_with("assets/") {
        // Vite names these files by their contents.
        answer.insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"));
    }
    answer.body(file.data.into_owned())
}
