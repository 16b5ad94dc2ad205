//! A body that must come in time: so long for its first bytes, and longer only as more comes.

use std::cell::Cell;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Times;

/// Puts a limit of time on a body; answers too whether it was read to its end, by and by.
pub(super) fn timed(payload: Payload, first: Duration) -> (Payload, Rc<Cell<bool>>) {
    let until = Box::pin(sleep_until(Instant::now() + first));
    let ended = Rc::new(Cell::new(false));
    let timed = Timed { payload, until, bytes: 0, ended: Rc::clone(&ended) };
    let stream: Pin<Box<dyn Stream<Item = _>>> = Box::pin(timed);
    (stream.into(), ended)
}

/// Whether a body failed because it came too slowly.
pub(in crate::http) fn was_too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

struct Timed {
    payload: Payload,
    until: Pin<Box<Sleep>>,
    bytes: u64,
    ended: Rc<Cell<bool>>,
}

impl Stream for Timed {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match Pin::new(&mut self.payload).poll_next(context) {
            Poll::Ready(Some(Ok(chunk))) => {
                let before = self.bytes / Times::BODY_BYTES;
                self.bytes = self.bytes.saturating_add(chunk.len() as u64);
                let bought = Duration::from_secs(self.bytes / Times::BODY_BYTES - before);
                let until = self.until.deadline() + bought;
                self.until.as_mut().reset(until);
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(end) => {
                self.ended.set(end.is_none());
                Poll::Ready(end)
            }
            Poll::Pending => match self.until.as_mut().poll(context) {
                Poll::Ready(()) => {
                    let error = io::Error::from(io::ErrorKind::TimedOut);
                    Poll::Ready(Some(Err(PayloadError::Io(error))))
                }
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};
    use tokio::time::{self, sleep};

    use super::*;

    /// A chunk of so many bytes a second.
    fn drip(bytes: usize) -> Payload {
        let chunks = stream::repeat(()).then(move |()| async move {
            sleep(Duration::from_secs(1)).await;
            Ok(Bytes::from(vec![0; bytes]))
        });
        let stream: Pin<Box<dyn Stream<Item = _>>> = Box::pin(chunks);
        stream.into()
    }

    /// How many chunks come through, of a thousand at most.
    async fn chunks(payload: Payload) -> (usize, bool) {
        let (mut timed, ended) = timed(payload, Duration::from_secs(10));
        assert!(!ended.get());
        for chunk in 0..1_000 {
            match timed.next().await {
                Some(Ok(_)) => {}
                Some(Err(error)) => return (chunk, was_too_slow(&error)),
                None => return (chunk, false),
            }
        }
        (1_000, false)
    }

    #[tokio::test]
    async fn a_drip_is_cut_off_and_what_comes_steadily_is_not_however_long_it_takes() {
        time::pause();
        let (came, too_slow) = chunks(drip(1)).await;
        assert!((9..=10).contains(&came) && too_slow, "{came}");
        assert_eq!(chunks(drip(8 * 1024)).await, (1_000, false));
        let silence: Pin<Box<dyn Stream<Item = _>>> = Box::pin(stream::pending());
        assert_eq!(chunks(silence.into()).await, (0, true));
    }
}
