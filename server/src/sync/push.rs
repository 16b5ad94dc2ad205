//! A push: its signature, then area by area, each in a transaction of its own. Nothing of one area
//! waits for another.

use std::collections::BTreeMap;

use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{AreaId, ChangeHash};
use sync_protocol::keys;
use sync_protocol::wire::{Outcome, RecordPush, Request, Verdict};

use super::commit::{Commit, commit};
use super::moving::{self, Parted};
use super::prepare::{Planned, Prepared, prepare};
use super::{Engine, SyncError};
use crate::auth::{AreaScope, PhoneScope};
use crate::store::changes::Origin;
use crate::store::pushes::{self, Signed};
use crate::store::quarantine::{self, Refused};

/// How often a push is merged again when somebody else was faster, before it is put off.
const ATTEMPTS: u32 = 8;

/// How long a phone waits before it repeats a change that was put off, in milliseconds.
const RETRY_AFTER_MS: u64 = 500;

/// Judges, merges and commits what a request pushes; answers a verdict for each change.
///
/// # Errors
/// [`SyncError::Refused`] when the signature does not fit, [`SyncError::Store`] when the database
/// did not answer: areas committed until then stay, and a repeated push finds duplicates.
pub(super) fn push(
    engine: &Engine,
    scope: &PhoneScope,
    request: &Request,
    now_ms: i64,
) -> Result<Vec<Verdict>, SyncError> {
    if request.push.is_empty() {
        return Ok(Vec::new());
    }
    let refused = || SyncError::Refused(&codes::SIGNATURE_WRONG);
    let push = request.push_id.ok_or_else(refused)?;
    let signature = request.signature.as_deref().ok_or_else(refused)?;
    let hashes: Vec<ChangeHash> = changes(request).map(keys::change_name).collect();
    let statement = keys::push_statement(scope.device(), push, &hashes);
    if !keys::verify(scope.public_key(), &statement, signature) {
        return Err(refused());
    }
    let origin = Origin { device: scope.device(), push, received_at: now_ms };
    let signed = Signed { hashes: &hashes, signature };
    let mut verdicts = Vec::new();
    for (area, pushes) in by_area(request) {
        verdicts.extend(match scope.area(area) {
            Some(proof) => push_area(engine, scope, proof, &pushes, origin, signed)?,
            None => {
                let parted = moving::part(&engine.store, scope, area, &pushes, now_ms)?;
                push_parted(engine, scope, (area, None), parted, origin, signed)?
            }
        });
    }
    Ok(verdicts)
}

fn changes(request: &Request) -> impl Iterator<Item = &[u8]> {
    request.push.iter().flat_map(|push| push.changes.iter().map(|change| &**change))
}

/// In the order of the areas' ids; each area's records in the order they stand.
fn by_area(request: &Request) -> BTreeMap<AreaId, Vec<&RecordPush>> {
    let mut areas: BTreeMap<AreaId, Vec<&RecordPush>> = BTreeMap::new();
    request.push.iter().for_each(|push| areas.entry(push.area).or_default().push(push));
    areas
}

fn push_area(
    engine: &Engine,
    phone: &PhoneScope,
    scope: AreaScope,
    pushes: &[&RecordPush],
    origin: Origin,
    signed: Signed<'_>,
) -> Result<Vec<Verdict>, SyncError> {
    for _ in 0..ATTEMPTS {
        let prepared = engine.store.read(|db| prepare(db, scope, origin, pushes))?;
        if prepared.is_settled() {
            return Ok(prepared.into_verdicts(&[]));
        }
        let done = engine.store.transaction(|db| commit(db, phone, &prepared, origin, signed))?;
        match done {
            Commit::Done { seqs } => {
                engine.keeper.refresh(scope);
                engine.wake.up();
                return Ok(prepared.into_verdicts(&seqs));
            }
            Commit::NameTaken => return Err(SyncError::Refused(&codes::PUSH_NAME_TAKEN)),
            Commit::Elsewhere => {
                let from = scope.held_in();
                let parted = moving::part(&engine.store, phone, from, pushes, origin.received_at)?;
                let named = (from, Some(scope));
                return push_parted(engine, phone, named, parted, origin, signed);
            }
            Commit::Moved => {}
        }
    }
    Ok(put_off(pushes))
}

