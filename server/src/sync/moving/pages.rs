//! What a phone that reads the log entry by entry is told of moves: that a record left, once it is
//! known to be gone; and a record that came, whole. What was copied for an arrival it has with that.

use std::collections::HashMap;

use sync_protocol::entries::{self, Cause, ServerEntry, Terms};
use sync_protocol::ids::{DeviceId, RecordId};
use sync_protocol::wire::{Bytes, Item};

use crate::auth::AreaScope;
use crate::store::changes::Entry;
use crate::store::moves::Noted;
use crate::store::records::StoredRegisters;
use crate::store::{Db, StoreError, move_entries, moves, records};
use crate::sync::documents::{self, Whole};
use crate::sync::pull::Phone;

/// What is known of the moves among a run of entries.
pub(in crate::sync) struct Sieve<'t> {
    phone: Phone<'t>,
    gone: HashMap<RecordId, Noted>,
    /// Copies stand up to this place.
    copied_up_to: u64,
    come: HashMap<RecordId, Whole>,
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
        if !phone.moves && !run.iter().any(is_move) {
            return Ok(Self::of_changes(phone));
        }
        let mut ids: Vec<RecordId> = run.iter().map(|entry| entry.record).collect();
        ids.sort_unstable();
        ids.dedup();
        let gone = moves::find(db, &scope, &ids)?;
        let copied_up_to = match move_entries::last_up_to(db, &scope, after)? {
            Some(entry) => copies_end(&entry),
            None => 0,
        };
        let moved = run.iter().filter(|entry| entry.device == entries::DEVICE);
        let come: Vec<RecordId> =
            moved.map(|entry| entry.record).filter(|record| !gone.contains_key(record)).collect();
        Ok(Self {
            phone,
            gone,
            copied_up_to,
            registers: records::load(db, &scope, &come)?,
            come: documents::whole(db, scope, &come)?,
        })
    }

    /// For a log in which no move stands.
    fn of_changes(phone: Phone<'t>) -> Self {
        let (gone, come, registers) = Default::default();
        Self { phone, gone, copied_up_to: 0, come, registers }
    }

    /// What a phone is told of an entry; entries are asked for in order.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(in crate::sync) fn item(&mut self, entry: Entry) -> Result<Option<Told>, StoreError> {
        let Entry { seq, record, .. } = entry;
        let gone_at = self.gone.get(&record).map(|left| left.seq);
        if entry.device == entries::DEVICE {
            let moved = ServerEntry::from_bytes(&entry.bytes)
                .ok_or(StoreError::Corrupt("an entry of a move"))?;
            self.copied_up_to = self.copied_up_to.max(copies_end(&moved));
            return Ok(match moved {
                ServerEntry::Departed(left) => (gone_at == Some(seq))
                    .then_some((Item::Moved { seq, record, to: left.to }, Vec::new())),
                ServerEntry::Arrived(_) => self.come.get(&record).map(|whole| {
                    let document = Bytes::from(whole.bytes.clone());
                    let item = Item::Snapshot { seq, record, kind: whole.kind, document };
                    (item, self.authors(record))
                }),
                ServerEntry::Erased(erased) => {
                    let first = Terms { at: entry.received_at, cause: Cause::Request };
                    let Terms { at, cause } = erased.terms.unwrap_or(first);
                    Some((Item::Tombstone { seq, record, at, cause }, Vec::new()))
                }
            });
        }
        if seq <= self.copied_up_to {
            return Ok(None);
        }
        if entry.device == self.phone.device {
            if self.phone.told.contains(&entry.hash) {
                return Ok(None);
            }
            return Ok(Some((Item::Own { seq, hash: entry.hash }, Vec::new())));
        }
        if gone_at.is_some() || entry.bytes.is_empty() {
            return Ok(None);
        }
        let item = Item::Change { seq, record, kind: entry.kind, bytes: Bytes::from(entry.bytes) };
        Ok(Some((item, vec![entry.device])))
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
