//! Work that waits for the database or computes, on the threads for it. Such work goes on when whoever
//! asked for it has given up; so whatever counts them as under way is held until the work is done, and
//! the queue for the threads has an end however many have given up. It does not know who asks for what.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use tokio::task::{self, JoinHandle};
use tokio::task_local;

/// What counts somebody as under way; it ends with the last who holds it.
type Counted = Arc<dyn Any + Send + Sync>;

task_local! {
    static UNDER_WAY: Counted;
}

/// Handles what somebody asks for; what counts them is held until this and all its work are done.
pub fn under_way<F: Future>(
    counted: impl Any + Send + Sync,
    handled: F,
) -> impl Future<Output = F::Output> {
    let counted: Counted = Arc::new(counted);
    UNDER_WAY.scope(counted, handled)
}

/// Does work on a thread for it. It is done though nobody waits for it any more; whoever waits is told
/// when it panicked, or there is no thread to be had.
#[expect(clippy::disallowed_methods, reason = "this is what the others are to use")]
pub fn block<F, R>(work: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    // What streams an answer that was begun is under way no more.
    let counted = UNDER_WAY.try_with(Arc::clone).ok();
    task::spawn_blocking(move || {
        let done = work();
        drop(counted);
        done
    })
}