/// Pushes what stays to the area that was named, the rest to where its records are.
fn push_parted(
    engine: &Engine,
    phone: &PhoneScope,
    (area, scope): (AreaId, Option<AreaScope>),
    parted: Parted<'_>,
    origin: Origin,
    signed: Signed<'_>,
) -> Result<Vec<Verdict>, SyncError> {
    let Parted { here, allowed, refused } = parted;
    let mut verdicts = match scope {
        _ if here.is_empty() => Vec::new(),
        // What was looked for has come back meanwhile.
        Some(_) if allowed.is_empty() && refused.is_empty() => put_off(&here),
        Some(scope) => push_area(engine, phone, scope, &here, origin, signed)?,
        None => refuse(engine, area, &codes::AREA_FORBIDDEN, &here, origin, signed)?,
    };
    for (scope, pushes) in allowed.into_values() {
        verdicts.extend(push_area(engine, phone, scope, &pushes, origin, signed)?);
    }
    for (area, (code, pushes)) in refused {
        verdicts.extend(refuse(engine, area, code, &pushes, origin, signed)?);
    }
    Ok(verdicts)
}

/// Somebody else was faster again and again: nothing was changed, the phone repeats the push.
fn put_off(pushes: &[&RecordPush]) -> Vec<Verdict> {
    let retry = Outcome::Retry { after_ms: RETRY_AFTER_MS };
    each_change(pushes).map(|(push, hash, _)| verdict(push, hash, retry.clone())).collect()
}

/// What somebody may not write in an area is kept in its quarantine, unread.
fn refuse(
    engine: &Engine,
    area: AreaId,
    code: &'static Code,
    pushes: &[&RecordPush],
    origin: Origin,
    signed: Signed<'_>,
) -> Result<Vec<Verdict>, SyncError> {
    let refused: Vec<Refused> = each_change(pushes)
        .map(|(push, hash, bytes)| Refused {
            record: push.record,
            kind: push.kind,
            hash,
            code: code.code,
            field: None,
            bytes: bytes.to_vec(),
            device: origin.device,
            push: origin.push,
        })
        .collect();
    engine.store.transaction(|db| {
        pushes::insert(db, area, origin, signed)?;
        quarantine::insert(db, area, origin.received_at, &refused)
    })?;
    let outcome = Outcome::rejected(code, None);
    Ok(each_change(pushes).map(|(push, hash, _)| verdict(push, hash, outcome.clone())).collect())
}

fn each_change<'p>(
    pushes: &'p [&RecordPush],
) -> impl Iterator<Item = (&'p RecordPush, ChangeHash, &'p [u8])> {
    pushes.iter().flat_map(|push| {
        push.changes.iter().map(|bytes| (*push, keys::change_name(bytes), &**bytes))
    })
}

fn verdict(push: &RecordPush, hash: ChangeHash, outcome: Outcome) -> Verdict {
    Verdict { record: push.record, hash, outcome }
}

impl Prepared {
    /// The verdicts, once the accepted changes have their places.
    fn into_verdicts(self, seqs: &[u64]) -> Vec<Verdict> {
        let mut places = seqs.iter();
        self.planned
            .into_iter()
            .map(|(record, hash, planned)| {
                let outcome = match planned {
                    Planned::Accept => {
                        Outcome::Accepted { seq: places.next().copied().unwrap_or_default() }
                    }
                    Planned::Settled(outcome) => outcome,
                };
                Verdict { record, hash, outcome }
            })
            .collect()
    }
}
