//! Whose turn it is to have a photo decoded: few at once, however many ask and however many of them have
//! given up meanwhile.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use crate::work;

/// Photos that are decoded at once. Each may take 256 MiB beside its own 32 MiB, so two are what a server
/// of 2 GiB can spare; a usual one is done in a fraction of a second, and a small machine's other
/// processors are for pushes.
const AT_ONCE: usize = 2;

/// Where photos wait for their turn.
#[derive(Debug, Clone)]
pub(super) struct Decoder(Arc<Semaphore>);

/// A photo's turn. It lasts until the photo is decoded, though nobody waits for that any more.
#[derive(Debug)]
pub(super) struct Turn(OwnedSemaphorePermit);

impl Decoder {
    /// With nobody who waits.
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }

    /// Waits for a turn, in the order of coming. Whoever gives up waits no more.
    pub(super) async fn turn(&self) -> Turn {
        #[expect(clippy::expect_used, reason = "only closing a semaphore makes this fail")]
        let permit = Arc::clone(&self.0).acquire_owned().await.expect("nobody closes it");
        Turn(permit)
    }
}

impl Turn {
    /// Takes the turn.
    pub(super) fn decode<R: Send + 'static>(
        self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> JoinHandle<R> {
        let Self(permit) = self;
        work::block(move || {
            let done = work();
            drop(permit);
            done
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn no_more_are_decoded_at_once_though_everybody_has_given_up() {
        let decoder = Decoder::new();
        let (hold, held) = (0..AT_ONCE).map(|_| channel::<()>()).unzip::<_, _, Vec<_>, Vec<_>>();
        for release in held {
            let turn = decoder.turn().await;
            // Whoever asked for it is gone.
            let (begin, begun) = channel::<()>();
            drop(turn.decode(move || {
                drop(begin);
                release.recv()
            }));
            begun.recv().unwrap_err();
        }
        for _ in 0..3 {
            assert!(decoder.turn().now_or_never().is_none());
        }
        drop(hold);
        let turns = [decoder.turn().await, decoder.turn().await];
        assert!(decoder.turn().now_or_never().is_none());
        drop(turns);
        assert!(decoder.turn().now_or_never().is_some());
    }
}
