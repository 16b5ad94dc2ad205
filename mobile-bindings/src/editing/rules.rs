//! A record is held to the rules of the shared crate: before it is saved, and while a person types.
//! What the rules are it does not know.

use std::collections::BTreeMap;

use sync_protocol::codes::{self as shared, Code};
use sync_protocol::configuration::Configuration;
use sync_protocol::document::Effective;
use sync_protocol::ids::RecordId;
use sync_protocol::records::check::{Finding, Severity, Sheet, findings};
use sync_protocol::records::{Kind, Value, Widget};

use super::{Values, report};
use crate::error::CoreError;
use crate::store::{Connection, configuration};
use crate::{codes, record};

/// What is wrong with a value.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// The key of the field.
    pub(crate) field: String,
    /// Why, in words.
    pub(crate) code: &'static Code,
    /// How grave it is.
    pub(crate) severity: Severity,
    /// Whether saving the values would be refused for it.
    pub(crate) blocks: bool,
}

/// The effective values of a record, for the rules.
pub(crate) fn sheet(kind: Kind, effective: &Effective, now: i64) -> Sheet<'_> {
    Sheet::new(kind, now, effective.fields.iter().map(|(key, f)| (key.as_str(), &f.value)))
}

/// Refuses what an edit made of a record, if it may not stay so: the first error, or all that a
/// report still lacks. `written` are the keys that changed, none for a record that it began.
pub(super) fn hold(
    connection: &Connection,
    kind: Kind,
    effective: &Effective,
    written: Option<&[&str]>,
    now: i64,
) -> Result<(), CoreError> {
    let configuration = configuration::current(connection)?;
    let sheet = sheet(kind, effective, now).under(&configuration);
    let mut found = findings(&sheet);
    found.retain(|finding| finding.blocks(&sheet, written));
    let lacking: Vec<&str> = found
        .iter()
        .filter(|finding| finding.rule.severity == Severity::Incomplete)
        .map(|finding| finding.field.as_str())
        .collect();
    match found.first() {
        None => Ok(()),
        Some(first) if first.rule.severity == Severity::Incomplete => {
            Err(CoreError::on(&codes::REPORT_INCOMPLETE, &lacking.join(", ")))
        }
        Some(first) => Err(CoreError::on(&first.rule.code, &first.field)),
    }
}

/// Values as they are stored: what was typed into a district's own field becomes a number, or yes or
/// no, if that is what it holds.
pub(super) fn typed(configuration: &Configuration, kind: Kind, values: Values) -> Values {
    let typed = |(key, value): (String, Value)| match configuration.field(kind, &key) {
        Some(own) => (key, own.typed(value)),
        None => (key, value),
    };
    values.into_iter().map(typed).collect()
}

/// What is wrong with values that are not saved yet: of a record of the kind that is on the phone, or
/// of one that they would begin.
pub(crate) fn tell(
    connection: &Connection,
    kind: Kind,
    record: Option<RecordId>,
    values: Values,
    now: i64,
) -> Result<Vec<Told>, CoreError> {
    let configuration = configuration::current(connection)?;
    let mut values = typed(&configuration, kind, values);
    let mut told = Vec::new();
    values.retain(|(key, value)| {
        let code = wrong_by_itself(kind, key, value);
        told.extend(code.map(|code| Told {
            field: key.clone(),
            code,
            severity: Severity::Error,
            blocks: true,
        }));
        code.is_none()
    });
    let stands = match record {
        Some(record) => standing(connection, kind, record)?,
        None => BTreeMap::new(),
    };
    if record.is_none() && kind.is_report() {
        report::begin(&mut values, now);
    }
    let differs =
        |(key, value): &&(String, Value)| *stands.get(key).unwrap_or(&Value::Null) != *value;
    let written: Vec<&str> = values.iter().filter(differs).map(|(key, _)| key.as_str()).collect();
    let all = stands.iter().chain(values.iter().map(|(key, value)| (key, value)));
    let sheet = Sheet::new(kind, now, all.map(|(key, value)| (key.as_str(), value)));
    let sheet = sheet.under(&configuration);
    let written = record.map(|_| written.as_slice());
    let found = findings(&sheet).into_iter();
    let asked = found.filter(|finding| record.is_some() || !is_given(kind, finding));
    told.extend(asked.map(|finding| Told {
        blocks: finding.blocks(&sheet, written),
        code: &finding.rule.code,
        severity: finding.rule.severity,
        field: finding.field,
    }));
    Ok(told)
}

/// What is wrong with a value whatever the others are.
fn wrong_by_itself(kind: Kind, key: &str, value: &Value) -> Option<&'static Code> {
    match kind.field(key) {
        None => Some(codes::before_saving(&shared::UNKNOWN_FIELD)),
        Some((field, _)) if field.check(value).is_err() => {
            Some(codes::before_saving(&shared::WRONG_VALUE))
        }
        Some(_) => None,
    }
}

/// The values that stand in a record.
fn standing(
    connection: &Connection,
    kind: Kind,
    record: RecordId,
) -> Result<BTreeMap<String, Value>, CoreError> {
    let registers = record::registers(connection, record)?
        .ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))?;
    if registers.kind != kind {
        return Err(CoreError::refused(&codes::WRONG_RECORD));
    }
    let fields = Effective::of(&registers).fields;
    Ok(fields.into_iter().map(|(key, field)| (key, field.value)).collect())
}

/// Whether a field is empty only because the call that begins the record fills it in.
fn is_given(kind: Kind, finding: &Finding) -> bool {
    let field = kind.field(&finding.field);
    finding.rule.severity == Severity::Incomplete
        && field.is_some_and(|(field, _)| field.widget == Widget::Given)
}
