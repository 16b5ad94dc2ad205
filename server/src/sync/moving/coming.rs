//! A record as it will be in the area that it comes to: what that area's log has of it, joined with
//! the changes of the log that it comes from, and with what had been waiting for those.

use sync_protocol::document::Registers;
use sync_protocol::entries::{Arrived, ServerEntry};
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, RecordId};
use sync_protocol::judge::Refusal;
use sync_protocol::records::Kind;
use sync_protocol::wire::{Outcome, Verdict};

use super::state::State;
use super::through::roles_on_arrival;
use crate::auth::AreaScope;
use crate::store::held::Held;
use crate::store::move_entries::Logged;
use crate::store::moves::Departure;
use crate::store::quarantine::Refused;
use crate::store::{Db, StoreError, changes, erasures, held, move_entries, records};

/// The last erasures of a record in the old area and in the new one. Once there is another, what was read
/// of it before is not to be written.
pub(super) fn erasures_of(
    db: &mut Db,
    (from, to): (AreaId, AreaId),
    record: RecordId,
) -> Result<[Option<u64>; 2], StoreError> {
    let mut last = |area| -> Result<Option<u64>, StoreError> {
        Ok(erasures::find(db, area, &[record])?.get(&record).map(|erasure| erasure.seq))
    };
    Ok([last(from)?, last(to)?])
}

/// The record, ready to arrive.
pub(super) struct Coming {
    pub(super) from: AreaScope,
    pub(super) to: AreaScope,
    pub(super) left: Departure,
    /// The chain value at the departure.
    pub(super) from_chain: ChangeHash,
    pub(super) kind: Kind,
    /// Its last entry in the new area when it was read; none if it is not there.
    pub(super) based_on: Option<u64>,
    /// The last erasures of it in the old area and in the new one when it was read.
    pub(super) erasures: [Option<u64>; 2],
    /// Changes that the new area's log does not have, in order.
    pub(super) copies: Vec<Logged>,
    /// Changes that waited and can be let in, with their last operations.
    pub(super) released: Vec<(Held, u64)>,
    /// Changes that waited and are among the copies.
    pub(super) come: Vec<Held>,
    /// What cannot be let in after all.
    pub(super) refused: Vec<Refused>,
    /// Those of them that waited, for their devices.
    pub(super) given_up: Vec<(DeviceId, Verdict)>,
    /// The record as it will be; nothing when nobody has written it.
    pub(super) registers: Option<Registers>,
}

impl Coming {
    /// Joins what both areas have. `left` may be a departure that has not been logged yet: then it
    /// is a trial.
    pub(super) fn join(
        db: &mut Db,
        (from, to): (AreaScope, AreaScope),
        left: Departure,
    ) -> Result<Self, StoreError> {
        let record = left.record;
        let erasures = erasures_of(db, (from.area(), to.area()), record)?;
        let theirs = move_entries::history(db, &from, record)?;
        let ours = move_entries::history(db, &to, record)?;
        let based_on = records::last_seqs(db, &to, &[record])?.remove(&record);
        let waiting = held::of_records(db, &to, &[record])?;
        let kinds = ours.iter().chain(&theirs).map(|logged| logged.kind);
        let kind = kinds.chain(waiting.iter().map(|held| held.change.kind)).next();
        let from_chain = changes::chain_at(db, &from, left.seq)?.unwrap_or(ChangeHash([0; 32]));
        let kind = kind.unwrap_or(Kind::Premises);
        let mut coming = Self {
            from,
            to,
            left,
            from_chain,
            kind,
            based_on,
            erasures,
            copies: Vec::new(),
            released: Vec::new(),
            come: Vec::new(),
            refused: Vec::new(),
            given_up: Vec::new(),
            registers: None,
        };
        let mut state = State::of(kind, &ours)?;
        coming.copy(&mut state, theirs);
        coming.release(db, &mut state, waiting)?;
        coming.registers = Some(state.finished()).filter(Registers::is_written);
        Ok(coming)
    }

    /// Changes of the old area's log were judged there, and by whom they may be written is not asked
    /// again. One that cannot stand beside what the new area has is kept in quarantine.
    fn copy(&mut self, state: &mut State, theirs: Vec<Logged>) {
        for logged in theirs {
            if state.knows(&logged.hash) {
                continue;
            }
            match state.admit(logged.kind, &logged.bytes, logged.device, None) {
                Ok(_) => self.copies.push(logged),
                Err(refusal) => self.refused.push(Refused {
                    record: self.left.record,
                    kind: logged.kind,
                    hash: logged.hash,
                    code: refusal.code.code,
                    field: refusal.field,
                    bytes: logged.bytes,
                    device: logged.device,
                    push: logged.push,
                }),
            }
        }
    }

    /// Hears what waits, again and again as long as one lets the next one in.
    fn release(
        &mut self,
        db: &mut Db,
        state: &mut State,
        mut waiting: Vec<Held>,
    ) -> Result<(), StoreError> {
        self.come = waiting.extract_if(.., |held| state.knows(&held.change.hash)).collect();
        loop {
            let before = waiting.len();
            let mut still = Vec::new();
            for held in waiting {
                let roles = roles_on_arrival(db, &self.to, self.from.area(), &held, self.left.at)?;
                let change = &held.change;
                match state.admit(change.kind, &change.bytes, held.device, Some(roles)) {
                    Ok(max_op) => self.released.push((held, max_op)),
                    Err(refusal) if !refusal.missing.is_empty() => still.push(held),
                    Err(refusal) => self.give_up(held, refusal),
                }
            }
            if still.len() == before || still.is_empty() {
                return Ok(());
            }
            waiting = still;
        }
    }

    fn give_up(&mut self, held: Held, refusal: Refusal) {
        let Held { change, device, push, .. } = held;
        let outcome = Outcome::rejected(refusal.code, refusal.field.clone());
        let verdict = Verdict { record: change.record, hash: change.hash, outcome };
        self.given_up.push((device, verdict));
        self.refused.push(Refused {
            record: change.record,
            kind: change.kind,
            hash: change.hash,
            code: refusal.code.code,
            field: refusal.field,
            bytes: change.bytes,
            device,
            push,
        });
    }

    /// The entry that says where it came from, at a place of the new area's log.
    pub(super) fn entry(&self, seq: u64) -> ServerEntry {
        ServerEntry::Arrived(Arrived {
            area: self.to.area(),
            seq,
            record: self.left.record,
            from: self.from.area(),
            from_seq: self.left.seq,
            from_chain: self.from_chain,
            changes: self.copies.iter().map(|logged| logged.hash).collect(),
        })
    }
}
