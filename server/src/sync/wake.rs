//! Waking phones that wait for news. A push on this server wakes them at once; what comes in through
//! another server is seen at the next look. A wake-up may be lost: it costs delay, never data.

use std::sync::Arc;
use std::time::Duration;

use sync_protocol::ids::AreaId;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::auth::PhoneScope;
use crate::store::{Store, StoreError, area_log};
use crate::work;

/// How often the heads are looked at without being woken.
const LOOK: Duration = Duration::from_secs(5);

/// Those who wait.
#[derive(Debug, Clone, Default)]
pub struct Wake {
    waiting: Arc<Notify>,
}

/// How far a phone has come in an area.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The area.
    pub area: AreaId,
    /// The last place that the phone has.
    pub head: u64,
}

impl Wake {
    /// Something was committed.
    pub fn up(&self) {
        self.waiting.notify_waiters();
    }

    /// Waits until one of the areas has more than the phone has seen; answers whether one has.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn wait(
        &self,
        store: &Store,
        scope: &PhoneScope,
        seen: &[Seen],
        most: Duration,
    ) -> Result<bool, StoreError> {
        let end = Instant::now() + most;
        loop {
            // Asked for before the look, or a push between the two would go unnoticed.
            let woken = self.waiting.notified();
            if has_news(store, scope, seen).await? {
                return Ok(true);
            }
            if Instant::now() >= end {
                return Ok(false);
            }
            let _ = timeout_at(end.min(Instant::now() + LOOK), woken).await;
        }
    }
}

async fn has_news(store: &Store, scope: &PhoneScope, seen: &[Seen]) -> Result<bool, StoreError> {
    let (store, scopes, seen) = (store.clone(), scope.areas(), seen.to_vec());
    let look = move || {
        let heads = store.read(|db| area_log::heads(db, &scopes))?;
        let known = |area: &AreaId| seen.iter().find(|s| s.area == *area).map_or(0, |s| s.head);
        Ok(heads.iter().any(|(area, head)| head.seq > known(area)))
    };
    // A look that was cut short is as good as no news: the phone comes again.
    work::block(look).await.unwrap_or(Ok(false))
}
