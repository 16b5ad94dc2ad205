//! What became of a bundle: a verdict on each change, each photo, and what could not be read.

use serde::Serialize;
use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{AreaId, BlobId, ChangeHash, DeviceId, RecordId};
use sync_protocol::records::Kind;
use sync_protocol::wire::Outcome;

use crate::trail::Entry;

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
    /// What the audit trail says of it: how many changes and photos, and how many of them are of areas
    /// that whoever handed it in has no say in.
    pub(super) fn said_in(&self, entry: Entry) -> Entry {
        let said = |changes: usize, photos: usize| format!("{changes} changes, {photos} photos");
        let photos = self.photos.iter().filter(|photo| photo.code == Some(codes::FORBIDDEN.code));
        let mut detail = said(self.changes.len(), self.photos.len());
        match (self.count("not_taken"), photos.count()) {
            (0, 0) => {}
            (changes, photos) => {
                detail.push_str("; not taken: ");
                detail.push_str(&said(changes, photos));
            }
        }
        entry.detail(detail)
    }

    /// Of a device.
    pub(super) fn of(device: DeviceId, suspended: bool) -> Self {
        Self { device: Some(device.to_string()), suspended, ..Self::default() }
    }

    /// Whether the server has all that it will ever take of it from whoever handed it in: what is still
    /// missing can be handed in again. A photo whose bytes are not what its name says is never taken, nor
    /// is what is of areas where they have no say.
    pub fn is_complete(&self) -> bool {
        const NEVER: [Option<&str>; 2] =
            [Some(codes::PHOTO_WRONG.code), Some(codes::FORBIDDEN.code)];
        let missing = |photo: &Picture| !photo.stored && !NEVER.contains(&photo.code);
        self.problem.is_none() && self.count("retry") == 0 && !self.photos.iter().any(missing)
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

    /// Whether it can be tried again at once.
    pub(super) fn is_put_off(&self) -> bool {
        self.outcome == "retry"
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
