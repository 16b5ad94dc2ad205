//! What a report begins with.

use sync_protocol::records::{Value, report};

use super::Values;

/// Fills in, unless they are given: that it is a draft, when it began, and of one that is handed in
/// at once when it ended. `now` is in milliseconds by the phone's clock.
pub(crate) fn begin(values: &mut Values, now: i64) {
    unless_given(values, report::STATE.key, "draft".into());
    unless_given(values, report::STARTED.key, now.into());
    if given(values, report::STATE.key).and_then(Value::as_text) == Some("submitted") {
        // A clock that was set back since then does not keep a report from being handed in.
        let started = given(values, report::STARTED.key).and_then(Value::as_int);
        unless_given(values, report::ENDED.key, now.max(started.unwrap_or(now)).into());
    }
}

fn given<'v>(values: &'v Values, key: &str) -> Option<&'v Value> {
    values.iter().find(|(given, _)| given == key).map(|(_, value)| value)
}

fn unless_given(values: &mut Values, key: &str, value: Value) {
    if given(values, key).is_none() {
        values.push((key.to_owned(), value));
    }
}
