//! How a change's state moves. Each function is one arrow of the page above.

use rusqlite::Transaction;
use sync_protocol::ids::{AreaId, ChangeHash, PushId, RecordId};
use sync_protocol::wire::Words;

use super::super::{StoreError, column};
use super::ChangeNo;

/// It is in the server's log. A change that was judged otherwise before is so no more. `at` is the
/// server's clock: a phone's may be years off, and from now on the change is kept for 60 days.
pub(crate) fn accept(
    transaction: &Transaction<'_>,
    hash: &ChangeHash,
    seq: u64,
    at: i64,
) -> Result<bool, StoreError> {
    let changed = transaction
        .prepare_cached(
            "UPDATE changes SET seq = ?2, push_id = NULL, kept = 0, code = NULL, field = NULL,
                    words_zh = NULL, words_en = NULL, reason = NULL, settled_at = ?3,
                    state = CASE state WHEN 'merged' THEN 'merged' ELSE 'accepted' END
             WHERE hash = ?1",
        )?
        .execute((hash.0, column::number(seq), at))?;
    Ok(changed > 0)
}

/// It was refused, for good.
pub(crate) fn reject(
    transaction: &Transaction<'_>,
    change: ChangeNo,
    code: &str,
    field: Option<&str>,
    words: &Words,
) -> Result<(), StoreError> {
    judge(transaction, "rejected", change, code, field, words)
}

/// It waits for another one; it is offered again at the next sync.
pub(crate) fn hold(
    transaction: &Transaction<'_>,
    change: ChangeNo,
    code: &str,
    field: Option<&str>,
    words: &Words,
) -> Result<(), StoreError> {
    judge(transaction, "held", change, code, field, words)
}

/// It waits for another one, here and on the server, which accepts it when that arrives.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    change: ChangeNo,
    code: &str,
    words: &Words,
) -> Result<(), StoreError> {
    judge(transaction, "held", change, code, None, words)?;
    transaction.prepare_cached("UPDATE changes SET kept = 1 WHERE id = ?1")?.execute([change.0])?;
    Ok(())
}

/// Staff decided against it, and said why.
pub(crate) fn dismiss(
    transaction: &Transaction<'_>,
    change: ChangeNo,
    reason: &str,
    now: i64,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET state = 'rejected', push_id = NULL, kept = 0, reason = ?2,
                    settled_at = ?3
             WHERE id = ?1",
        )?
        .execute((change.0, reason, now))?;
    Ok(())
}

fn judge(
    transaction: &Transaction<'_>,
    state: &str,
    change: ChangeNo,
    code: &str,
    field: Option<&str>,
    words: &Words,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET state = ?1, push_id = NULL, kept = 0, code = ?3, field = ?4, words_zh = ?5,
                    words_en = ?6
             WHERE id = ?2",
        )?
        .execute((state, change.0, code, field, &words.zh, &words.en))?;
    Ok(())
}

/// What it meant was written again as another change.
pub(crate) fn replace(transaction: &Transaction<'_>, change: ChangeNo) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE changes SET state = 'replaced', push_id = NULL WHERE id = ?1")?
        .execute([change.0])?;
    Ok(())
}

/// The record on this phone was rebuilt without it.
pub(crate) fn set_apart(transaction: &Transaction<'_>, change: ChangeNo) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE changes SET apart = 1 WHERE id = ?1")?
        .execute([change.0])?;
    Ok(())
}

/// The record on this phone has it again.
pub(crate) fn put_back(transaction: &Transaction<'_>, change: ChangeNo) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE changes SET apart = 0 WHERE id = ?1")?
        .execute([change.0])?;
    Ok(())
}

/// A change writes again what another one meant, or what that one had written again itself.
pub(crate) fn note_copy(
    transaction: &Transaction<'_>,
    copy: ChangeNo,
    of: ChangeNo,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET copy_of = coalesce((SELECT copy_of FROM changes WHERE id = ?2), ?2)
             WHERE id = ?1",
        )?
        .execute((copy.0, of.0))?;
    Ok(())
}

/// The push was answered: what of it is still pending travels in another one.
pub(crate) fn release_push(transaction: &Transaction<'_>, push: PushId) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET push_id = NULL WHERE state = 'pending' AND push_id = ?1",
        )?
        .execute([push.0])?;
    Ok(())
}

/// The phone has read an area's log up to here.
pub(crate) fn merge_up_to(
    transaction: &Transaction<'_>,
    area: AreaId,
    seq: u64,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET state = 'merged' WHERE state = 'accepted' AND area = ?1 AND seq <= ?2",
        )?
        .execute((column::area(area), column::number(seq)))?;
    Ok(())
}

/// The server wants it later: it is pushed again.
pub(crate) fn put_off(transaction: &Transaction<'_>, change: ChangeNo) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET state = 'pending', kept = 0, code = NULL, field = NULL
             WHERE id = ?1 AND state = 'held'",
        )?
        .execute([change.0])?;
    Ok(())
}

/// What waited for another change is pushed once more, but for what the server keeps.
pub(crate) fn offer_held(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE changes SET state = 'pending', code = NULL, field = NULL
          WHERE state = 'held' AND NOT kept",
        (),
    )?;
    Ok(())
}

/// The server lacks a change that it had acknowledged.
pub(crate) fn offer(transaction: &Transaction<'_>, hash: &ChangeHash) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET state = 'pending', push_id = NULL, kept = 0, seq = NULL,
                    code = NULL, field = NULL, settled_at = NULL
             WHERE hash = ?1 AND state IN ('accepted', 'merged')",
        )?
        .execute([hash.0])?;
    Ok(())
}

/// The server, or an area of it, began another life: it may have lost what it had acknowledged or
/// kept, so everything that this phone still has is pushed again. What the server has is a
/// duplicate there.
pub(crate) fn offer_again(
    transaction: &Transaction<'_>,
    area: Option<AreaId>,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE changes SET state = 'pending', push_id = NULL, kept = 0, seq = NULL, code = NULL,
                field = NULL, settled_at = NULL
          WHERE (state IN ('accepted', 'merged') OR (state = 'held' AND kept))
            AND (?1 IS NULL OR area = ?1)",
        [area.map(column::area)],
    )?;
    Ok(())
}

/// A record's changes belong to another area now. What the old area's log has accepted, this phone
/// has read past: the record would not have moved otherwise.
pub(crate) fn move_to(
    transaction: &Transaction<'_>,
    record: RecordId,
    to: AreaId,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE changes SET area = ?2, push_id = NULL, seq = NULL,
                    state = CASE state WHEN 'accepted' THEN 'merged' ELSE state END
             WHERE record = ?1",
        )?
        .execute((record.0, column::area(to)))?;
    Ok(())
}

/// Forgets merged changes that the server had accepted before a moment of its own clock, and those
/// that staff had decided against by then. The record keeps what they did.
pub(crate) fn prune(transaction: &Transaction<'_>, before: i64) -> Result<(), StoreError> {
    transaction.execute(
        "DELETE FROM changes WHERE (state IN ('merged', 'replaced') AND coalesce(settled_at, made_at) < ?1)
             OR (state = 'rejected' AND settled_at < ?1)",
        [before],
    )?;
    Ok(())
}
