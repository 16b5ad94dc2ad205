//! 出租房屋检查, step by step: the checklist, what has to be put right and by when, and the follow-up
//! inspection that verifies it.

use sync_protocol::document::Effective;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, report};

use super::visiting::is;
use super::writing::home;
use super::{Entry, FieldClient, FieldError, SavedEdit, record_id};
use crate::editing::{self, Hand, Values, report as reports};
use crate::error::CoreError;
use crate::store::Transaction;
use crate::{codes, record};

#[uniffi::export]
impl FieldClient {
    /// Begins an inspection of a home, now: a draft.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when the home is not on the phone or a value is wrong.
    #[uniffi::method(default(values = []))]
    pub fn start_inspection(
        &self,
        premises: String,
        values: Vec<Entry>,
    ) -> Result<SavedEdit, FieldError> {
        Ok(self.report(Kind::Inspection, &premises, values, false)?)
    }

    /// Answers an item of the checklist: `pass`, `fail` or `not_applicable`. What fails needs a note
    /// before the inspection is handed in; without one, the note that is there stays.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when there is no such item or result, or it is no inspection.
    #[uniffi::method(default(note = None))]
    pub fn answer(
        &self,
        inspection: String,
        item: String,
        result: String,
        note: Option<String>,
    ) -> Result<SavedEdit, FieldError> {
        Ok(self.revise(&inspection, |kind, _, _| {
            is(kind, Kind::Inspection)?;
            let mut values: Values = vec![(format!("item.{item}.result"), result.into())];
            values.extend(note.map(|note| (format!("item.{item}.note"), note.into())));
            Ok(values)
        })?)
    }

    /// Orders something to be put right by a day like `2026-12-01`. The verdict becomes `rectify`,
    /// unless it is `unsafe` already.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when it is no day or no inspection.
    pub fn order_rectification(
        &self,
        inspection: String,
        what: String,
        by: String,
    ) -> Result<SavedEdit, FieldError> {
        Ok(self.revise(&inspection, |kind, effective, _| {
            is(kind, Kind::Inspection)?;
            let mut values: Values = vec![
                ("rectification".to_owned(), what.into()),
                ("rectify_by".to_owned(), by.into()),
            ];
            if effective.text("verdict") != Some("unsafe") {
                values.push(("verdict".to_owned(), "rectify".into()));
            }
            Ok(values)
        })?)
    }

    /// Begins the inspection that follows an earlier one of the same home, which it names.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when the earlier one is not on the phone, or is no inspection.
    pub fn start_follow_up(&self, inspection: String) -> Result<SavedEdit, FieldError> {
        let earlier = record_id(&inspection)?;
        let saved = self.writing(|transaction, hand| follow_up(transaction, hand, earlier))?;
        Ok(saved.into())
    }

    /// Notes, in a follow-up, that what the earlier inspection had ordered was put right, on a day like
    /// `2026-11-30`. The earlier one is told of it, unless it was accepted and is closed: then the
    /// follow-up alone says so.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when it is no follow-up, or what it follows is not on the phone.
    pub fn verify_rectification(
        &self,
        follow_up: String,
        done_on: String,
    ) -> Result<SavedEdit, FieldError> {
        let follow_up = record_id(&follow_up)?;
        let saved = self.writing(|transaction, hand| {
            let (_, this) = inspection(transaction, follow_up)?;
            let earlier = this.text("follows").and_then(|id| id.parse().ok());
            let earlier: RecordId =
                earlier.ok_or_else(|| CoreError::refused(&codes::WRONG_RECORD))?;
            let (_, ordered) = inspection(transaction, earlier)?;
            let done = ("rectified_on".to_owned(), done_on.as_str().into());
            if ordered.text(report::STATE.key) == Some(report::ACCEPTED) {
                return editing::edit(transaction, hand, follow_up, &vec![done]);
            }
            let verified = ("verified_by".to_owned(), follow_up.to_string().into());
            editing::edit(transaction, hand, earlier, &vec![done, verified])
        })?;
        Ok(saved.into())
    }

    /// Ends an inspection, now, with its verdict (`pass`, `rectify` or `unsafe`) and what else is given;
    /// hands it in, if that is wanted.
    ///
    /// # Errors
    /// [`FieldError::Refused`] with the fields that are wrong or, when handed in, missing: nothing is
    /// saved then, and the draft stays as it was.
    #[uniffi::method(default(values = [], submit = false))]
    pub fn end_inspection(
        &self,
        inspection: String,
        verdict: String,
        values: Vec<Entry>,
        submit: bool,
    ) -> Result<SavedEdit, FieldError> {
        self.end(Kind::Inspection, &inspection, ("verdict", verdict), values, submit)
    }
}

fn follow_up(
    transaction: &Transaction<'_>,
    hand: Hand,
    earlier: RecordId,
) -> Result<editing::Saved, CoreError> {
    let (premises, _) = inspection(transaction, earlier)?;
    let home = home(transaction, premises)?;
    let mut values: Values = vec![
        (report::PREMISES.key.to_owned(), premises.to_string().into()),
        ("follows".to_owned(), earlier.to_string().into()),
    ];
    reports::begin(&mut values, hand.now);
    let record = RecordId(*uuid::Uuid::now_v7().as_bytes());
    editing::begin(transaction, hand, record, (home.area, Kind::Inspection), &values)
}

/// An inspection on this phone: its home, and what it says.
fn inspection(
    transaction: &Transaction<'_>,
    record: RecordId,
) -> Result<(RecordId, Effective), CoreError> {
    let registers = record::registers(transaction, record)?
        .ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))?;
    is(registers.kind, Kind::Inspection)?;
    let effective = Effective::of(&registers);
    let premises = effective.text(report::PREMISES.key).and_then(|id| id.parse().ok());
    Ok((premises.ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))?, effective))
}
