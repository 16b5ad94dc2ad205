//! A push: its signature, then area by area, each in a transaction of its own, a large part of an area
//! in several. Nothing of one area waits for another.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::codes::{self, Code};
use sync_protocol::entries::Cause;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::keys;
use sync_protocol::records::Kind;
use sync_protocol::wire::{Outcome, RecordPush, Request};

use super::commit::{Commit, commit};
use super::erased::ErasedRecords;
use super::moving::{self, Parted};
use super::prepare::{Planned, Prepared, of_known, prepare};
use super::{Engine, SyncError, portions, unreadable};
use crate::auth::{AreaScope, PhoneScope};
use crate::store::changes::{self, Origin};
use crate::store::erasures;
use crate::store::pushes::{self, Signed};
use crate::store::quarantine::{self, Refused};
use crate::store::{Db, StoreError, area_log};

/// How often a push is merged again when somebody else was faster, before it is put off.
const ATTEMPTS: u32 = 8;

/// Somebody else was faster again and again: nothing was changed, the phone repeats the change after
/// so many milliseconds.
const PUT_OFF: Outcome = Outcome::Retry { after_ms: 500 };

/// What became of changes of one area, by record, the kind that was given, and name.
pub(super) type Outcomes = BTreeMap<(RecordId, Kind, ChangeHash), Outcome>;

/// Judges, merges and commits what a request pushes; answers the name of each change and what became of
/// it, in the order of the request.
///
/// # Errors
/// [`SyncError::Refused`] when the signature does not fit, [`SyncError::Store`] when the database
/// did not answer: areas committed until then stay, and a repeated push finds duplicates.
pub(crate) fn push(
    engine: &Engine,
    scope: &PhoneScope,
    request: &Request,
    now_ms: i64,
) -> Result<Vec<(ChangeHash, Outcome)>, SyncError> {
    let areas = request.push.iter().map(|push| push.area).collect();
    push_into(engine, scope, request, &areas, now_ms)
}

/// The same, but what is pushed into other areas than these is put off: it is not for whoever brings it.
///
/// # Errors
/// As [`push`].
pub(crate) fn push_into(
    engine: &Engine,
    scope: &PhoneScope,
    request: &Request,
    areas: &BTreeSet<AreaId>,
    now_ms: i64,
) -> Result<Vec<(ChangeHash, Outcome)>, SyncError> {
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
    let mut outcomes: BTreeMap<AreaId, Outcomes> = BTreeMap::new();
    for (area, pushes) in by_area(request).into_iter().filter(|(area, _)| areas.contains(area)) {
        let of_area = outcomes.entry(area).or_default();
        portions::each(&pushes, |portion| {
            of_area.append(&mut unreadable::apart(engine, portion, |portion| {
                match scope.area(area) {
                    Some(proof) => push_area(engine, scope, proof, portion, origin, signed),
                    None => {
                        let parted = moving::part(&engine.store, scope, area, portion, now_ms)?;
                        push_parted(engine, scope, (area, None), parted, origin, signed)
                    }
                }
            })?);
            Ok::<_, SyncError>(())
        })?;
    }
    Ok(in_order(request, &hashes, &outcomes))
}

