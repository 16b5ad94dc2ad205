//! What a phone that reads the log entry by entry is told of moves: that a record left, once it is
//! known to be gone; and a record that came, whole. What was copied for an arrival it has with that.
//! A record of which a change does not open comes whole as well; if it cannot, it is withheld.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::entries::{self, Cause, ServerEntry, Terms};
use sync_protocol::ids::{DeviceId, RecordId};
use sync_protocol::wire::{Bytes, Item};

use crate::auth::AreaScope;
use crate::store::changes::Entry;
use crate::store::moves::Noted;
use crate::store::records::StoredRegisters;
use crate::store::{Db, Readable, StoreError, move_entries, moves, records};
use crate::sync::documents::{self, Whole};
use crate::sync::pull::Phone;

/// What is known of the moves among a run of entries.
pub(in crate::sync) struct Sieve<'t> {
    phone: Phone<'t>,
    gone: HashMap<RecordId, Noted>,
    /// Copies stand up to this place.
    copied_up_to: u64,
    come: HashMap<RecordId, Whole>,
    /// Those that cannot be given.
    unreadable: BTreeSet<RecordId>,
    registers: HashMap<RecordId, StoredRegisters>,
}

/// An item for a phone, and who wrote what it brings.
pub(in crate::sync) type Told = (Item, Vec<DeviceId>);

impl<'t> Sieve<'t> {
    /// Looks at entries that come next after a place, for a phone.
    ///
    /// # Errors
    /// Those of the database, or [`StoreError::Corrupt`].
    pub(in crate::sync) fn of(
        db: &mut Db,
        scope: AreaScope,
        phone: Phone<'t>,
        after: u64,
        run: &[Entry],
    ) -> Result<Self, StoreError> {
        let is_move = |entry: &Entry| entry.device == entries::DEVICE;
        if !phone.moves && run.iter().all(|entry| entry.opens && !is_move(entry)) {
            return Ok(Self::of_changes(phone));
        }
        let mut ids: Vec<RecordId> = run.iter().map(|entry| entry.record).collect();
        ids.sort_unstable();
        ids.dedup();
        let gone = moves::find(db, &scope, &ids)?;
        let copied_up_to = match move_entries::last_up_to(db, &scope, after) {
            Ok(entry) => entry.map_or(0, |entry| copies_end(&entry)),
            Err(error) if error.is_of_one() => 0,
            Err(error) => return Err(error),
        };
        let by_whole = run.iter().filter(|entry| is_move(entry) || !entry.opens);
        let by_whole = by_whole.map(|entry| entry.record);
        let come: BTreeSet<RecordId> = by_whole.filter(|id| !gone.contains_key(id)).collect();
        let come: Vec<RecordId> = come.into_iter().collect();
        let registers = records::readable(db, &scope, &come)?.records;
        let Readable { records: come, mut unreadable } = documents::whole(db, scope, &come)?;
        unreadable.extend(phone.lacks);
        Ok(Self { phone, gone, copied_up_to, come, unreadable, registers })
    }

    /// For a log in which no move stands.
    fn of_changes(phone: Phone<'t>) -> Self {
        let (gone, come, registers) = Default::default();
        let unreadable = phone.lacks.into_iter().collect();
        Self { phone, gone, copied_up_to: 0, come, unreadable, registers }
    }

    /// A record that the phone lacks, now or before.
    pub(in crate::sync) fn lacks(&self) -> Option<RecordId> {
        self.phone.lacks
    }

    /// What a phone is told of an entry; entries are asked for in order.
    pub(in crate::sync) fn item(&mut self, entry: Entry) -> Option<Told> {
        let Entry { seq, record, .. } = entry;
        let gone_at = self.gone.get(&record).map(|left| left.seq);
        if entry.device == entries::DEVICE {
            let Some(moved) = ServerEntry::from_bytes(&entry.bytes) else {
                return self.withhold(record);
            };
            self.copied_up_to = self.copied_up_to.max(copies_end(&moved));
            return match moved {
                ServerEntry::Departed(left) => (gone_at == Some(seq))
                    .then_some((Item::Moved { seq, record, to: left.to }, Vec::new())),
                ServerEntry::Arrived(_) => self.whole(seq, record),
                ServerEntry::Erased(erased) => {
                    let first = Terms { at: entry.received_at, cause: Cause::Request };
                    let Terms { at, cause } = erased.terms.unwrap_or(first);
                    Some((Item::Tombstone { seq, record, at, cause }, Vec::new()))
                }
            };
        }
        if seq <= self.copied_up_to {
            return None;
        }
        if entry.device == self.phone.device {
            if self.phone.told.contains(&entry.hash) {
                return None;
            }
            return Some((Item::Own { seq, hash: entry.hash }, Vec::new()));
        }
        if gone_at.is_some() {
            return None;
        }
        if !entry.opens || self.unreadable.contains(&record) {
            return self.whole(seq, record);
        }
        if entry.bytes.is_empty() {
            return None;
        }
        let item = Item::Change { seq, record, kind: entry.kind, bytes: Bytes::from(entry.bytes) };
        Some((item, vec![entry.device]))
    }

    /// A record as a whole, if it can be read.
    fn whole(&mut self, seq: u64, record: RecordId) -> Option<Told> {
        if self.unreadable.contains(&record) {
            return self.withhold(record);
        }
        let whole = self.come.get(&record)?;
        let document = Bytes::from(whole.bytes.clone());
        let item = Item::Snapshot { seq, record, kind: whole.kind, document };
        Some((item, self.authors(record)))
    }

    /// Of a record that is withheld the phone gets nothing more.
    fn withhold(&mut self, record: RecordId) -> Option<Told> {
        self.phone.lacks.get_or_insert(record);
        None
    }

    fn authors(&self, record: RecordId) -> Vec<DeviceId> {
        let stored = self.registers.get(&record);
        let actors = stored.iter().flat_map(|stored| stored.registers.actors.keys());
        actors.map(|actor| actor.device()).collect()
    }
}

/// The place of the last copy of an arrival; that of a departure is its own.
fn copies_end(entry: &ServerEntry) -> u64 {
    match entry {
        ServerEntry::Departed(_) | ServerEntry::Erased(_) => entry.place().1,
        ServerEntry::Arrived(entry) => entry.seq + entry.changes.len() as u64,
    }
}
