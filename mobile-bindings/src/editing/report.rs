//! What a report begins with, and what handing it in, once or again, writes.

use sync_protocol::codes as shared;
use sync_protocol::document::Effective;
use sync_protocol::records::{Kind, Value, report};

use super::Values;
use crate::codes;
use crate::error::CoreError;

/// Fills in, unless they are given: that it is a draft, when it began, and of one that is handed in
/// at once when it ended. `now` is in milliseconds by the phone's clock.
pub(crate) fn begin(values: &mut Values, now: i64) {
    unless_given(values, report::STATE.key, "draft".into());
    unless_given(values, report::STARTED.key, now.into());
    if given(values, report::STATE.key).and_then(Value::as_text) == Some("submitted") {
        // A clock that was set back since then does not keep a report from being handed in.
        let started = given(values, report::STARTED.key).and_then(Value::as_int);
        unless_given(values, report::ENDED.key, ended(started, now).into());
    }
}

/// What handing a report in writes: its state and, unless that is known, when it ended. Nothing, if it
/// lies with the reviewers already.
///
/// # Errors
/// It is no report, it is void, or it was accepted and is closed.
pub(crate) fn hand_in(kind: Kind, effective: &Effective, now: i64) -> Result<Values, CoreError> {
    if !kind.is_report() {
        return Err(CoreError::refused(&codes::WRONG_RECORD));
    }
    if effective.value("voided").is_some() {
        return Err(CoreError::refused(&codes::RECORD_VOID));
    }
    let state = match effective.text(report::STATE.key) {
        Some("returned") => "resubmitted",
        Some("submitted" | "resubmitted" | "in_review") => return Ok(Values::new()),
        Some(report::ACCEPTED) => return Err(CoreError::refused(&shared::RECORD_CLOSED)),
        _ => "submitted",
    };
    let mut values: Values = vec![(report::STATE.key.to_owned(), state.into())];
    values.extend(end(effective, now));
    Ok(values)
}

/// When the worker left, unless that is written.
pub(crate) fn end(effective: &Effective, now: i64) -> Option<(String, Value)> {
    let key = report::ENDED.key;
    let started = effective.value(report::STARTED.key).and_then(Value::as_int);
    effective.value(key).is_none().then(|| (key.to_owned(), ended(started, now).into()))
}

/// The end of what began then: now, but not before it.
fn ended(started: Option<i64>, now: i64) -> i64 {
    started.map_or(now, |started| now.max(started))
}

fn given<'v>(values: &'v Values, key: &str) -> Option<&'v Value> {
    values.iter().find(|(given, _)| given == key).map(|(_, value)| value)
}

fn unless_given(values: &mut Values, key: &str, value: Value) {
    if given(values, key).is_none() {
        values.push((key.to_owned(), value));
    }
}
