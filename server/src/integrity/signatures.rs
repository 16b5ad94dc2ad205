//! Whether a change was pushed as the log says: its push is stored, lists it, and was signed by the
//! device. Each push of a batch is verified once.

use std::collections::{HashMap, HashSet};

use sync_protocol::ids::{ChangeHash, DeviceId, PushId};
use sync_protocol::keys;

use super::fault::Fault;
use crate::auth::AreaScope;
use crate::store::audit::LogRow;
use crate::store::device_keys::KeySpan;
use crate::store::pushes::StoredPush;
use crate::store::{Db, StoreError, device_keys, pushes};

/// The pushes behind a batch of the log.
pub(super) struct Pushes {
    verified: HashMap<(DeviceId, PushId), Verified>,
}

/// A push, looked at.
struct Verified {
    lists: HashSet<ChangeHash>,
    signed: Result<(), Fault>,
}

impl Pushes {
    /// Those that brought these rows.
    pub(super) fn of(db: &mut Db, scope: &AreaScope, rows: &[LogRow]) -> Result<Self, StoreError> {
        let named: HashSet<PushId> = rows.iter().map(|row| row.push).collect();
        let named: Vec<PushId> = named.into_iter().collect();
        let stored = pushes::find(db, scope, &named)?;
        let keys = device_keys::of(db, stored.iter().map(|push| push.device))?;
        let verified = stored
            .iter()
            .map(|push| ((push.device, push.push), verified(push, keys.get(&push.device))));
        Ok(Self { verified: verified.collect() })
    }

    /// Whether a row's change was pushed as the row says.
    pub(super) fn check(&self, row: &LogRow, change: &ChangeHash) -> Result<(), Fault> {
        let push = self.verified.get(&(row.device, row.push)).ok_or(Fault::NoPush)?;
        if !push.lists.contains(change) {
            return Err(Fault::NotInPush);
        }
        push.signed
    }
}

/// A push is signed with a key that its device had when it came, or had had before: what was handed
/// over as a file may come later than the key that signed it went.
fn verified(push: &StoredPush, keys: Option<&Vec<KeySpan>>) -> Verified {
    let list: Vec<ChangeHash> =
        push.hashes.chunks(32).filter_map(|hash| ChangeHash::try_from(hash).ok()).collect();
    let statement = keys::push_statement(push.device, push.push, &list);
    let signs = |key: &KeySpan| {
        key.since.is_none_or(|since| since <= push.received_at)
            && keys::verify(&key.public_key, &statement, &push.signature)
    };
    let signed = match keys {
        None => Err(Fault::NoDevice),
        Some(_) if !push.hashes.len().is_multiple_of(32) => Err(Fault::Signature),
        Some(keys) if keys.iter().any(signs) => Ok(()),
        Some(_) => Err(Fault::Signature),
    };
    Verified { lists: list.into_iter().collect(), signed }
}
