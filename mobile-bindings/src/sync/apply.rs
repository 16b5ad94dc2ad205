//! One answer, applied in one transaction: verdicts, access, items and cursors together or not at
//! all.

use sync_protocol::records::derived::AreaKey;
use sync_protocol::wire::{Access, AreaCursor, AreaPage, LateVerdict, Response, Verdict};

use super::{office, page};
use crate::codes;
use crate::error::CoreError;
use crate::outbox::{self, Push};
use crate::store::areas::{self, Area};
use crate::store::{StoreError, Transaction, changes, departures, device};

/// What an answer came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    /// Items received.
    pub(crate) received: u64,
    /// Whether an area has more to fetch, or there may be more late verdicts.
    pub(crate) more: bool,
    /// Whether changes are waiting to be pushed.
    pub(crate) pending: bool,
    /// Whether the server wants some of them later.
    pub(crate) deferred: bool,
    /// Whether anything was judged, received, or a cursor moved.
    pub(crate) moved: bool,
    /// How long the server asks to be left alone.
    pub(crate) wait_ms: u64,
    /// The server's clock, in milliseconds since 1970 UTC.
    pub(crate) server_now: i64,
}

/// Applies an answer to the request that carried `push`. `now` is the phone's clock.
pub(crate) fn response(
    transaction: &Transaction<'_>,
    response: &Response,
    push: Option<&Push>,
    now: i64,
) -> Result<Applied, CoreError> {
    let pushed = push.map(|push| push.records.as_slice()).unwrap_or_default();
    // What answers another push says nothing on this one.
    let verdicts = Verdict::on(pushed, &response.verdicts)
        .ok_or_else(|| CoreError::refused(&codes::ANSWER_UNREADABLE))?;
    let late = notice_restored(transaction, response)?;
    let all = verdicts.iter().chain(late.iter().map(|late| &late.verdict));
    let judged = outbox::apply(transaction, push.map(|push| push.id), all, response.now)?;
    for access in &response.access {
        note_access(transaction, access)?;
    }
    office::note(transaction, response)?;
    let mut applied = Applied {
        accepted: judged.accepted,
        rejected: judged.rejected,
        deferred: judged.retry_after_ms.is_some(),
        wait_ms: response.backoff_ms.max(judged.retry_after_ms.unwrap_or_default()),
        moved: !response.verdicts.is_empty() || !late.is_empty(),
        // An answer tells so many and no more; the next request says that these are noted.
        more: !late.is_empty(),
        server_now: response.now,
        ..Applied::default()
    };
    for area in &response.areas {
        let forked = judged.forked.contains(&area.area);
        let paged = page::apply(transaction, area, forked, response.now)?;
        applied.received += area.items.len() as u64;
        applied.more |= paged.more;
        applied.moved |= paged.moved || !area.items.is_empty();
    }
    outbox::reunite(transaction, now)?;
    if let Some(key) = response.rescue_key.as_deref().and_then(|key| key.try_into().ok()) {
        device::note_rescue_key(transaction, key)?;
    }
    device::note_sync(transaction, response.server_epoch, now)?;
    applied.pending = changes::counts(transaction)?.pending > 0;
    Ok(applied)
}

/// A server that began another life, or an area of it that stands behind what the phone has read,
/// may have lost what it had acknowledged: it is offered again. Nothing here is ever wiped for it.
/// Answers the late verdicts that are new.
fn notice_restored<'r>(
    transaction: &Transaction<'_>,
    response: &'r Response,
) -> Result<&'r [LateVerdict], StoreError> {
    let device = device::find(transaction)?;
    let seen = device.as_ref().map(|device| device.late_seen).unwrap_or_default();
    let known = device.and_then(|device| device.server_epoch);
    if known.is_some_and(|known| known != response.server_epoch) {
        changes::offer_again(transaction, None)?;
        // Its late verdicts are numbered anew, and it was asked for those behind the old number.
        device::note_late(transaction, 0)?;
        return Ok(&response.late);
    }
    let cursors = areas::cursors(transaction)?;
    for page in &response.areas {
        if cursors.iter().any(|at| at.area == page.area && is_behind(page, at)) {
            changes::offer_again(transaction, Some(page.area))?;
        }
    }
    let first = response.late.partition_point(|late| late.number <= seen);
    let fresh = response.late.get(first..).unwrap_or_default();
    if let Some(last) = fresh.last() {
        device::note_late(transaction, last.number)?;
    }
    Ok(fresh)
}

/// Whether an area's log is another one than the phone has read, or shorter.
fn is_behind(page: &AreaPage, at: &AreaCursor) -> bool {
    let fetched = at.cursor > 0 || at.area_epoch > 0;
    fetched
        && (page.area_epoch != at.area_epoch || page.head < at.cursor || page.cursor < at.cursor)
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
            departures::forget(transaction, *area)?;
            areas::grant(transaction, &granted)
        }
        Access::RoleChanged { area, roles } => {
            areas::change_roles(transaction, *area, roles.iter().copied().collect())
        }
        Access::Revoked { area } => areas::revoke(transaction, *area),
    }
}
