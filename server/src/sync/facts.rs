//! What has to be known before an area's part of a push can be judged, read in a handful of
//! statements for all its records together.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use sync_protocol::document::{DecodedChange, Document, Registers};
use sync_protocol::ids::{ChangeHash, DeviceId, RecordId};
use sync_protocol::judge::{self, Past, Refusal};
use sync_protocol::keys;
use sync_protocol::records::{Kind, Roles};
use sync_protocol::wire::RecordPush;

use super::bench::Bench;
use super::erased::ErasedRecords;
use super::moving::{homes_named, roles_through};
use super::{SyncError, documents};
use crate::auth::AreaScope;
use crate::store::changes::Known;
use crate::store::held::Held;
use crate::store::quarantine::Reasons;
use crate::store::records::StoredRegisters;
use crate::store::standing::Found;
use crate::store::{Db, Readable, StoreError, changes, held, quarantine, standing};

/// A pushed change, taken apart as far as it can be.
pub(super) struct Pushed<'p> {
    /// Its name.
    pub(super) hash: ChangeHash,
    /// The bytes as they came.
    pub(super) bytes: &'p [u8],
    /// What they are.
    pub(super) read: Result<DecodedChange, Refusal>,
}

/// One record's part of the push.
pub(super) struct RecordPart<'p> {
    /// What the phone said of it.
    pub(super) push: &'p RecordPush,
    /// Its changes.
    pub(super) changes: Vec<Pushed<'p>>,
}

/// What is known of the records of the push.
pub(super) struct Facts {
    /// Registers of those that exist.
    pub(super) registers: HashMap<RecordId, StoredRegisters>,
    /// Which of the changes, and of those they build upon, are in the log; those that registers tell
    /// of are left out.
    pub(super) known: HashMap<(RecordId, ChangeHash), Known>,
    /// Why changes were refused before.
    pub(super) refused: Reasons,
    /// How many erasures of them there were.
    pub(super) erasures: usize,
    /// The erased among them.
    pub(super) erased: ErasedRecords,
    /// Operations of a record's log, for records edited upon an older state.
    pub(super) past: HashMap<RecordId, Past>,
    /// Documents of records whose texts are edited.
    pub(super) documents: HashMap<RecordId, Document>,
    /// How many changes wait in these records.
    pub(super) waiting: usize,
    /// Those of them that can be read, oldest first.
    pub(super) held: Vec<Held>,
    /// What those who pushed them are now, by device and record.
    pub(super) held_roles: HashMap<(DeviceId, RecordId), Roles>,
}

/// Takes the pushed changes apart. A record that stands twice in a push is one record, a change
/// that stands twice is one change.
pub(super) fn take_apart<'p>(pushes: &[&'p RecordPush]) -> Vec<RecordPart<'p>> {
    let mut parts: Vec<RecordPart<'p>> = Vec::new();
    for push in pushes {
        let changes = push.changes.iter().map(|bytes| {
            let read = judge::read(bytes, push.kind).map(DecodedChange::condensed);
            let hash = read.as_ref().map_or_else(|_| keys::change_name(bytes), |read| read.hash);
            Pushed { hash, bytes, read }
        });
        let same = |part: &&mut RecordPart<'_>| {
            part.push.record == push.record && part.push.kind == push.kind
        };
        match parts.iter_mut().find(same) {
            Some(part) => part.changes.extend(changes),
            None => parts.push(RecordPart { push, changes: changes.collect() }),
        }
    }
    for part in &mut parts {
        let mut seen = BTreeSet::new();
        part.changes.retain(|change| seen.insert(change.hash));
    }
    parts
}

