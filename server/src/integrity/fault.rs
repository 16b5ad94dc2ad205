//! What can be wrong with a place of an area's log or beside it, in words for the operator.

use std::fmt;

use sync_protocol::ids::{AreaId, RecordId};

/// The first place of an area's log, or the first record beside it, where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The area.
    pub area: AreaId,
    /// The place in its log; of a fault beside it the log's head.
    pub seq: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a place or a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The area has no row in `area_log`.
    NoLog,
    /// The place is not there, though the log goes on or its head is further.
    Missing,
    /// The bytes cannot be opened.
    Sealed,
    /// The change is gone, and nothing says that its record was erased.
    Gone,
    /// The bytes do not have the change's name.
    Bytes,
    /// The bytes cannot be read as a change of a record of this kind.
    Unreadable,
    /// The columns beside the bytes say something else than the bytes.
    Columns,
    /// The chain value does not follow from the one before.
    Chain,
    /// The push that brought it is not stored.
    NoPush,
    /// The push that brought it does not list it.
    NotInPush,
    /// The device that pushed it is not known.
    NoDevice,
    /// The device did not sign the push.
    Signature,
    /// A record arrived, and what follows is not what its arrival names.
    NotCopied,
    /// The log has places behind its head.
    BehindHead,
    /// The head names another chain value than its place.
    HeadChain,
    /// The change builds on one that its record does not have.
    Unfounded,
    /// A record's registers are not what its changes make of them.
    Record(RecordId),
    /// A record's document is not what its changes make of it.
    Document(RecordId),
    /// A change that waits does not have its name.
    Waiting(RecordId),
    /// A refused change does not have its name.
    Refused(RecordId),
}

/// What to do when the log itself is damaged.
const RESTORE: &str = "take this area's rows from a backup that `doorstep verify` finds whole";

impl Fault {
    /// What is wrong.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoLog => "the area has no log: its row in area_log is missing",
            Self::Missing => "the log has a gap: this place is missing",
            Self::Sealed => {
                "the stored bytes cannot be opened: they or the record's key were altered, or \
                 belong to another place"
            }
            Self::Gone => {
                "the change is not there any more, and no entry of the log says that its record was \
                 erased"
            }
            Self::Bytes => "the stored bytes are not those of the change that the log names",
            Self::Unreadable => "the bytes cannot be read as a change of this kind of record",
            Self::Columns => "kind or max_op beside the change are not those of the change",
            Self::Chain => {
                "the chain value does not follow from the place before: record, change, device, \
                 time or chain value were altered, or places were exchanged"
            }
            Self::NoPush => "the push that brought this change is not stored",
            Self::NotInPush => "the push that is said to have brought this change does not list it",
            Self::NoDevice => "the device that is said to have pushed this change is not known",
            Self::Signature => {
                "the device did not sign the push that brought this change as it is stored"
            }
            Self::NotCopied => {
                "a record came from another area, and this is not the change that its arrival names \
                 for this place"
            }
            Self::BehindHead => "there are places behind the log's head",
            Self::HeadChain => "area_log names another chain value than the log's last place",
            Self::Unfounded => {
                "the change builds on one that its record does not have in this log: it was erased, \
                 or never came. Neither the record nor the area can be made anew from the log"
            }
            Self::Record(_) => {
                "what is stored of it is not what its changes in the log make: it was set back, \
                 exchanged, put in or taken out"
            }
            Self::Document(_) => {
                "its stored document is not the one that its changes in the log make: it was set \
                 back or exchanged"
            }
            Self::Waiting(_) => "a change that waits for another is not the one that it is named",
            Self::Refused(_) => "a refused change is not the one that it is named",
        }
    }

    /// What to do.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NoPush | Self::NotInPush | Self::Signature => {
                "take this push's row from a backup that `doorstep verify` finds whole; if none has \
                 it, nobody can show that the device wrote the change: ask its person"
            }
            Self::NoDevice => {
                "take the device's row from a backup; devices are revoked, not deleted"
            }
            Self::BehindHead | Self::HeadChain | Self::NoLog => {
                "take the area's row in area_log from a backup, or, if `doorstep heads check` agrees \
                 with the log, set it to the log's last place"
            }
            Self::Unfounded => {
                "if its record was erased, erase it again (`doorstep erasures apply` with a list that \
                 names it); otherwise take this area's rows from a backup that `doorstep verify` \
                 finds whole"
            }
            Self::Record(_) | Self::Document(_) => {
                "`doorstep rebuild --area` with this area makes it anew from the log; find out who \
                 could write to the database past the server"
            }
            Self::Waiting(_) | Self::Refused(_) => {
                "take this record's rows of held and quarantine from a backup, and find out who \
                 could write to the database past the server"
            }
            _ => RESTORE,
        }
    }

    /// The record that is meant, where that is no place of the log.
    pub fn record(self) -> Option<RecordId> {
        match self {
            Self::Record(id) | Self::Document(id) | Self::Waiting(id) | Self::Refused(id) => {
                Some(id)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { area, seq, fault } = self;
        match fault.record() {
            Some(record) => write!(f, "area {area}, record {record}: ")?,
            None => write!(f, "area {area}, place {seq}: ")?,
        }
        write!(f, "{}. {}.", fault.words(), capital(fault.remedy()))
    }
}

impl std::error::Error for Finding {}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
