//! 人来登记, 人走注销: who comes is registered, who goes is signed off. Registering is in
//! [`super::writing`]; here is that somebody left, and what a visit finds of who is there.

use sync_protocol::records::Kind;

use super::{FieldClient, FieldError, SavedEdit, record_id};
use crate::codes;
use crate::editing;
use crate::error::CoreError;

#[uniffi::export]
impl FieldClient {
    /// Notes that a resident has left, on a day like `2026-11-22`.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when it is no stay, no day, or before the arrival.
    pub fn depart(&self, residency: String, on: String) -> Result<SavedEdit, FieldError> {
        Ok(self.revise(&residency, |kind, _, _| {
            if kind != Kind::Residency {
                return Err(CoreError::refused(&codes::WRONG_RECORD));
            }
            Ok(vec![("departed_on".to_owned(), on.as_str().into())])
        })?)
    }

    /// Notes in a visit whether a registered resident was found to live there. That somebody has left
    /// is written by [`FieldClient::depart`].
    ///
    /// # Errors
    /// [`FieldError::Refused`] when it is no visit, or no stay at its home.
    pub fn confirm_resident(
        &self,
        visit: String,
        residency: String,
        lives_there: bool,
    ) -> Result<SavedEdit, FieldError> {
        let resident = record_id(&residency)?;
        let report = record_id(&visit)?;
        let saved = self.writing(|transaction, hand| {
            let premises = |record| {
                let found = crate::store::records::find(transaction, record)?;
                found.ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))
            };
            let (visited, stays) = (premises(report)?, premises(resident)?);
            let fits = visited.place.kind == Kind::Visit
                && stays.place.kind == Kind::Residency
                && visited.premises == stays.premises;
            if !fits {
                return Err(CoreError::refused(&codes::WRONG_RECORD));
            }
            let values = vec![(format!("confirmed.{resident}"), lives_there.into())];
            editing::edit(transaction, hand, report, &values)
        })?;
        Ok(saved.into())
    }
}
