//! What the server answers.

use minicbor::{Decode, Encode};

use super::{Bytes, Limits, RecordPush};
use crate::codes::Code;
use crate::entries::Cause;
use crate::ids::{AreaId, ChangeHash, DeviceId, RecordId, ServerEpoch};
use crate::keys;
use crate::records::{Kind, Label, Role};

/// The answer to a [`super::Request`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Response {
    /// [`super::PROTOCOL`].
    #[n(0)]
    pub protocol: u32,
    /// The server's life.
    #[n(1)]
    pub server_epoch: ServerEpoch,
    /// The server's clock, in milliseconds since 1970 UTC.
    #[n(2)]
    pub now: i64,
    /// How long the phone shall wait before its next request, in milliseconds; 0: as it likes.
    #[n(3)]
    pub backoff_ms: u64,
    /// What the server takes.
    #[n(4)]
    pub limits: Limits,
    /// What became of each change pushed, in the order in which they stood in the request.
    #[n(5)]
    pub verdicts: Vec<Outcome>,
    /// Areas that the person has; those the phone named and no longer has.
    #[n(6)]
    pub access: Vec<Access>,
    /// What is new, by area.
    #[n(7)]
    pub areas: Vec<AreaPage>,
    /// What became of changes after their push was answered, oldest first.
    #[n(8)]
    #[cbor(default)]
    pub late: Vec<LateVerdict>,
    /// The district's public [`crate::rescue`] key, for a phone that asked for it or that last spoke
    /// to another life of the server.
    #[n(10)]
    pub rescue_key: Option<Bytes>,
    /// The district's configuration, where the phone has another version of it.
    #[n(9)]
    pub configuration: Option<Configured>,
    /// What the person's badge says, where the phone has another version of it.
    #[n(11)]
    pub badge: Option<BadgeCard>,
}

/// A version of the district's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Configured {
    /// Which version.
    #[n(0)]
    pub version: u64,
    /// The configuration as JSON ([`crate::configuration`]).
    #[n(1)]
    pub json: String,
}

/// What a person's badge says besides name and areas.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BadgeCard {
    /// Which version.
    #[n(0)]
    pub version: u64,
    /// The number of the work card.
    #[n(1)]
    pub card_number: Option<String>,
    /// The portrait, a JPEG.
    #[n(2)]
    pub portrait: Option<Bytes>,
}

/// Prints the version only: the rest is about a person.
impl std::fmt::Debug for BadgeCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BadgeCard({})", self.version)
    }
}

/// What became of a change after its push was answered: one that was held was released or given up,
/// one in quarantine was adopted or dismissed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LateVerdict {
    /// Its number, counting on for each device; the phone says the last it has noted.
    #[n(0)]
    pub number: u64,
    /// What became of it.
    #[n(1)]
    pub verdict: Verdict,
}

/// What became of one change, with its name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Verdict {
    /// The record.
    #[n(0)]
    pub record: RecordId,
    /// The change; of bytes that are none, the SHA-256 of the bytes.
    #[n(1)]
    pub hash: ChangeHash,
    /// What became of it.
    #[n(2)]
    pub outcome: Outcome,
}

impl Verdict {
    /// The verdicts on a push: each outcome with the change that stood at its place. Nothing if there
    /// are more of one than of the other: that answers another push.
    pub fn on(push: &[RecordPush], outcomes: &[Outcome]) -> Option<Vec<Self>> {
        let pushed: usize = push.iter().map(|push| push.changes.len()).sum();
        let changes = push.iter().flat_map(|push| {
            push.changes.iter().map(|change| (push.record, keys::change_name(change)))
        });
        let verdict = |((record, hash), outcome): (_, &Outcome)| Self {
            record,
            hash,
            outcome: outcome.clone(),
        };
        (pushed == outcomes.len()).then(|| changes.zip(outcomes).map(verdict).collect())
    }
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
    /// It is in the log.
    #[n(0)]
    Accepted {
        /// Its place in the area's log.
        #[n(0)]
        seq: u64,
    },
    /// It was in the log already.
    #[n(1)]
    Duplicate {
        /// Its place in the area's log.
        #[n(0)]
        seq: u64,
    },
    /// It was refused and lies in quarantine, whole.
    #[n(2)]
    Rejected {
        /// The code of the catalogue.
        #[n(0)]
        code: String,
        /// The field at fault.
        #[n(1)]
        field: Option<String>,
        /// What happened and what to do.
        #[n(2)]
        words: Words,
    },
    /// It was neither accepted nor refused: push it again.
    #[n(3)]
    Retry {
        /// After so many milliseconds.
        #[n(0)]
        after_ms: u64,
    },
    /// It builds on changes that are not here. The server keeps it for 30 days and accepts it when
    /// they arrive; the phone keeps it too.
    #[n(4)]
    Held {
        /// What it waits for.
        #[n(0)]
        missing: Vec<ChangeHash>,
    },
    /// Staff looked at it in quarantine and decided against it.
    #[n(5)]
    Dismissed {
        /// Why.
        #[n(0)]
        reason: String,
    },
}

