//! What happens to a report as a whole: signed, handed in, handed in again, amended; and how what
//! should not have been written is made void. Nothing is ever deleted.

use serde::Serialize;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, report};

use super::{Entry, FieldClient, FieldError, PhotoSaved, SavedEdit, record_id};
use crate::editing::report as reports;
use crate::error::CoreError;
use crate::photos::{self, TakenPhoto};
use crate::{codes, record};

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// The household, of a visit; whoever was present, of an inspection.
    Resident,
    /// The inspector, of an inspection.
    Inspector,
}

impl Signer {
    /// The key of the field that the signature is named in.
    fn key(self, kind: Kind) -> Option<&'static str> {
        match (kind, self) {
            (Kind::Visit, Self::Resident) => Some("signature"),
            (Kind::Inspection, Self::Resident) => Some("present_signature"),
            (Kind::Inspection, Self::Inspector) => Some("inspector_signature"),
            _ => None,
        }
    }
}

#[uniffi::export]
impl FieldClient {
    /// Keeps a signature, a PNG or JPEG of what a finger wrote, with a report. It travels as a photo of
    /// the report that says whose it is, and the report's field names it.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when it is no picture, or nobody signs such a record like this.
    pub fn sign(
        &self,
        report: String,
        signer: Signer,
        picture: Vec<u8>,
    ) -> Result<PhotoSaved, FieldError> {
        let report = record_id(&report)?;
        let (photo, saved) = self.writing(|transaction, hand| {
            let registers = record::registers(transaction, report)?
                .ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))?;
            let kind = registers.kind;
            let field = signer.key(kind).and_then(|key| kind.field(key));
            let (field, _) = field.ok_or_else(|| CoreError::refused(&codes::WRONG_RECORD))?;
            let caption = format!("{} · {}", field.label.zh, field.label.en);
            let taken = TakenPhoto {
                report,
                bytes: &picture,
                caption: Some(caption),
                taken_at: None,
                named_in: Some(field.key),
            };
            photos::take(transaction, hand, taken)
        })?;
        Ok(PhotoSaved { photo: photo.to_string(), edit: saved.into() })
    }

    /// Hands a report in; again, after a reviewer returned it. When it ended is filled in, if that is
    /// not written yet. One that lies with the reviewers already stays as it is.
    ///
    /// # Errors
    /// [`FieldError::Refused`] with the fields that are missing; it stays a draft then.
    pub fn submit(&self, report: String) -> Result<SavedEdit, FieldError> {
        Ok(self
            .revise(&report, |kind, effective, hand| reports::hand_in(kind, effective, hand.now))?)
    }

    /// Makes a record void, and says why: a draft that was begun by mistake, a home that is none. It is
    /// not deleted, whoever reads it reads the reason, and clearing `voided` makes it stand again.
    ///
    /// # Errors
    /// [`FieldError::Refused`] without a reason, or when the report was accepted and is closed.
    pub fn withdraw(&self, record: String, reason: String) -> Result<SavedEdit, FieldError> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(CoreError::on(&codes::REASON_MISSING, "voided").into());
        }
        Ok(self.revise(&record, |_, _, _| Ok(vec![("voided".to_owned(), reason.into())]))?)
    }

    /// Begins a report that amends an accepted one, whose evidence is closed: a draft of the same kind
    /// for the same home, which names it.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when it is no report, or not on the phone.
    pub fn amend(&self, report: String, values: Vec<Entry>) -> Result<SavedEdit, FieldError> {
        let of = record_id(&report)?;
        let (kind, premises) = self.store.read(|connection| {
            let registers = record::registers(connection, of)?
                .ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))?;
            let premises = sync_protocol::document::Effective::of_key(&registers, "premises");
            let premises = premises.and_then(|field| field.value.as_text()?.parse().ok());
            let premises: Option<RecordId> = premises.filter(|_| registers.kind.is_report());
            let premises = premises.ok_or_else(|| CoreError::refused(&codes::WRONG_RECORD))?;
            Ok::<_, CoreError>((registers.kind, premises))
        })?;
        let mut values = values;
        values.retain(|entry| entry.key != report::AMENDS.key);
        let text = super::FieldValue::Text { text: of.to_string() };
        values.push(Entry { key: report::AMENDS.key.to_owned(), value: text });
        Ok(self.report(kind, &premises.to_string(), values, false)?)
    }
}
