//! What a server does by itself, at its start and every hour: it seals photos of before, and deletes
//! the bytes of photos whose records were erased.

use std::time::Duration;

use crate::photos::Photos;

/// How often.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// Does it for as long as the server runs.
pub(super) fn start(photos: Photos) {
    actix_web::rt::spawn(every_hour(move || {
        let photos = photos.clone();
        async move { keep(&photos).await }
    }));
}

async fn every_hour<F: Future<Output = ()>>(mut work: impl FnMut() -> F) {
    let mut hours = tokio::time::interval(PAUSE);
    loop {
        hours.tick().await;
        work().await;
    }
}

/// What cannot be done now is done at the next hour: it is marked still.
async fn keep(photos: &Photos) {
    if let Err(error) = photos.seal_all(|_| ()).await {
        tracing::warn!(%error, "photos of before are not sealed yet");
    }
    if let Err(error) = photos.delete_erased().await {
        tracing::warn!(%error, "photos of erased records are not deleted yet");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_done_at_the_start_and_again_every_hour() {
        let begun = tokio::time::Instant::now();
        let done = Cell::new(0);
        let work = || {
            done.set(done.get() + 1);
            std::future::ready(())
        };
        let ended =
            tokio::time::timeout(PAUSE * 3 - Duration::from_secs(1), every_hour(work)).await;
        assert!(ended.is_err(), "it goes on for as long as the server runs");
        assert_eq!(begun.elapsed(), PAUSE * 3 - Duration::from_secs(1));
        assert_eq!(done.get(), 3);
    }
}
