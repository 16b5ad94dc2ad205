//! A push: its signature, then area by area, each in a transaction of its own, a large part of an area
//! in several. Nothing of one area waits for another.

use std::collections::{BTreeMap, HashMap};

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::keys;
use sync_protocol::wire::{Outcome, RecordPush, Request};

use super::commit::{Commit, commit};
use super::prepare::{Planned, Prepared, prepare};
use super::{Engine, SyncError, portions};
use crate::auth::{AreaScope, PhoneScope};
use crate::store::changes::Origin;
use crate::store::pushes::{self, Signed};
use crate::store::quarantine::{self, Refused};

/// How often a push is merged again when somebody else was faster, before it is put off.
const ATTEMPTS: u32 = 8;

/// How long a phone waits before it repeats a change that was put off, in milliseconds.
const RETRY_AFTER_MS: u64 = 500;

/// What became of changes of one area, by record and name.
type Outcomes = HashMap<(RecordId, ChangeHash), Outcome>;

/// Judges, merges and commits what a request pushes; answers what became of each change, in the
/// order of the request.
///
/// # Errors
/// [`SyncError::Refused`] when the signature does not fit, [`SyncError::Store`] when the database
/// did not answer: areas committed until then stay, and a repeated push finds duplicates.
pub(super) fn push(
    engine: &Engine,
    scope: &PhoneScope,
    request: &Request,
    now_ms: i64,
) -> Result<Vec<Outcome>, SyncError> {
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
    let mut outcomes: HashMap<AreaId, Outcomes> = HashMap::new();
    for (area, pushes) in by_area(request) {
        let of_area = outcomes.entry(area).or_default();
        portions::each(&pushes, |portion| {
            of_area.extend(match scope.area(area) {
                Some(proof) => push_area(engine, scope, proof, portion, origin, signed)?,
                None => refuse_area(engine, area, portion, origin, signed)?,
            });
            Ok::<_, SyncError>(())
        })?;
    }
    Ok(in_order(request, &hashes, &outcomes))
}

/// A change that stands twice is answered twice.
fn in_order(
    request: &Request,
    hashes: &[ChangeHash],
    outcomes: &HashMap<AreaId, Outcomes>,
) -> Vec<Outcome> {
    let places = request.push.iter().flat_map(|push| push.changes.iter().map(move |_| push));
    let outcome = |(push, hash): (&RecordPush, &ChangeHash)| {
        let found = outcomes.get(&push.area).and_then(|of| of.get(&(push.record, *hash)));
        found.cloned().unwrap_or(Outcome::Retry { after_ms: RETRY_AFTER_MS })
    };
    places.zip(hashes).map(outcome).collect()
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
) -> Result<Outcomes, SyncError> {
    for _ in 0..ATTEMPTS {
        let prepared = engine.store.read(|db| prepare(db, scope, origin, pushes))?;
        if prepared.is_settled() {
            return Ok(prepared.into_outcomes(&[]));
        }
        let done = engine.store.transaction(|db| commit(db, phone, &prepared, origin, signed))?;
        match done {
            Commit::Done { seqs } => {
                engine.keeper.refresh(scope);
                engine.wake.up();
                return Ok(prepared.into_outcomes(&seqs));
            }
            Commit::NameTaken => return Err(SyncError::Refused(&codes::PUSH_NAME_TAKEN)),
            Commit::Moved => {}
        }
    }
    // Somebody else was faster again and again: nothing was changed, the phone repeats the push.
    Ok(all(pushes, &Outcome::Retry { after_ms: RETRY_AFTER_MS }))
}

/// What somebody may not write in an area is kept in its quarantine, unread.
fn refuse_area(
    engine: &Engine,
    area: AreaId,
    pushes: &[&RecordPush],
    origin: Origin,
    signed: Signed<'_>,
) -> Result<Outcomes, SyncError> {
    let code = &codes::AREA_FORBIDDEN;
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
    Ok(all(pushes, &Outcome::rejected(code, None)))
}

/// The same outcome for every change.
fn all(pushes: &[&RecordPush], outcome: &Outcome) -> Outcomes {
    each_change(pushes).map(|(push, hash, _)| ((push.record, hash), outcome.clone())).collect()
}

fn each_change<'p>(
    pushes: &'p [&RecordPush],
) -> impl Iterator<Item = (&'p RecordPush, ChangeHash, &'p [u8])> {
    pushes.iter().flat_map(|push| {
        push.changes.iter().map(|bytes| (*push, keys::change_name(bytes), &**bytes))
    })
}

impl Prepared {
    /// The outcomes, once the accepted changes have their places.
    fn into_outcomes(self, seqs: &[u64]) -> Outcomes {
        let mut places = seqs.iter();
        let mut outcome = |planned| match planned {
            Planned::Accept => {
                Outcome::Accepted { seq: places.next().copied().unwrap_or_default() }
            }
            Planned::Settled(outcome) => outcome,
        };
        let planned = self.planned.into_iter();
        planned.map(|(record, hash, planned)| ((record, hash), outcome(planned))).collect()
    }
}