/// Reads what is known.
///
/// # Errors
/// [`SyncError::Unreadable`] names records that cannot be read.
pub(super) fn gather(
    db: &mut Db,
    scope: AreaScope,
    parts: &[RecordPart<'_>],
) -> Result<Facts, SyncError> {
    let ids: Vec<RecordId> = parts.iter().map(|part| part.push.record).collect();
    let Found { registers, unreadable, waiting, refused, erased: erasures } =
        standing::find(db, &scope, &ids)?;
    none_of(unreadable)?;
    let erased = match erasures {
        0 => ErasedRecords::default(),
        _ => ErasedRecords::find(db, scope.area(), &ids)?,
    };
    let held = if waiting > 0 { held::of_records(db, &scope, &ids)? } else { Vec::new() };
    let known = changes::known(db, &scope, &sought(parts, &held, &registers))?;
    let refused = if refused { refused_before(db, scope, parts, &ids)? } else { HashMap::new() };
    let held_roles = held_roles(db, scope, &held)?;
    let mut older = upon_older_state(parts, &registers);
    older.extend(held.iter().map(|held| held.change.record));
    let past = past(db, scope, &older)?;
    let mut texts: Vec<RecordId> = decoded(parts)
        .filter(|(_, change)| change.edits_text())
        .map(|(part, _)| part.push.record)
        .collect();
    // What waits may edit a text as well.
    texts.extend(held.iter().map(|held| held.change.record));
    let Readable { records: mut documents, unreadable } = documents::current(db, scope, &texts)?;
    none_of(unreadable)?;
    for part in parts.iter().filter(|part| texts.contains(&part.push.record)) {
        if let Entry::Vacant(new) = documents.entry(part.push.record) {
            new.insert(
                Document::genesis(part.push.kind)
                    .map_err(|_| StoreError::Corrupt("a genesis change"))?,
            );
        }
    }
    Ok(Facts {
        registers,
        known,
        refused,
        erasures,
        erased,
        past,
        documents,
        waiting,
        held,
        held_roles,
    })
}

/// Goes on if no record was found that cannot be read.
fn none_of(unreadable: BTreeSet<RecordId>) -> Result<(), SyncError> {
    if unreadable.is_empty() { Ok(()) } else { Err(SyncError::Unreadable(unreadable)) }
}

/// Why changes of the push, or those they build upon, were refused before.
fn refused_before(
    db: &mut Db,
    scope: AreaScope,
    parts: &[RecordPart<'_>],
    ids: &[RecordId],
) -> Result<Reasons, StoreError> {
    let mut named: Vec<ChangeHash> =
        parts.iter().flat_map(|part| part.changes.iter().map(|change| change.hash)).collect();
    named.extend(decoded(parts).flat_map(|(_, change)| change.deps.iter().copied()));
    quarantine::reasons(db, scope.area(), ids, &named)
}

/// The records of the push that the area does not have, and the homes that they name: one of these
/// may have left the area. What is of an erased record follows nobody; `erased` is what of the push is.
pub(super) fn unknown(
    facts: &Facts,
    parts: &[RecordPart<'_>],
    erased: &[(RecordId, ChangeHash)],
) -> Vec<RecordId> {
    let mut ids = Vec::new();
    for part in parts {
        let record = part.push.record;
        let is_of_it = |hash| facts.erased.has(record, hash) || erased.contains(&(record, hash));
        let mut rest = part.changes.iter().filter(|change| !is_of_it(change.hash)).peekable();
        if facts.registers.contains_key(&record) || rest.peek().is_none() {
            continue;
        }
        ids.push(record);
        let read = rest.filter_map(|change| change.read.as_ref().ok());
        ids.extend(read.flat_map(|change| homes_named(part.push.kind, change)));
    }
    ids
}

fn decoded<'a, 'p>(
    parts: &'a [RecordPart<'p>],
) -> impl Iterator<Item = (&'a RecordPart<'p>, &'a DecodedChange)> {
    parts.iter().flat_map(|part| {
        part.changes.iter().filter_map(move |c| c.read.as_ref().ok().map(|change| (part, change)))
    })
}

/// The changes that have to be looked for in the log. Registers tell of most: a change that carries
/// its actor on is new, and what somebody wrote last is there.
fn sought(
    parts: &[RecordPart<'_>],
    held: &[Held],
    registers: &HashMap<RecordId, StoredRegisters>,
) -> Vec<(RecordId, ChangeHash)> {
    let waiting: Vec<(RecordId, DecodedChange)> = held
        .iter()
        .filter_map(|held| {
            let change = judge::read(&held.change.bytes, held.change.kind).ok()?;
            Some((held.change.record, change))
        })
        .collect();
    let pushed = decoded(parts).map(|(part, change)| (part.push.record, change));
    let all = pushed.chain(waiting.iter().map(|(record, change)| (*record, change)));
    let mut sought = Vec::new();
    for (record, change) in all {
        let Some(stored) = registers.get(&record) else {
            // It is new, or the log knows it from before it left the area.
            sought.push((record, change.hash));
            continue;
        };
        let actors = &stored.registers.actors;
        if actors.get(&change.actor).is_some_and(|state| change.seq <= state.seq) {
            sought.push((record, change.hash));
        }
        let is_last = |dep: &&ChangeHash| actors.values().any(|state| state.hash == **dep);
        sought.extend(change.deps.iter().filter(|dep| !is_last(dep)).map(|dep| (record, *dep)));
    }
    sought
}

/// Records of which a change replaces an operation that is no longer live.
fn upon_older_state(
    parts: &[RecordPart<'_>],
    registers: &HashMap<RecordId, StoredRegisters>,
) -> Vec<RecordId> {
    let older = |part: &RecordPart<'_>, change: &DecodedChange| {
        registers
            .get(&part.push.record)
            .is_some_and(|stored| judge::needs_past(change, &stored.registers))
    };
    let mut ids: Vec<RecordId> = decoded(parts)
        .filter(|(part, change)| older(part, change))
        .map(|(part, _)| part.push.record)
        .collect();
    ids.dedup();
    ids
}

fn held_roles(
    db: &mut Db,
    scope: AreaScope,
    held: &[Held],
) -> Result<HashMap<(DeviceId, RecordId), Roles>, StoreError> {
    let mut roles = HashMap::new();
    for held in held {
        if let Entry::Vacant(new) = roles.entry((held.device, held.change.record)) {
            new.insert(roles_through(db, &scope, held)?);
        }
    }
    Ok(roles)
}

/// Every operation on the root that these records' logs hold.
fn past(
    db: &mut Db,
    scope: AreaScope,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Past>, SyncError> {
    let mut past: HashMap<RecordId, Past> = HashMap::new();
    if ids.is_empty() {
        return Ok(past);
    }
    let mut unreadable = BTreeSet::new();
    for entry in changes::tail(db, &scope, ids, 0)? {
        let Ok(change) = judge::read(&entry.bytes, entry.kind) else {
            unreadable.insert(entry.record);
            continue;
        };
        past.entry(entry.record).or_default().extend(change.written());
    }
    none_of(unreadable)?;
    Ok(past)
}

impl Facts {
    /// A record's registers as they stand, those of its genesis if it is new. They are handed out, not
    /// copied: what is not changed is put back.
    pub(super) fn take_registers(&mut self, record: RecordId, kind: Kind) -> Registers {
        let genesis = Registers::genesis(kind);
        match self.registers.get_mut(&record) {
            Some(stored) => std::mem::replace(&mut stored.registers, genesis),
            None => genesis,
        }
    }

    /// Takes back what was handed out of a record that was not changed.
    pub(super) fn put_back(&mut self, record: RecordId, untouched: Bench) {
        let Bench { registers, document, .. } = untouched;
        if let Some(stored) = self.registers.get_mut(&record) {
            stored.registers = registers;
        }
        if let Some(document) = document {
            self.documents.insert(record, document);
        }
    }
}
