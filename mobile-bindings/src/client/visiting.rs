//! 入户走访, step by step: begun at the door, saved with every answer, ended with its outcome.

use sync_protocol::records::Kind;

use super::value::values;
use super::{Entry, FieldClient, FieldError, FieldValue, SavedEdit};
use crate::codes;
use crate::editing::report;
use crate::error::CoreError;

#[uniffi::export]
impl FieldClient {
    /// Begins a visit to a home, now: a draft. Whatever is written into it from here on
    /// ([`FieldClient::edit`] with every keystroke, if the app likes) survives the app being killed,
    /// and [`FieldClient::drafts`] finds it again.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when the home is not on the phone or a value is wrong.
    #[uniffi::method(default(values = []))]
    pub fn start_visit(
        &self,
        premises: String,
        values: Vec<Entry>,
    ) -> Result<SavedEdit, FieldError> {
        Ok(self.report(Kind::Visit, &premises, values, false)?)
    }

    /// Notes what a household asked for: a need's code (docs/records.md) and how far it is met:
    /// `requested`, `referred` or `done`.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when there is no such need or step, or it is no visit.
    pub fn note_need(
        &self,
        visit: String,
        need: String,
        step: String,
    ) -> Result<SavedEdit, FieldError> {
        Ok(self.revise(&visit, |kind, _, _| {
            is(kind, Kind::Visit)?;
            Ok(vec![(format!("need.{need}"), step.as_str().into())])
        })?)
    }

    /// Ends a visit, now, with its outcome and what else is given; hands it in, if that is wanted.
    ///
    /// # Errors
    /// [`FieldError::Refused`] with the fields that are wrong or, when handed in, missing: nothing is
    /// saved then, and the draft stays as it was.
    #[uniffi::method(default(values = [], submit = false))]
    pub fn end_visit(
        &self,
        visit: String,
        outcome: String,
        values: Vec<Entry>,
        submit: bool,
    ) -> Result<SavedEdit, FieldError> {
        self.end(Kind::Visit, &visit, ("outcome", outcome), values, submit)
    }
}

impl FieldClient {
    /// Ends a report with what it came to.
    pub(super) fn end(
        &self,
        of: Kind,
        report: &str,
        (key, conclusion): (&str, String),
        given: Vec<Entry>,
        submit: bool,
    ) -> Result<SavedEdit, FieldError> {
        Ok(self.revise(report, |kind, effective, hand| {
            is(kind, of)?;
            let mut values = values(given);
            values.retain(|(given, _)| given != key);
            values.push((key.to_owned(), FieldValue::Text { text: conclusion }.into()));
            let written = if submit {
                report::hand_in(kind, effective, hand.now)?
            } else {
                report::end(effective, hand.now).into_iter().collect()
            };
            let own = written.into_iter().filter(|(key, _)| values.iter().all(|(k, _)| k != key));
            let own: Vec<_> = own.collect();
            values.extend(own);
            Ok(values)
        })?)
    }
}

/// Refuses a record of another kind.
pub(super) fn is(kind: Kind, wanted: Kind) -> Result<(), CoreError> {
    if kind == wanted { Ok(()) } else { Err(CoreError::refused(&codes::WRONG_RECORD)) }
}
