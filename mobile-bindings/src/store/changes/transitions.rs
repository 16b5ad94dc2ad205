//! How a change's state moves. Each function is one arrow of the page above.

use rusqlite::Transaction;
use sync_protocol::ids::{AreaId, ChangeHash, PushId};
use sync_protocol::wire::Words;

use super::super::{StoreError, column};
use super::ChangeNo;

/// It is in the server's log. A change that was judged otherwise before is so no more.
pub(crate) fn accept(
    transaction: &Transaction<'_>,
    hash: &ChangeHash,
    seq: u64,
) -> Result<bool, StoreError> {
    let changed = transaction
        .prepare_cached(
            "UPDATE changes SET seq = ?2, push_id = NULL, code = NULL, field = NULL,
                    words_zh = NULL, words_en = NULL,
                    state = CASE state WHEN 'merged' THEN 'merged' ELSE 'accepted' END
             WHERE hash = ?1",
        )?
        .execute((hash.0, column::number(seq)))?;
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
            "UPDATE changes SET state = ?1, push_id = NULL, code = ?3, field = ?4, words_zh = ?5,
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

/// What waited for another change is pushed once more.
pub(crate) fn offer_held(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE changes SET state = 'pending', code = NULL, field = NULL WHERE state = 'held'",
        (),
    )?;
    Ok(())
}

/// The server began another life: it may have lost what it had acknowledged, so everything that
/// this phone still has is pushed again. What the server has kept is a duplicate there.
pub(crate) fn offer_again(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE changes SET state = 'pending', push_id = NULL, seq = NULL
          WHERE state IN ('accepted', 'merged')",
        (),
    )?;
    Ok(())
}

/// Forgets merged changes that were made before a moment. The record keeps what they did.
pub(crate) fn prune(transaction: &Transaction<'_>, before: i64) -> Result<(), StoreError> {
    transaction.execute(
        "DELETE FROM changes WHERE state IN ('merged', 'replaced') AND made_at < ?1",
        [before],
    )?;
    Ok(())
}
