//! What is pushed to an area that its record has left goes where the record is. So does a new record
//! whose home has left: a visit that somebody wrote without a signal, meanwhile.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use sync_protocol::codes::{self, Code};
use sync_protocol::document::DecodedChange;
use sync_protocol::document::change::Action;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::judge;
use sync_protocol::keys;
use sync_protocol::records::{Kind, Value};
use sync_protocol::wire::{Bytes, RecordPush};

use super::depart::send_on;
use super::through::is_within;
use super::whereabouts::{self, Whereabouts};
use crate::auth::{AreaScope, PhoneScope};
use crate::store::{Store, StoreError, records};
use crate::sync::SyncError;
use crate::sync::erased::ErasedRecords;

/// The field that names a record's home.
const HOME: &str = "premises";

/// An area's part of a push, parted by where its records are.
#[derive(Default)]
pub(in crate::sync) struct Parted<'p> {
    /// What the area has, or nobody has; and what is of a record that was erased there.
    pub(in crate::sync) here: Vec<Cow<'p, RecordPush>>,
    /// What may be written elsewhere, by area; with the proof for it.
    pub(in crate::sync) allowed: BTreeMap<AreaId, (AreaScope, Vec<Cow<'p, RecordPush>>)>,
    /// What may not, by area; with why.
    pub(in crate::sync) refused: BTreeMap<AreaId, (&'static Code, Vec<Cow<'p, RecordPush>>)>,
}

/// Parts what is pushed to an area. `scope` is the proof for it, where the person works there.
///
/// # Errors
/// Those of the database, or [`SyncError::Unreadable`].
pub(in crate::sync) fn part<'p>(
    store: &Store,
    phone: &PhoneScope,
    area: AreaId,
    pushes: &[&'p RecordPush],
    now_ms: i64,
) -> Result<Parted<'p>, SyncError> {
    let ids: Vec<RecordId> = pushes.iter().map(|push| push.record).collect();
    let sifted = store.read(|db| Ok(ErasedRecords::find(db, area, &ids)?.sift(pushes)))?;
    let erased: HashSet<_> = sifted.into_iter().map(|(name, _)| name).collect();
    let mut parted = Parted::default();
    for push in pushes {
        // What is of an erased record goes after nothing, or it would come back where that is.
        let (of_erased, push) = apart(push, &erased);
        parted.here.extend(of_erased);
        let Some(push) = push else { continue };
        let there = of(store, phone, area, &push, now_ms);
        match there.map_err(|error| fault_of(&push, error))? {
            // It came back.
            Some(there) if there.area == area => parted.here.push(push),
            Some(there) => parted.put(phone, area, there, push, now_ms),
            None => parted.here.push(push),
        }
    }
    Ok(parted)
}

/// What of a record's changes is of the erased, and the rest.
fn apart<'p>(
    push: &'p RecordPush,
    erased: &HashSet<(RecordId, ChangeHash)>,
) -> (Option<Cow<'p, RecordPush>>, Option<Cow<'p, RecordPush>>) {
    let is_of_it = |bytes: &Bytes| erased.contains(&(push.record, keys::change_name(bytes)));
    let (of_it, rest): (Vec<Bytes>, Vec<Bytes>) = match erased.is_empty() {
        true => return (None, Some(Cow::Borrowed(push))),
        false => push.changes.iter().cloned().partition(is_of_it),
    };
    let part = |changes: Vec<Bytes>| {
        let part = RecordPush { changes, ..push.clone() };
        (!part.changes.is_empty()).then_some(Cow::Owned(part))
    };
    (part(of_it), part(rest))
}

/// Where a record is, or the home that it names, if that is not in the area.
fn of(
    store: &Store,
    phone: &PhoneScope,
    area: AreaId,
    push: &RecordPush,
    now_ms: i64,
) -> Result<Option<Whereabouts>, StoreError> {
    match whereabouts::of(store, phone, area, push.record, now_ms)? {
        Some(there) => Ok(Some(there)),
        None => with_home(store, phone, area, push, now_ms),
    }
}

/// One that cannot be brought where it goes, because it cannot be read, holds no other up.
fn fault_of(push: &RecordPush, error: StoreError) -> SyncError {
    if error.is_of_one() {
        SyncError::Unreadable(BTreeSet::from([push.record]))
    } else {
        error.into()
    }
}

impl<'p> Parted<'p> {
    /// Judged by what the person is where the record is; or, for a while, by what they are where it
    /// was.
    fn put(
        &mut self,
        phone: &PhoneScope,
        from: AreaId,
        there: Whereabouts,
        push: Cow<'p, RecordPush>,
        now_ms: i64,
    ) {
        let through = || phone.through_move(from, there.area);
        let counts = there.was_here && is_within(there.since, now_ms);
        let proof = phone.area(there.area).or_else(|| through().filter(|_| counts));
        if let Some(proof) = proof {
            let fresh = || (proof, Vec::new());
            self.allowed.entry(there.area).or_insert_with(fresh).1.push(push);
        } else {
            let late = there.was_here && through().is_some();
            let code = if late { &codes::RECORD_MOVED } else { phone.outside() };
            self.refused.entry(there.area).or_insert_with(|| (code, Vec::new())).1.push(push);
        }
    }
}

/// Where the home of a record is that the area does not have: there the record belongs.
fn with_home(
    store: &Store,
    phone: &PhoneScope,
    area: AreaId,
    push: &RecordPush,
    now_ms: i64,
) -> Result<Option<Whereabouts>, StoreError> {
    if has(store, phone, area, push.record)? {
        return Ok(None);
    }
    let read = push.changes.iter().filter_map(|bytes| judge::read(bytes, push.kind).ok());
    let homes: Vec<RecordId> = read.flat_map(|change| homes_named(push.kind, &change)).collect();
    for home in homes {
        let Some(there) = whereabouts::of(store, phone, area, home, now_ms)? else { continue };
        // A record that is there already never was here: that its home was gives nobody a right to it.
        return match phone.area(area) {
            Some(scope) if !has(store, phone, there.area, push.record)? => {
                follow(store, (phone, &scope), push, there, now_ms)
            }
            _ => Ok(Some(Whereabouts { was_here: false, ..there })),
        };
    }
    Ok(None)
}

/// Sends a new record after its home. The area's log says so, or the phone's next change to it would
/// be looked for here.
fn follow(
    store: &Store,
    (phone, scope): (&PhoneScope, &AreaScope),
    push: &RecordPush,
    there: Whereabouts,
    now_ms: i64,
) -> Result<Option<Whereabouts>, StoreError> {
    let sent = store.transaction(|db| send_on(db, scope, push, there.area, now_ms))?;
    // Not when somebody else has just opened it here, or had it erased.
    if sent.is_none() {
        return Ok(None);
    }
    // It may have waited here for the change that names its home. Its home's move counts.
    let now = whereabouts::of(store, phone, scope.area(), push.record, now_ms)?;
    Ok(now.map(|now| Whereabouts { since: there.since, ..now }))
}

fn has(
    store: &Store,
    phone: &PhoneScope,
    area: AreaId,
    record: RecordId,
) -> Result<bool, StoreError> {
    store.read(|db| records::is_in(db, phone, area, record))
}

/// The homes that a change says its record is about. A home is about none.
pub(in crate::sync) fn homes_named(kind: Kind, change: &DecodedChange) -> Vec<RecordId> {
    if kind.field(HOME).is_none() {
        return Vec::new();
    }
    let named = change.operations.iter().filter_map(|operation| match &operation.action {
        Action::Put(key, Value::Text(home)) if key == HOME => home.parse().ok(),
        _ => None,
    });
    named.collect()
}