/// A change that stands twice is answered twice.
fn in_order(
    request: &Request,
    hashes: &[ChangeHash],
    outcomes: &BTreeMap<AreaId, Outcomes>,
) -> Vec<(ChangeHash, Outcome)> {
    let places = request.push.iter().flat_map(|push| push.changes.iter().map(move |_| push));
    let outcome = |(push, hash): (&RecordPush, &ChangeHash)| {
        let found =
            outcomes.get(&push.area).and_then(|of| of.get(&(push.record, push.kind, *hash)));
        (*hash, found.cloned().unwrap_or(PUT_OFF))
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
        let read = |db: &mut Db| {
            let prepared = prepare(db, scope, origin, pushes);
            Ok(prepared.map(|prepared| (prepared, db.take_keys())))
        };
        let (prepared, keys) = engine.store.read(read)??;
        if prepared.is_settled() {
            return Ok(prepared.into_outcomes(&[]));
        }
        let done = engine.store.transaction(|db| {
            db.know_keys(keys);
            commit(db, phone, &prepared, origin, signed)
        })?;
        match done {
            Commit::Done { seqs } => {
                engine.keeper.refresh(scope);
                engine.wake.up();
                return Ok(prepared.into_outcomes(&seqs));
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
    Ok(all(pushes, &PUT_OFF))
}

/// Pushes what stays to the area that was named, the rest to where its records are.
fn push_parted(
    engine: &Engine,
    phone: &PhoneScope,
    (area, scope): (AreaId, Option<AreaScope>),
    parted: Parted<'_>,
    origin: Origin,
    signed: Signed<'_>,
) -> Result<Outcomes, SyncError> {
    let Parted { here, allowed, refused } = parted;
    let here = refs(&here);
    let mut outcomes = match scope {
        _ if here.is_empty() => Outcomes::new(),
        // What was looked for has come back meanwhile.
        Some(_) if allowed.is_empty() && refused.is_empty() => all(&here, &PUT_OFF),
        Some(scope) => push_area(engine, phone, scope, &here, origin, signed)?,
        None => refuse(engine, area, phone.outside(), &here, origin, signed)?,
    };
    for (scope, pushes) in allowed.into_values() {
        outcomes.extend(push_area(engine, phone, scope, &refs(&pushes), origin, signed)?);
    }
    for (area, (code, pushes)) in refused {
        outcomes.extend(refuse(engine, area, code, &refs(&pushes), origin, signed)?);
    }
    Ok(outcomes)
}

fn refs<'p>(pushes: &'p [Cow<'_, RecordPush>]) -> Vec<&'p RecordPush> {
    pushes.iter().map(AsRef::as_ref).collect()
}

/// What somebody may not write in an area is kept in its quarantine, unread. What they wrote while they
/// still might, and repeat, is answered as it was. The area's log stands still meanwhile: nothing is
/// erased between the look for erasures and the keeping.
fn refuse(
    engine: &Engine,
    area: AreaId,
    code: &'static Code,
    pushes: &[&RecordPush],
    origin: Origin,
    signed: Signed<'_>,
) -> Result<Outcomes, SyncError> {
    let (known, erased) = engine.store.transaction(|db| {
        area_log::hold(db, area)?;
        let named: Vec<_> =
            each_change(pushes).map(|(push, hash, _)| (push.record, hash)).collect();
        let known = changes::known_from(db, area, origin.device, &named)?;
        let erased = of_erased(db, area, pushes)?;
        let is_new =
            |name: (RecordId, ChangeHash)| !known.contains_key(&name) && !erased.contains(&name);
        let refused: Vec<Refused> = each_change(pushes)
            .filter(|(push, hash, _)| is_new((push.record, *hash)))
            .map(|(push, hash, bytes)| outside(push, (hash, bytes), code, origin))
            .collect();
        if !refused.is_empty() || !erased.is_empty() {
            pushes::insert(db, area, origin, signed)?;
            erasures::insert_changes(db, area, &erased)?;
            quarantine::insert(db, area, origin.received_at, &refused)?;
        }
        Ok((known, erased))
    })?;
    let mut outcomes = all(pushes, &Outcome::rejected(code, None));
    for ((record, _, hash), outcome) in &mut outcomes {
        if let Some(known) = known.get(&(*record, *hash)) {
            *outcome = of_known(*known, origin);
        } else if erased.contains(&(*record, *hash)) {
            *outcome = Outcome::rejected(&codes::RECORD_ERASED, None);
        }
    }
    Ok(outcomes)
}

/// A change that its author may not write there.
fn outside(
    push: &RecordPush,
    (hash, bytes): (ChangeHash, &[u8]),
    code: &'static Code,
    Origin { device, push: of, .. }: Origin,
) -> Refused {
    Refused {
        record: push.record,
        kind: push.kind,
        hash,
        code: code.code,
        field: None,
        bytes: bytes.to_vec(),
        device,
        push: of,
    }
}

/// The changes of records that were erased because somebody asked for it: they are kept nowhere.
fn of_erased(
    db: &mut Db,
    area: AreaId,
    pushes: &[&RecordPush],
) -> Result<Vec<(RecordId, ChangeHash)>, StoreError> {
    let ids: Vec<RecordId> = pushes.iter().map(|push| push.record).collect();
    let sifted = ErasedRecords::find(db, area, &ids)?.sift(pushes);
    let asked_for = sifted.into_iter().filter(|(_, erasure)| erasure.cause == Cause::Request);
    Ok(asked_for.map(|(name, _)| name).collect())
}

/// The same outcome for every change.
pub(super) fn all(pushes: &[&RecordPush], outcome: &Outcome) -> Outcomes {
    let named = each_change(pushes).map(|(push, hash, _)| (push.record, push.kind, hash));
    named.map(|name| (name, outcome.clone())).collect()
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
        planned.map(|(name, planned)| (name, outcome(planned))).collect()
    }
}
