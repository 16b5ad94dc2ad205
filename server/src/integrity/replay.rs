//! Folding an area's log anew, commit by commit, into what pushes would have left behind: registers,
//! and which clashes were opened and settled when. An area has a few thousand records at most, so
//! their registers fit into memory; the log itself is read in batches.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sync_protocol::document::{Registers, effective, genesis};
use sync_protocol::entries::{Cause, DEVICE, Departed, ServerEntry, Terms};
use sync_protocol::ids::{ChangeHash, DeviceId, PushId, RecordId};

use super::erasures::Erasures;
use super::fault::Fault;
use super::moves::{self, Arrival};
use super::verify;
use crate::store::audit::LogRow;
use crate::store::clashes::{Listed, Moment};
use crate::store::erasures::Erasure;
use crate::store::moves::Departure;
use crate::store::pushes::StoredPush;

/// A record as its changes leave it; its texts are still empty.
pub(super) struct Folded {
    pub(super) registers: Registers,
    pub(super) last_seq: u64,
    /// When its last change came, and whose push that was.
    pub(super) received_at: i64,
    pub(super) device: DeviceId,
    /// Its changes so far.
    names: HashSet<ChangeHash>,
}

/// The area so far.
#[derive(Default)]
pub(super) struct Replay {
    pub(super) place: u64,
    pub(super) records: BTreeMap<RecordId, Folded>,
    pub(super) clashes: Vec<Listed>,
    /// Records that were erased.
    pub(super) erased: Vec<Erasure>,
    /// What the table of erasures says, as far as the log has not confirmed it.
    erasures: Erasures,
    /// Records that have left.
    pub(super) left: BTreeMap<RecordId, Departure>,
    /// What those of them were that the log has changes of.
    gone: BTreeMap<RecordId, Folded>,
    /// Where in the list the open ones stand, by record and field.
    open: HashMap<RecordId, BTreeMap<String, usize>>,
    commit: Option<Commit>,
    arrival: Arrival,
}

/// The commit at work: one push, and changes of earlier pushes that had been waiting for it; or an
/// arrival, with its copies and what had been waiting for those.
struct Commit {
    device: DeviceId,
    push: PushId,
    received_at: i64,
    touched: BTreeSet<RecordId>,
}

impl Replay {
    /// Nothing yet, of a log of which the table of erasures says this.
    pub(super) fn new(erasures: Erasures) -> Self {
        Self { erasures, ..Self::default() }
    }

    /// Takes in what the table of erasures says now.
    pub(super) fn read_again(&mut self, erased: &BTreeMap<RecordId, u64>) {
        self.erasures.read_again(erased);
    }

    /// Folds a batch of the log.
    pub(super) fn fold(&mut self, rows: &[LogRow], pushes: &[StoredPush]) -> Result<(), Fault> {
        let came: HashMap<(DeviceId, PushId), i64> =
            pushes.iter().map(|push| ((push.device, push.push), push.received_at)).collect();
        for row in rows {
            if row.seq != self.place + 1 {
                return Err(Fault::Missing);
            }
            let waited = came.get(&(row.device, row.push)).is_some_and(|at| *at < row.received_at);
            self.take(row, waited)?;
            self.place = row.seq;
        }
        Ok(())
    }

    /// Folds the rows of one record alone, in order.
    pub(super) fn fold_record(&mut self, rows: &[LogRow]) -> Result<(), (u64, Fault)> {
        rows.iter().try_for_each(|row| self.take(row, false).map_err(|fault| (row.seq, fault)))
    }

    fn take(&mut self, row: &LogRow, waited: bool) -> Result<(), Fault> {
        let copied = self.arrival.takes(row)?;
        if let Some(moved) = moves::read(row)? {
            self.end_commit();
            self.follow(row, moved);
            return Ok(());
        }
        let same = self.commit.as_ref().is_some_and(|commit| commit.holds(row, waited));
        if !same && !copied {
            self.end_commit();
        }
        match self.erasures.name(row)? {
            Some(_) => _ = self.commit_of(row),
            None => self.apply(row)?,
        }
        Ok(())
    }

