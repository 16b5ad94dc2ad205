//! Forms and checks: what an app draws its screens from, and what is wrong while a person types.

use serde::Serialize;
use sync_protocol::configuration::forms;
use sync_protocol::records::{Kind, check};

use super::shown::Wording;
use super::value::values;
use super::writing::normalise_number;
use super::{Bilingual, Entry, FieldClient, FieldError, record_id};
use crate::clock;
use crate::editing::rules;
use crate::error::CoreError;
use crate::store::configuration::current;
use crate::store::device;

/// What a finding does to the saving of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot be so.
    Error,
    /// It must be filled in before a report is handed in.
    Incomplete,
    /// It is unusual, and goes through.
    Warning,
}

/// Something that is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Finding {
    /// The field's key.
    pub field: String,
    /// What people read for it.
    pub label: Bilingual,
    /// The stable code.
    pub code: String,
    /// How grave it is.
    pub severity: Severity,
    /// Whether saving exactly these values would be refused for it. An old error in fields that are
    /// not written keeps nobody from saving others.
    pub blocks: bool,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do.
    pub remedy: Bilingual,
}

#[uniffi::export]
impl FieldClient {
    /// The forms of every kind of record as JSON, the shape of docs/forms.md, the district's own
    /// fields among them: an app draws every screen from it, and asks anew after a sync.
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn forms(&self) -> Result<String, FieldError> {
        let configuration =
            self.store.read(|connection| current(connection).map_err(CoreError::from))?;
        Ok(forms(&configuration))
    }

    /// What is wrong with values that are not saved yet, the gravest first: of a record on the phone,
    /// as it would be with them, or of one that they would begin. With `state` submitted among the
    /// entries it tells what handing in would be refused for. Who may write a field is not checked.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when there is no such kind, or no record of it on the phone.
    pub fn check(
        &self,
        kind: String,
        record: Option<String>,
        entries: Vec<Entry>,
    ) -> Result<Vec<Finding>, FieldError> {
        let kind = Kind::from_code(&kind)
            .ok_or_else(|| CoreError::refused(&sync_protocol::codes::WRONG_INPUT))?;
        let record = record.as_deref().map(record_id).transpose()?;
        let mut values = values(entries);
        normalise_number(&mut values);
        let found = self.store.read(|connection| {
            let told = rules::tell(connection, kind, record, values, clock::now_ms())?;
            let me = device::find(connection)?;
            let wording = Wording::new(connection, me.as_ref())?;
            Ok::<_, CoreError>(told.into_iter().map(|told| finding(&wording, kind, told)).collect())
        });
        Ok(found?)
    }
}

fn finding(wording: &Wording<'_>, kind: Kind, told: rules::Told) -> Finding {
    Finding {
        label: wording.label(kind, &told.field),
        field: told.field,
        code: told.code.code.to_owned(),
        severity: told.severity.into(),
        blocks: told.blocks,
        message: told.code.message.into(),
        remedy: told.code.remedy.into(),
    }
}

impl From<check::Severity> for Severity {
    fn from(severity: check::Severity) -> Self {
        match severity {
            check::Severity::Error => Self::Error,
            check::Severity::Incomplete => Self::Incomplete,
            check::Severity::Warning => Self::Warning,
        }
    }
}

#[cfg(test)]
mod tests;
