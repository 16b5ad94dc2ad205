//! The entries of the server's own in an area's log: those that a move leaves in the logs of two areas,
//! and the one that an erasure leaves. They are no changes: nobody signed them, no phone is ever sent
//! their bytes. The chain covers them by their name, like any entry.
//!
//! ```text
//! departed = "doorstep departed 1" ‖ 0x00 ‖ area (8) ‖ seq (8) ‖ record (16) ‖ to (8)
//! arrived  = "doorstep arrived 1"  ‖ 0x00 ‖ area (8) ‖ seq (8) ‖ record (16)
//!            ‖ from (8) ‖ from_seq (8) ‖ from_chain (32) ‖ change (32) ‖ change (32) ‖ …
//! erased   = "doorstep erased 2"   ‖ 0x00 ‖ area (8) ‖ seq (8) ‖ record (16) ‖ at (8) ‖ cause (1)
//! name     = SHA-256 of the whole
//! ```
//!
//! `at` is the moment from which on whatever is written of the record is a beginning, in milliseconds
//! since 1970 UTC, and `cause` 0 if somebody asked for it, 1 if it had been kept long enough. Older logs
//! have `"doorstep erased 1"` without the two: the moment is that of the entry, the cause 0.
//!
//! `area` and `seq` are the entry's own place, `from_seq` and `from_chain` those of the departure in
//! the log of `from`. The changes named by an arrival are the entries that follow it, in this order:
//! those of the record that the log did not have yet.
//!
//! ```
//! use sync_protocol::ids::{AreaId, RecordId};
//! use sync_protocol::entries::{Departed, ServerEntry};
//!
//! let (area, record) = (AreaId(210_102_001_001), RecordId([7; 16]));
//! let entry = ServerEntry::Departed(Departed { area, seq: 3, record, to: AreaId(210_102_001_002) });
//! assert_eq!(ServerEntry::from_bytes(&entry.to_bytes()), Some(entry));
//! ```

use sha2::{Digest, Sha256};

use crate::ids::{AreaId, ChangeHash, DeviceId, PushId, RecordId};

/// Whose entries these are in the log and in its chain: nobody's.
pub const DEVICE: DeviceId = DeviceId(0);

/// In which push: none.
pub const PUSH: PushId = PushId([0; 16]);

const DEPARTED: &[u8] = b"doorstep departed 1\0";
const ARRIVED: &[u8] = b"doorstep arrived 1\0";
const ERASED: &[u8] = b"doorstep erased 2\0";
const ERASED_1: &[u8] = b"doorstep erased 1\0";

/// An entry of the server's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerEntry {
    /// In the log of the area that the record was in.
    Departed(Departed),
    /// In the log of the area that it is in now.
    Arrived(Arrived),
    /// In the log of every area that has had the record.
    Erased(Erased),
}

/// A record is erased: of its changes before this entry the log keeps the names alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The area.
    pub area: AreaId,
    /// The entry's place in that area's log.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// When and why; nothing in entries of the first layout.
    pub terms: Option<Terms>,
}

/// When and why a record is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What was written before this is of what is erased, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Why.
    pub cause: Cause,
}

/// Why a record is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Somebody asked for it: what is unsent of it goes too, and is kept nowhere.
    Request,
    /// It had been kept for as long as the district keeps it: what is unsent of it is sent first, and
    /// kept with what was refused.
    Retention,
}

impl Cause {
    /// Its number, in logs and messages.
    pub const fn number(self) -> u8 {
        match self {
            Self::Request => 0,
            Self::Retention => 1,
        }
    }

    /// The cause of a number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Request),
            1 => Some(Self::Retention),
            _ => None,
        }
    }
}

/// A record left: whatever is pushed of it here belongs there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departed {
    /// The area that it left.
    pub area: AreaId,
    /// The entry's place in that area's log.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// Where it went.
    pub to: AreaId,
}

/// A record came, with its whole history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The area that it came to.
    pub area: AreaId,
    /// The entry's place in that area's log.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// Where it came from.
    pub from: AreaId,
    /// The place of its departure there.
    pub from_seq: u64,
    /// The chain value there.
    pub from_chain: ChangeHash,
    /// The changes that follow this entry, in order.
    pub changes: Vec<ChangeHash>,
}

impl ServerEntry {
    /// The record that it is about.
    pub fn record(&self) -> RecordId {
        match self {
            Self::Departed(entry) => entry.record,
            Self::Arrived(entry) => entry.record,
            Self::Erased(entry) => entry.record,
        }
    }

    /// The entry's own place: area and sequence number.
    pub fn place(&self) -> (AreaId, u64) {
        match self {
            Self::Departed(entry) => (entry.area, entry.seq),
            Self::Arrived(entry) => (entry.area, entry.seq),
            Self::Erased(entry) => (entry.area, entry.seq),
        }
    }

