//! What a server does by itself, at its start and every hour: it deletes the bytes of photos whose
//! records were erased.

use std::time::Duration;

use crate::photos::Photos;

/// How often.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// Does it for as long as the server runs.
pub(super) fn start(photos: Photos) {
    actix_web::rt::spawn(async move {
        let mut hours = tokio::time::interval(PAUSE);
        loop {
            hours.tick().await;
            // They are marked still, and deleted at the next hour.
            if let Err(error) = photos.delete_erased().await {
                tracing::warn!(%error, "photos of erased records are not deleted yet");
            }
        }
    });
}
