//! What the server's verdicts do to this phone's changes, whether they answer a push or come later.

use std::collections::{BTreeMap, HashSet};

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, PushId, RecordId};
use sync_protocol::wire::{Outcome, Verdict, Words};

use super::rewrite::{self, Stranding};
use crate::error::CoreError;
use crate::store::changes::{self, ChangeNo, Stage};
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

/// Applies verdicts: those on one push, and those that came later. A change that is in the server's
/// log is judged no more, whatever an old verdict says. `now` is the server's clock.
pub(crate) fn apply<'v>(
    transaction: &Transaction<'_>,
    push: Option<PushId>,
    verdicts: impl IntoIterator<Item = &'v Verdict>,
    now: i64,
) -> Result<Judged, CoreError> {
    let mut judged = Judged::default();
    let mut refused: BTreeMap<RecordId, Vec<ChangeNo>> = BTreeMap::new();
    for verdict in verdicts {
        if let Some(no) = one(transaction, verdict, now, &mut judged)? {
            refused.entry(verdict.record).or_default().push(no);
        }
    }
    if let Some(push) = push {
        changes::release_push(transaction, push)?;
    }
    mend(transaction, &refused, &mut judged)?;
    Ok(judged)
}

/// Applies one; answers the change if its record has to be rebuilt without it.
fn one(
    transaction: &Transaction<'_>,
    verdict: &Verdict,
    now: i64,
    judged: &mut Judged,
) -> Result<Option<ChangeNo>, CoreError> {
    match &verdict.outcome {
        Outcome::Accepted { seq } | Outcome::Duplicate { seq } => {
            judged.accepted += u64::from(changes::accept(transaction, &verdict.hash, *seq, now)?);
            return Ok(None);
        }
        Outcome::Retry { after_ms } => {
            let longest = judged.retry_after_ms.unwrap_or_default().max(*after_ms);
            judged.retry_after_ms = Some(longest);
        }
        _ => {}
    }
    let Some((no, stage)) = changes::find(transaction, &verdict.hash)? else {
        return Ok(None);
    };
    match (&verdict.outcome, stage) {
        (Outcome::Retry { .. }, Stage::Open) => changes::put_off(transaction, no)?,
        (Outcome::Held { missing }, Stage::Open) => {
            let code = &codes::MISSING_DEPENDENCY;
            changes::keep(transaction, no, code.code, &Words::from(code))?;
            // What it waits for may be this phone's own, and lost by a server that was restored.
            missing.iter().try_for_each(|hash| changes::offer(transaction, hash))?;
        }
        (Outcome::Rejected { code, field, words }, Stage::Open) => {
            if codes::find(code).is_some_and(|code| code.retry) {
                changes::hold(transaction, no, code, field.as_deref(), words)?;
            } else {
                changes::reject(transaction, no, code, field.as_deref(), words)?;
                return Ok(Some(no));
            }
        }
        (Outcome::Dismissed { reason }, Stage::Open) => {
            changes::dismiss(transaction, no, reason, now)?;
            return Ok(Some(no));
        }
        (Outcome::Dismissed { reason }, Stage::Refused) => {
            changes::dismiss(transaction, no, reason, now)?;
        }
        _ => {}
    }
    Ok(None)
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
    let actor = device::next_actor(transaction)?;
    for (record, changes) in refused {
        let stranding = Stranding { refused: changes, doubled: &[] };
        let mended = rewrite::record(transaction, actor, *record, stranding)?;
        judged.rejected += mended.refused;
        judged.forked.extend(mended.forked);
    }
    Ok(())
}
