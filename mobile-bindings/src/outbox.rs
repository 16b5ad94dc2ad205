//! The outbox: which changes the next push carries, what the server's verdicts do to them, and how
//! work that a refusal stranded is written again, and what happens when it is accepted after all. It must not know HTTP or FFI.

mod reunite;
mod rewrite;
mod verdicts;

use sync_protocol::ids::{ChangeHash, DeviceId, PushId, RecordId};
use sync_protocol::keys::{self, DeviceKey};
use sync_protocol::wire::{RecordPush, limits};

use crate::store::changes::{self, Pending};
use crate::store::{StoreError, Transaction};

pub(crate) use reunite::reunite;
pub(crate) use verdicts::apply;

/// Bytes of changes in one push. Changes hardly shrink when they are few, and the body may be 1 MiB
/// as it travels (`wire::limits::BODY_BYTES`): below it even what does not compress fits.
pub(crate) const PUSH_BYTES: usize = 7 * limits::BODY_BYTES / 8;

/// What one request pushes. Repeated, it has the same id and the same content.
pub(crate) struct Push {
    pub(crate) id: PushId,
    pub(crate) records: Vec<RecordPush>,
    /// The changes' names in the order in which they stand in the request.
    order: Vec<ChangeHash>,
}

impl Push {
    /// The device's signature over the push.
    pub(crate) fn signature(&self, device: DeviceId, key: &DeviceKey) -> [u8; 64] {
        key.sign(&keys::push_statement(device, self.id, &self.order))
    }
}

/// The next push, written down before it is sent; none if nothing is pending.
pub(crate) fn next(transaction: &Transaction<'_>) -> Result<Option<Push>, StoreError> {
    let pending = changes::next_to_push(transaction, limits::CHANGES, PUSH_BYTES)?;
    let Some(first) = pending.first() else {
        return Ok(None);
    };
    let id = match first.push {
        Some(sent_before) => sent_before,
        None => {
            let id = PushId(*uuid::Uuid::now_v7().as_bytes());
            changes::assign_push(transaction, id, &pending)?;
            id
        }
    };
    Ok(Some(arrange(id, pending)))
}

/// The push of a selection, which may be sent at once or handed over otherwise: by record, each
/// record's changes in the order they were made.
pub(crate) fn arrange(id: PushId, pending: Vec<Pending>) -> Push {
    let mut groups: Vec<(RecordPush, Vec<ChangeHash>)> = Vec::new();
    let mut places: std::collections::HashMap<RecordId, usize> = std::collections::HashMap::new();
    for change in pending {
        let place = *places.entry(change.record).or_insert(groups.len());
        if place == groups.len() {
            let Pending { area, record, kind, .. } = change;
            groups.push((RecordPush { area, record, kind, changes: Vec::new() }, Vec::new()));
        }
        if let Some((record, hashes)) = groups.get_mut(place) {
            record.changes.push(change.bytes.into());
            hashes.push(change.hash);
        }
    }
    let (records, order): (Vec<_>, Vec<_>) = groups.into_iter().unzip();
    Push { id, records, order: order.concat() }
}

#[cfg(test)]
mod tests;
