//! What the app is shown: plain records, no behaviour.

use serde::Serialize;

use super::{Bilingual, FieldValue, FoundIn};

/// The phone has enrolled.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct EnrolmentView {
    /// The device's id, 16 hexadecimal digits.
    pub device: String,
    /// Its person's name.
    pub person: String,
    /// The district.
    pub district: Bilingual,
}

/// One of the person's areas.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct AreaView {
    /// Its division code.
    pub area: String,
    /// Its name.
    pub name: Bilingual,
    /// What the person is there, by code.
    pub roles: Vec<String>,
    /// The same in words.
    pub role_names: Vec<Bilingual>,
    /// Whether every record of it has been fetched once.
    pub complete: bool,
}

/// How far what was written in a record has come: three honest states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Something of it is on this phone alone.
    OnPhone,
    /// All of it is stored on the server.
    OnServer,
    /// All of it is merged, and this phone has read it back.
    Merged,
}

/// Which records to list.
#[derive(Debug, Clone, Default, uniffi::Record)]
pub struct ListFilter {
    /// Of one area.
    #[uniffi(default = None)]
    pub area: Option<String>,
    /// Of one kind, by code.
    #[uniffi(default = None)]
    pub kind: Option<String>,
    /// About one premises.
    #[uniffi(default = None)]
    pub premises: Option<String>,
    /// At most so many.
    #[uniffi(default = None)]
    pub limit: Option<u32>,
}

/// A record in a list.
#[derive(Clone, Serialize, uniffi::Record)]
pub struct RecordLine {
    /// The record's id.
    pub record: String,
    /// Its area.
    pub area: String,
    /// Its kind's code.
    pub kind: String,
    /// What a person knows it by; of a report, its premises.
    pub title: String,
    /// The premises that it is about.
    pub premises: Option<String>,
    /// A report's state, by code.
    pub state: Option<String>,
    /// When a report was begun, in milliseconds since 1970 UTC.
    pub at_ms: Option<i64>,
    /// Fields of which a person has to decide.
    pub clashes: u64,
    /// How far what this phone wrote in it has come.
    pub standing: Standing,
    /// Where it was found, if it was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<FoundIn>,
}

/// Prints the id only: a title may be a name.
impl std::fmt::Debug for RecordLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordLine({})", self.record)
    }
}

/// A record, opened.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct RecordView {
    /// What a list shows of it.
    pub line: RecordLine,
    /// Its fields in the order of the table.
    pub fields: Vec<FieldView>,
    /// What must be filled in and is not.
    pub missing: Vec<MissingField>,
}

/// A field that must be filled in.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct MissingField {
    /// Its key.
    pub key: String,
    /// What people read.
    pub label: Bilingual,
}

/// A field's effective value.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct FieldView {
    /// The field's key.
    pub key: String,
    /// What people read.
    pub label: Bilingual,
    /// The value.
    pub value: FieldValue,
    /// The value in words.
    pub shown: Bilingual,
    /// Who wrote it.
    pub by: Option<String>,
    /// When, by their clock, in milliseconds since 1970 UTC.
    pub at_ms: Option<i64>,
    /// Whether a person has to decide between this and the others.
    pub clash: bool,
    /// Values that were written without knowing of this one. They are never hidden.
    pub others: Vec<LostValue>,
    /// Masked unless there is a reason: a phone, a document number.
    pub sensitive: bool,
}

/// A value that does not stand.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct LostValue {
    /// The value.
    pub value: FieldValue,
    /// The value in words.
    pub shown: Bilingual,
    /// Who wrote it.
    pub by: String,
    /// When, by their clock, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// An edit was saved on this phone.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct SavedEdit {
    /// The record.
    pub record: String,
    /// The change; none if nothing was different.
    pub change: Option<String>,
    /// The keys that really changed.
    pub written: Vec<String>,
}

/// A photo was saved on this phone.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct PhotoSaved {
    /// The photo: the SHA-256 of its bytes.
    pub photo: String,
    /// The edit that refers to it.
    pub edit: SavedEdit,
}

/// A record's fingerprint, for comparing with another copy.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct RecordDigest {
    /// The record.
    pub record: String,
    /// Its kind's code.
    pub kind: String,
    /// The changes that nothing builds upon yet.
    pub heads: Vec<String>,
    /// SHA-256 of its registers.
    pub digest: String,
}
