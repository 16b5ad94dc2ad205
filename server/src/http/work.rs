//! Work that waits for the database or computes, on the threads for it. Such work goes on when its
//! request was given up; so whatever counts the request as under way is held until the work is done,
//! and the queue for the threads has an end however many requests were given up.

use std::future::Future;
use std::sync::Arc;

use actix_web::error::BlockingError;
use actix_web::{HttpResponse, web};
use tokio::task_local;

use super::error::ApiError;
use super::limits::Entry;
use super::server::Server;

task_local! {
    static UNDER_WAY: Arc<Entry>;
}

/// Handles a request that was let in; it is under way until this and all its work are done.
pub(super) fn under_way<F: Future>(entry: Entry, handled: F) -> impl Future<Output = F::Output> {
    UNDER_WAY.scope(Arc::new(entry), handled)
}

/// Does work on a thread for it.
///
/// # Errors
/// [`BlockingError`] if there is none to be had, or the work panicked.
#[expect(clippy::disallowed_methods, reason = "this is what the others are to use")]
pub(super) fn block<F, R>(work: F) -> impl Future<Output = Result<R, BlockingError>>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    // What streams an answer that was begun is under way no more.
    let entry = UNDER_WAY.try_with(Arc::clone).ok();
    web::block(move || {
        let done = work();
        drop(entry);
        done
    })
}

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