    /// Its name: what the log and the chain call it.
    pub fn name(&self) -> ChangeHash {
        ChangeHash(Sha256::digest(self.to_bytes()).into())
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (area, seq) = self.place();
        let mut bytes = match self {
            Self::Departed(_) => DEPARTED.to_vec(),
            Self::Arrived(_) => ARRIVED.to_vec(),
            Self::Erased(Erased { terms: None, .. }) => ERASED_1.to_vec(),
            Self::Erased(_) => ERASED.to_vec(),
        };
        bytes.extend_from_slice(&area.0.to_be_bytes());
        bytes.extend_from_slice(&seq.to_be_bytes());
        bytes.extend_from_slice(self.record().as_bytes());
        match self {
            Self::Departed(entry) => bytes.extend_from_slice(&entry.to.0.to_be_bytes()),
            Self::Arrived(entry) => {
                bytes.extend_from_slice(&entry.from.0.to_be_bytes());
                bytes.extend_from_slice(&entry.from_seq.to_be_bytes());
                bytes.extend_from_slice(entry.from_chain.as_bytes());
                entry.changes.iter().for_each(|hash| bytes.extend_from_slice(hash.as_bytes()));
            }
            Self::Erased(entry) => {
                if let Some(Terms { at, cause }) = entry.terms {
                    bytes.extend_from_slice(&at.to_be_bytes());
                    bytes.push(cause.number());
                }
            }
        }
        bytes
    }

    /// The entry of these bytes; nothing where they are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if let Some(rest) = bytes.strip_prefix(DEPARTED) {
            let mut rest = Rest(rest);
            let (area, seq, record) = (rest.area()?, rest.number()?, rest.record()?);
            let to = rest.area()?;
            let whole = rest.0.is_empty();
            return whole.then_some(Self::Departed(Departed { area, seq, record, to }));
        }
        if let Some(rest) = bytes.strip_prefix(ERASED_1) {
            return erased(rest, |_| Some(None));
        }
        if let Some(rest) = bytes.strip_prefix(ERASED) {
            return erased(rest, |rest| rest.terms().map(Some));
        }
        let mut rest = Rest(bytes.strip_prefix(ARRIVED)?);
        let (area, seq, record) = (rest.area()?, rest.number()?, rest.record()?);
        let (from, from_seq, from_chain) = (rest.area()?, rest.number()?, rest.hash()?);
        let mut changes = Vec::with_capacity(rest.0.len() / 32);
        while !rest.0.is_empty() {
            changes.push(rest.hash()?);
        }
        let arrived = Arrived { area, seq, record, from, from_seq, from_chain, changes };
        Some(Self::Arrived(arrived))
    }
}

/// The entry of an erasure, whose terms are read by a function.
fn erased(
    bytes: &[u8],
    terms: impl FnOnce(&mut Rest<'_>) -> Option<Option<Terms>>,
) -> Option<ServerEntry> {
    let mut rest = Rest(bytes);
    let (area, seq, record) = (rest.area()?, rest.number()?, rest.record()?);
    let terms = terms(&mut rest)?;
    let whole = rest.0.is_empty();
    whole.then_some(ServerEntry::Erased(Erased { area, seq, record, terms }))
}

/// What is still to be read.
struct Rest<'b>(&'b [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    fn area(&mut self) -> Option<AreaId> {
        self.number().map(AreaId)
    }

    fn record(&mut self) -> Option<RecordId> {
        self.take().map(RecordId)
    }

    fn terms(&mut self) -> Option<Terms> {
        let at = self.take().map(i64::from_be_bytes)?;
        let [cause] = self.take()?;
        Some(Terms { at, cause: Cause::from_number(cause)? })
    }

    fn hash(&mut self) -> Option<ChangeHash> {
        self.take().map(ChangeHash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(changes: usize) -> ServerEntry {
        ServerEntry::Arrived(Arrived {
            area: AreaId(2),
            seq: 9,
            record: RecordId([7; 16]),
            from: AreaId(1),
            from_seq: 4,
            from_chain: ChangeHash([5; 32]),
            changes: (0..changes).map(|_| ChangeHash([6; 32])).collect(),
        })
    }

    #[test]
    fn an_entry_is_read_back_and_nothing_shorter_or_longer_is_one() {
        let erased = |terms| {
            ServerEntry::Erased(Erased {
                area: AreaId(2),
                seq: 9,
                record: RecordId([7; 16]),
                terms,
            })
        };
        let terms = Terms { at: 1_795_000_000_000, cause: Cause::Retention };
        for entry in [arrived(0), arrived(3), erased(None), erased(Some(terms))] {
            let bytes = entry.to_bytes();
            assert_eq!(ServerEntry::from_bytes(&bytes), Some(entry));
            assert_eq!(ServerEntry::from_bytes(&bytes[..bytes.len() - 1]), None);
            assert_eq!(ServerEntry::from_bytes(&[bytes, vec![0]].concat()), None);
        }
        assert_eq!(ServerEntry::from_bytes(b"doorstep departed 1\0"), None);
    }

    #[test]
    fn no_bytes_are_both_a_change_and_an_entry_of_a_move() {
        let bytes = arrived(1).to_bytes();
        for kind in crate::records::Kind::ALL {
            assert!(crate::judge::read(&bytes, kind).is_err());
        }
    }
}
