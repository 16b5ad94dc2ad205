//! One answer, applied in one transaction: verdicts, access, items and cursors together or not at
//! all.

use sync_protocol::ids::PushId;
use sync_protocol::records::derived::AreaKey;
use sync_protocol::wire::{Access, Response};

use super::page;
use crate::error::CoreError;
use crate::outbox;
use crate::store::areas::{self, Area};
use crate::store::{StoreError, Transaction, changes, device};

/// What an answer came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    /// Items received.
    pub(crate) received: u64,
    /// Whether an area has more to fetch.
    pub(crate) more: bool,
    /// Whether changes are waiting to be pushed.
    pub(crate) pending: bool,
    /// Whether the server wants some of them later.
    pub(crate) deferred: bool,
    /// Whether anything was judged, received, or a cursor moved.
    pub(crate) moved: bool,
    /// How long the server asks to be left alone.
    pub(crate) wait_ms: u64,
}

/// Applies an answer to the request that carried `push`.
pub(crate) fn response(
    transaction: &Transaction<'_>,
    response: &Response,
    push: Option<PushId>,
    now: i64,
) -> Result<Applied, CoreError> {
    notice_epoch(transaction, response)?;
    let judged = outbox::apply(transaction, push, &response.verdicts)?;
    for access in &response.access {
        note_access(transaction, access)?;
    }
    let mut applied = Applied {
        accepted: judged.accepted,
        rejected: judged.rejected,
        deferred: judged.retry_after_ms.is_some(),
        wait_ms: response.backoff_ms.max(judged.retry_after_ms.unwrap_or_default()),
        moved: !response.verdicts.is_empty(),
        ..Applied::default()
    };
    for area in &response.areas {
        let forked = judged.forked.contains(&area.area);
        let paged = page::apply(transaction, area, forked)?;
        applied.received += area.items.len() as u64;
        applied.more |= paged.more;
        applied.moved |= paged.moved || !area.items.is_empty();
    }
    device::note_sync(transaction, response.server_epoch, now)?;
    applied.pending = changes::counts(transaction)?.pending > 0;
    Ok(applied)
}

/// A server that began another life may have lost what it had acknowledged: it is offered again.
/// Nothing here is ever wiped for it.
fn notice_epoch(transaction: &Transaction<'_>, response: &Response) -> Result<(), StoreError> {
    let known = device::find(transaction)?.and_then(|device| device.server_epoch);
    match known {
        Some(known) if known != response.server_epoch => changes::offer_again(transaction),
        _ => Ok(()),
    }
}

fn note_access(transaction: &Transaction<'_>, access: &Access) -> Result<(), StoreError> {
    match access {
        Access::Granted { area, name, roles, key } => {
            let key = <[u8; 32]>::try_from(&key[..]).map_err(|_| StoreError::Form("area key"))?;
            let granted = Area {
                area: *area,
                name_zh: name.zh.clone(),
                name_en: name.en.clone(),
                roles: roles.iter().copied().collect(),
                key: AreaKey(key),
                complete: false,
            };
            areas::grant(transaction, &granted)
        }
        Access::Revoked { area } => areas::revoke(transaction, *area),
    }
}