    /// A record leaves, or comes and begins a commit.
    fn follow(&mut self, row: &LogRow, moved: ServerEntry) {
        let record = moved.record();
        match moved {
            ServerEntry::Departed(Departed { seq, to, .. }) => {
                let at = row.received_at;
                self.left.insert(record, Departure { record, seq, to, at, arrived: false });
                if let Some(folded) = self.records.remove(&record) {
                    self.gone.insert(record, folded);
                }
                self.clashes.retain(|listed| listed.key.0 != record);
                self.index_open();
            }
            ServerEntry::Arrived(arrived) => {
                self.left.remove(&record);
                if let Some(folded) = self.gone.remove(&record) {
                    self.records.insert(record, folded);
                }
                if let Some(folded) = self.records.get_mut(&record) {
                    folded.last_seq = row.seq;
                }
                self.commit = Some(Commit {
                    device: row.device,
                    push: row.push,
                    received_at: row.received_at,
                    touched: BTreeSet::from([record]),
                });
                self.arrival = Arrival::of(&arrived);
            }
            ServerEntry::Erased(entry) => {
                self.erasures.confirm(&entry);
                let first = Terms { at: row.received_at, cause: Cause::Request };
                let Terms { at, cause } = entry.terms.unwrap_or(first);
                let erasure = Erasure { record, seq: entry.seq, at, cause };
                self.erased.push(erasure);
                self.records.remove(&record);
                self.gone.remove(&record);
                self.clashes.retain(|listed| listed.key.0 != record);
                self.index_open();
            }
        }
    }

    /// The commit that a row belongs to.
    fn commit_of(&mut self, row: &LogRow) -> &mut Commit {
        self.commit.get_or_insert_with(|| Commit {
            device: row.device,
            push: row.push,
            received_at: row.received_at,
            touched: BTreeSet::new(),
        })
    }

    /// The first change that is gone though no entry says that its record was erased.
    pub(super) fn gone_for_nothing(&self) -> Option<u64> {
        self.erasures.unconfirmed()
    }

    fn index_open(&mut self) {
        self.open.clear();
        for (place, listed) in self.clashes.iter().enumerate() {
            if listed.settled.is_none() {
                let (record, field) = listed.key.clone();
                self.open.entry(record).or_default().insert(field, place);
            }
        }
    }

    fn apply(&mut self, row: &LogRow) -> Result<(), Fault> {
        let (change, kind) = verify::decoded(row)?;
        let commit = self.commit_of(row);
        commit.touched.insert(row.record);
        let device = commit.device;
        let record = self.records.entry(row.record).or_insert_with(|| Folded {
            registers: Registers::genesis(kind),
            last_seq: 0,
            received_at: 0,
            device,
            names: HashSet::new(),
        });
        if record.registers.kind != kind {
            return Err(Fault::Columns);
        }
        let is_there = |dep| record.names.contains(dep) || *dep == genesis::hash(kind);
        if !change.deps.iter().all(is_there) {
            return Err(Fault::Unfounded);
        }
        record.names.insert(change.hash);
        record.registers.apply(&change);
        record.last_seq = row.seq;
        record.received_at = row.received_at;
        record.device = row.device;
        Ok(())
    }

    /// Lists and settles clashes as the push did when it committed: by what stood at its end.
    pub(super) fn end_commit(&mut self) {
        let Some(commit) = self.commit.take() else { return };
        let is_arrival = commit.is_arrival();
        for id in commit.touched {
            let Some(record) = self.records.get(&id) else { continue };
            // What an arrival brings came to the server before it came to this area.
            let at = if is_arrival { record.received_at } else { commit.received_at };
            let moment = Moment { seq: self.place, at };
            let now: HashSet<String> = effective::clashing(&record.registers).into_iter().collect();
            let open = self.open.entry(id).or_default();
            open.retain(|field, place| {
                let stays = now.contains(field);
                if let Some(listed) = self.clashes.get_mut(*place).filter(|_| !stays) {
                    listed.settled = Some(moment);
                }
                stays
            });
            for field in now {
                open.entry(field.clone()).or_insert_with(|| {
                    self.clashes.push(Listed { key: (id, field), opened: moment, settled: None });
                    self.clashes.len() - 1
                });
            }
        }
    }
}

impl Commit {
    fn is_arrival(&self) -> bool {
        self.device == DEVICE
    }

    /// Whether a row was committed together with those before it. A change that had waited carries
    /// its own push, which came earlier, and the time of the commit that released it.
    fn holds(&self, row: &LogRow, waited: bool) -> bool {
        let of_push = (self.device, self.push) == (row.device, row.push);
        self.received_at == row.received_at && (of_push || waited)
    }
}
