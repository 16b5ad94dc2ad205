//! Verdicts that come after a push was answered: they wait for their device, and are told with every
//! answer until it says that it has noted them.

use sync_protocol::wire::LateVerdict;

use super::{Engine, SyncError};
use crate::auth::PhoneScope;
use crate::store::late_verdicts;

/// What the device has not noted yet, oldest first; what it has noted is put away.
pub(super) fn unseen(
    engine: &Engine,
    scope: &PhoneScope,
    seen: u64,
) -> Result<Vec<LateVerdict>, SyncError> {
    let device = scope.device();
    if seen > 0 {
        engine.store.transaction(|db| late_verdicts::forget(db, device, seen))?;
    }
    Ok(engine.store.read(|db| late_verdicts::after(db, device, seen))?)
}
