//! Walks an area's log from its first place to its head: gapless, every change under its own name,
//! every chain value following from the one before, every push signed by its device. Nothing that
//! the database says is believed but the devices' public keys. Then what stands beside the log is held
//! against it ([`super::beside`]).
//!
//! A log that was cut at its end, with the head set back, is whole in itself: only heads that were
//! exported elsewhere (see [`super::heads`]) tell.

use sync_protocol::chain::{self, Link};
use sync_protocol::document::{DecodedChange, genesis};
use sync_protocol::entries::ServerEntry;
use sync_protocol::ids::{AreaId, ChangeHash};
use sync_protocol::records::Kind;
use sync_protocol::{judge, keys};

use super::erasures::Erasures;
use super::fault::{Fault, Finding};
use super::moves::{self, Arrival};
use super::replay::Replay;
use super::signatures::Pushes;
use super::{BATCH, beside};
use crate::auth::{AreaScope, Operator};
use crate::store::audit::{self, LogRow};
use crate::store::{Db, Store, StoreError, erasures};

/// How an area's log was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Places that are good, from the first one on.
    pub changes: u64,
    /// The first thing that is wrong.
    pub finding: Option<Finding>,
}

/// Walks an area's log as it stood when the walk began; whoever pushes meanwhile is not waited for. If
/// something is erased meanwhile, it goes on to the entry that says so.
///
/// # Errors
/// Those of the database.
pub fn area(
    store: &Store,
    by: Operator,
    area: AreaId,
    mut progress: impl FnMut(u64, u64),
) -> Result<Checked, StoreError> {
    let scope = by.area(area);
    let finding = |seq, fault| Some(Finding { area, seq, fault });
    let Some(mut end) = store.read(|db| audit::end(db, &scope))? else {
        return Ok(Checked { changes: 0, finding: finding(0, Fault::NoLog) });
    };
    let erasures = Erasures::of(store.read(|db| erasures::all(db, &scope))?);
    let (place, chain, arrival) = (0, chain::start(area), Arrival::default());
    let mut walk = Walk { area, place, chain, arrival, erasures: erasures.clone() };
    let mut replay = Replay::new(erasures);
    while walk.place < end.head {
        let (rows, pushes) = store.read(|db| {
            let rows = rows(db, &scope, walk.place, end.head)?;
            if rows.iter().any(LogRow::is_gone) {
                // Read behind the rows: whatever they lack, it knows of.
                let erased = erasures::all(db, &scope)?;
                walk.erasures.read_again(&erased);
                replay.read_again(&erased);
            }
            let pushes = Pushes::of(db, &scope, &rows)?;
            Ok((rows, pushes))
        })?;
        let faulty = rows.iter().find_map(|row| walk.step(row, &pushes).err());
        let faulty = faulty.or(rows.is_empty().then_some(Fault::Missing));
        if let Some(fault) = faulty {
            return Ok(Checked { changes: walk.place, finding: finding(walk.place + 1, fault) });
        }
        if let Err(fault) = replay.fold(&rows, &[]) {
            let changes = replay.place;
            return Ok(Checked { changes, finding: finding(changes + 1, fault) });
        }
        progress(walk.place, end.head);
        if walk.place == end.head && walk.erasures.reach_beyond(end.head) {
            end = store.read(|db| audit::end(db, &scope))?.unwrap_or(end);
        }
    }
    let finding = if let Some(seq) = walk.erasures.unconfirmed() {
        finding(seq, Fault::Gone)
    } else if end.last > end.head {
        finding(end.head + 1, Fault::BehindHead)
    } else if end.chain != walk.chain.as_bytes() {
        finding(end.head, Fault::HeadChain)
    } else if !walk.arrival.is_whole() {
        finding(end.head + 1, Fault::NotCopied)
    } else {
        let beside = beside::first_fault(store, &scope, replay.records)?;
        beside.and_then(|(seq, fault)| finding(seq.unwrap_or(end.head), fault))
    };
    Ok(Checked { changes: walk.place, finding })
}

/// A batch of the log. A record's key can be destroyed between its rows and the opening of them: then they
/// are read again, until it is always the same that does not open.
fn rows(db: &mut Db, scope: &AreaScope, place: u64, head: u64) -> Result<Vec<LogRow>, StoreError> {
    let mut before = None;
    loop {
        let rows = audit::rows(db, scope, place, head, BATCH)?;
        let shut: Vec<u64> =
            rows.iter().filter(|row| row.bytes.is_none()).map(|row| row.seq).collect();
        if shut.is_empty() || before.as_ref() == Some(&shut) {
            return Ok(rows);
        }
        before = Some(shut);
    }
}

/// How far a walk has come.
struct Walk {
    area: AreaId,
    place: u64,
    chain: ChangeHash,
    arrival: Arrival,
    erasures: Erasures,
}

impl Walk {
    /// Goes on to the next place, if it is good.
    fn step(&mut self, row: &LogRow, pushes: &Pushes) -> Result<(), Fault> {
        if row.seq != self.place + 1 {
            return Err(Fault::Missing);
        }
        self.arrival.takes(row)?;
        let moved = moves::read(row)?;
        let hash = match &moved {
            Some(entry) if entry.place().0 != self.area => return Err(Fault::Columns),
            Some(entry) => entry.name(),
            None => match self.erasures.name(row)? {
                Some(name) => name,
                None => decoded(row)?.0.hash,
            },
        };
        let link = Link {
            seq: row.seq,
            record: row.record,
            change: hash,
            device: row.device,
            received_at: row.received_at,
        };
        let chain = chain::next(&self.chain, &link);
        if row.chain != chain.as_bytes() {
            return Err(Fault::Chain);
        }
        match moved {
            Some(ServerEntry::Arrived(arrived)) => self.arrival = Arrival::of(&arrived),
            // Nobody signs a departure; the chain and the exported heads are its witnesses.
            Some(ServerEntry::Departed(_)) => {}
            Some(ServerEntry::Erased(entry)) => self.erasures.confirm(&entry),
            None => pushes.check(row, &hash)?,
        }
        (self.place, self.chain) = (row.seq, chain);
        Ok(())
    }
}

/// The change of a row and its kind, if bytes and columns are of one mind.
pub(super) fn decoded(row: &LogRow) -> Result<(DecodedChange, Kind), Fault> {
    let bytes = row.bytes.as_deref().ok_or(Fault::Sealed)?;
    if row.hash != keys::change_name(bytes).as_bytes() {
        return Err(Fault::Bytes);
    }
    let kind = Kind::from_number(row.kind).ok_or(Fault::Columns)?;
    let change = judge::read(bytes, kind).map_err(|_| Fault::Unreadable)?;
    let of_another = |other: &Kind| *other != kind && change.deps.contains(&genesis::hash(*other));
    if change.max_op != row.max_op || Kind::ALL.iter().any(of_another) {
        return Err(Fault::Columns);
    }
    Ok((change, kind))
}