impl Outcome {
    /// The rejection of a catalogue entry.
    pub fn rejected(code: &'static Code, field: Option<String>) -> Self {
        let words = Words::from(code);
        Self::Rejected { code: code.code.to_owned(), field, words }
    }
}

/// Words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Words {
    /// zh-CN.
    #[n(0)]
    pub zh: String,
    /// English.
    #[n(1)]
    pub en: String,
}

impl From<&'static Code> for Words {
    fn from(code: &'static Code) -> Self {
        let Label { zh, en } = code.message;
        Self { zh: format!("{zh}。{}", code.remedy.zh), en: format!("{en}. {}", code.remedy.en) }
    }
}

/// An area that the person has, or no longer has.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Access {
    /// The area is the person's.
    #[n(0)]
    Granted {
        /// Which.
        #[n(0)]
        area: AreaId,
        /// Its name.
        #[n(1)]
        name: Words,
        /// What the person is there.
        #[n(2)]
        roles: Vec<Role>,
        /// The key under which its residency ids are derived.
        #[n(3)]
        key: Bytes,
    },
    /// The area is no longer the person's: push what is unsent, then purge.
    #[n(1)]
    Revoked {
        /// Which.
        #[n(0)]
        area: AreaId,
    },
    /// The person is something else in the area now.
    #[n(2)]
    RoleChanged {
        /// Which.
        #[n(0)]
        area: AreaId,
        /// What the person is there.
        #[n(1)]
        roles: Vec<Role>,
    },
}

/// What is new in one area.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AreaPage {
    /// The area.
    #[n(0)]
    pub area: AreaId,
    /// The area's life.
    #[n(1)]
    pub area_epoch: u32,
    /// The area's newest sequence number.
    #[n(2)]
    pub head: u64,
    /// Where the phone stands after these items.
    #[n(3)]
    pub cursor: u64,
    /// The chain value at that cursor; absent while whole documents are sent.
    #[n(4)]
    pub chain: Option<ChangeHash>,
    /// Whether there is more to fetch.
    #[n(5)]
    pub more: bool,
    /// Whether the phone has every record up to the cursor after these items.
    #[n(6)]
    pub complete: bool,
    /// In sequence order. They travel column by column.
    #[cbor(n(7), with = "super::items")]
    pub items: Vec<Item>,
    /// The people behind the devices that these items name.
    #[n(8)]
    pub writers: Vec<Writer>,
}

/// One thing new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A whole record, as of its last change.
    Snapshot {
        /// Its last change's place in the log.
        seq: u64,
        /// The record.
        record: RecordId,
        /// Its kind.
        kind: Kind,
        /// The Automerge document.
        document: Bytes,
    },
    /// A change by somebody else.
    Change {
        /// Its place in the log.
        seq: u64,
        /// The record.
        record: RecordId,
        /// Its kind.
        kind: Kind,
        /// The change.
        bytes: Bytes,
    },
    /// A change by this very device: it has the bytes.
    Own {
        /// Its place in the log.
        seq: u64,
        /// Which change.
        hash: ChangeHash,
    },
    /// The record is in another area now. Who has that area gets it there; who has not forgets it.
    Moved {
        /// Its place in this area's log.
        seq: u64,
        /// The record.
        record: RecordId,
        /// The area that it is in now.
        to: AreaId,
    },
    /// The record is erased: whoever has anything of it deletes it.
    Tombstone {
        /// Its place in this area's log.
        seq: u64,
        /// The record.
        record: RecordId,
        /// What was written before this is of what is erased, in milliseconds since 1970 UTC.
        at: i64,
        /// Why.
        cause: Cause,
    },
}

/// Who writes with a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Writer {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// Its person's name.
    #[n(1)]
    pub name: String,
}
