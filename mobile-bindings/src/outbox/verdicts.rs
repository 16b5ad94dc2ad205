//! What the server's verdicts do to the changes that were pushed.

use std::collections::{BTreeMap, HashSet};

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, PushId, RecordId};
use sync_protocol::wire::{Outcome, Verdict};

use super::rewrite;
use crate::error::CoreError;
use crate::store::changes::{self, ChangeNo};
use crate::store::{Transaction, device};

/// What the verdicts came to.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// Now in the server's log.
    pub(crate) accepted: u64,
    /// Refused for good.
    pub(crate) rejected: u64,
    /// The server wants some of them later, after so many milliseconds.
    pub(crate) retry_after_ms: Option<u64>,
    /// Areas in which the server knows changes of this device that the phone does not.
    pub(crate) forked: HashSet<AreaId>,
}

/// Applies the verdicts on one push.
pub(crate) fn apply(
    transaction: &Transaction<'_>,
    push: Option<PushId>,
    verdicts: &[Verdict],
) -> Result<Judged, CoreError> {
    let mut judged = Judged::default();
    let mut refused: BTreeMap<RecordId, Vec<ChangeNo>> = BTreeMap::new();
    for verdict in verdicts {
        match &verdict.outcome {
            Outcome::Accepted { seq } | Outcome::Duplicate { seq } => {
                judged.accepted += u64::from(changes::accept(transaction, &verdict.hash, *seq)?);
            }
            Outcome::Retry { after_ms } => {
                let longest = judged.retry_after_ms.unwrap_or_default().max(*after_ms);
                judged.retry_after_ms = Some(longest);
            }
            Outcome::Rejected { code, field, words } => {
                let Some(no) = changes::find(transaction, &verdict.hash)? else {
                    continue;
                };
                if codes::find(code).is_some_and(|code| code.retry) {
                    changes::hold(transaction, no, code, field.as_deref(), words)?;
                    continue;
                }
                changes::reject(transaction, no, code, field.as_deref(), words)?;
                refused.entry(verdict.record).or_default().push(no);
            }
        }
    }
    if let Some(push) = push {
        changes::release_push(transaction, push)?;
    }
    mend(transaction, &refused, &mut judged)?;
    Ok(judged)
}

/// Writes again what the refusals stranded, under a new incarnation: the numbers of the old one are
/// used up in those records.
fn mend(
    transaction: &Transaction<'_>,
    refused: &BTreeMap<RecordId, Vec<ChangeNo>>,
    judged: &mut Judged,
) -> Result<(), CoreError> {
    if refused.is_empty() {
        return Ok(());
    }
    device::next_incarnation(transaction)?;
    let actor = device::find(transaction)?
        .ok_or_else(|| CoreError::refused(&crate::codes::NOT_ENROLLED))?
        .actor();
    for (record, changes) in refused {
        let mended = rewrite::record(transaction, actor, *record, changes)?;
        judged.rejected += mended.refused;
        judged.forked.extend(mended.forked);
    }
    Ok(())
}
