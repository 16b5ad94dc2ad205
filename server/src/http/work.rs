//! What a request sets going, on the threads for it.

use actix_web::{HttpResponse, web};

use super::error::ApiError;
use super::server::Server;
pub(super) use crate::work::{block, under_way};

/// Does what somebody asked for, and answers that it was done.
///
/// # Errors
/// Those of the work, as a client sees them.
pub(super) async fn act<E>(
    server: web::Data<Server>,
    work: impl FnOnce(&Server) -> Result<(), E> + Send + 'static,
) -> Result<HttpResponse, ApiError>
where
    E: Send + 'static,
    ApiError: From<E>,
{
    block(move || work(&server)).await??;
    Ok(HttpResponse::NoContent().finish())
}
