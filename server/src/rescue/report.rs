//! What became of a bundle: a verdict on each change, each photo, and what could not be read.

use serde::Serialize;
use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{AreaId, BlobId, ChangeHash, DeviceId, RecordId};
use sync_protocol::records::Kind;
use sync_protocol::wire::Outcome;

use crate::trail::{About, Entry};

/// What became of a bundle.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HandedIn {
    /// The device that made it, as 16 hexadecimal digits.
    pub device: Option<String>,
    /// Whether the device is revoked: everything is in quarantine then.
    pub suspended: bool,
    /// When the phone made it, by its own clock, in milliseconds since 1970 UTC.
    pub made_at: Option<i64>,
    /// A verdict on each change that could be read, in the order of the bundle.
    pub changes: Vec<Judged>,
    /// What became of each photo.
    pub photos: Vec<Picture>,
    /// What is wrong with the bundle, if anything: what could be read of it was taken.
    pub problem: Option<&'static Code>,
}

/// A verdict on a change.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// The area that the phone named.
    pub area: AreaId,
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// The change.
    pub change: ChangeHash,
    /// accepted, duplicate, held, rejected, retry or not_taken.
    pub outcome: &'static str,
    /// Its place in the area's log.
    pub seq: Option<u64>,
    /// Why it was refused or not taken, by the catalogue of codes.
    pub code: Option<String>,
    /// The field at fault.
    pub field: Option<String>,
}

/// What became of a photo.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    /// The area of its report.
    pub area: AreaId,
    /// The photo.
    pub photo: BlobId,
    /// Whether the server has the whole of it now.
    pub stored: bool,
    /// Why not, by the catalogue of codes.
    pub code: Option<&'static str>,
}

impl HandedIn {
    /// What the audit trail says of it: whose bundle, how many changes and photos.
    pub fn said_in(&self, entry: Entry) -> Entry {
        let (changes, photos) = (self.changes.len(), self.photos.len());
        let entry = entry.detail(format!("{changes} changes, {photos} photos"));
        let device = self.device.as_deref().and_then(|id| u64::from_str_radix(id, 16).ok());
        device.map(|id| About::Device(DeviceId(id))).into_iter().fold(entry, Entry::about)
    }

    /// Of a device.
    pub(super) fn of(device: DeviceId, suspended: bool) -> Self {
        Self { device: Some(device.to_string()), suspended, ..Self::default() }
    }

    /// Whether the server has all of it: what is still missing can be handed in again. A photo whose
    /// bytes are not what its name says never will be.
    pub fn is_complete(&self) -> bool {
        let lacks = |change: &Judged| matches!(change.outcome, "retry" | "not_taken");
        let missing =
            |photo: &Picture| !photo.stored && photo.code != Some(codes::PHOTO_WRONG.code);
        self.problem.is_none()
            && !self.changes.iter().any(lacks)
            && !self.photos.iter().any(missing)
    }

    /// How many changes came to this.
    pub fn count(&self, outcome: &str) -> usize {
        self.changes.iter().filter(|change| change.outcome == outcome).count()
    }
}

impl Judged {
    /// A change that whoever handed the bundle in may not hand in.
    pub(super) fn not_taken((area, record, kind, change): Name) -> Self {
        let (outcome, code) = ("not_taken", Some(codes::FORBIDDEN.code.to_owned()));
        Self { area, record, kind, change, outcome, seq: None, code, field: None }
    }

    /// The engine's verdict on a change.
    pub(super) fn new((area, record, kind, change): Name, said: Outcome) -> Self {
        let nothing = (None, None, None);
        let (outcome, (seq, code, field)) = match said {
            Outcome::Accepted { seq } => ("accepted", (Some(seq), None, None)),
            Outcome::Duplicate { seq } => ("duplicate", (Some(seq), None, None)),
            Outcome::Rejected { code, field, .. } => ("rejected", (None, Some(code), field)),
            Outcome::Held { .. } => ("held", nothing),
            Outcome::Retry { .. } => ("retry", nothing),
            // Told late only.
            Outcome::Dismissed { .. } => ("rejected", nothing),
        };
        Self { area, record, kind, change, outcome, seq, code, field }
    }
}

/// A change by area, record, kind and name.
pub(super) type Name = (AreaId, RecordId, Kind, ChangeHash);
