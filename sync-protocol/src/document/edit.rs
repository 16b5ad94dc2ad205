//! Editing a record: values become one change, and only those that really change anything.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutomergeError, ROOT, ReadDoc};

use super::{DecodedChange, Document, DocumentError, Effective, Registers};
use crate::ids::Actor;
use crate::records::{Merge, Value};

/// A value as it was and as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The field's key.
    pub key: String,
    /// What stood there before.
    pub old: Option<Value>,
    /// What stands there now.
    pub new: Value,
}

/// An edit that was made: one change.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The change, as it travels.
    pub bytes: Vec<u8>,
    /// The same, taken apart.
    pub change: DecodedChange,
    /// The fields it really changed.
    pub written: Vec<Written>,
}

impl Document {
    /// Writes values as one change. A value that stands already is not written: a form that sends
    /// every prefilled value back would overwrite fresher ones, or settle a clash that nobody
    /// looked at. Only a decision (`decided.<key>` beside the key) writes a standing value again.
    /// Answers nothing if nothing changed.
    ///
    /// `time` is in seconds since 1970 UTC.
    ///
    /// # Errors
    /// [`DocumentError::UnknownField`] or [`DocumentError::Value`]; nothing is written then.
    pub fn edit(
        &mut self,
        actor: Actor,
        time: i64,
        values: &[(String, Value)],
    ) -> Result<Option<Edited>, DocumentError> {
        let registers = self.registers()?;
        let changed = self.really_changed(&registers, values)?;
        if changed.is_empty() {
            return Ok(None);
        }
        self.inner.set_actor(ActorId::from(actor.as_bytes()));
        for written in &changed {
            self.write(&written.key, &written.new).map_err(DocumentError::Unreadable)?;
        }
        self.inner.commit_with(CommitOptions::default().with_time(time));
        let Some(change) = self.inner.get_last_local_change() else { return Ok(None) };
        let decoded = DecodedChange::of(&change, self.kind)?;
        let bytes = change.raw_bytes().to_vec();
        Ok(Some(Edited { bytes, change: decoded, written: changed }))
    }

    fn really_changed(
        &self,
        registers: &Registers,
        values: &[(String, Value)],
    ) -> Result<Vec<Written>, DocumentError> {
        let mut changed: Vec<Written> = Vec::new();
        for (key, new) in values {
            let (field, _) =
                self.kind.field(key).ok_or_else(|| DocumentError::UnknownField(key.clone()))?;
            field.check(new).map_err(|source| DocumentError::Value { key: key.clone(), source })?;
            let old = if field.merge == Merge::Text {
                self.text(key).map(Value::from)
            } else {
                Effective::of_key(registers, key).map(|field| field.value)
            };
            let stands = old.as_ref() == Some(new) && !decides(values, key);
            let never_written = *new == Value::Null && old.is_none();
            if !stands && !never_written {
                changed.retain(|earlier| earlier.key != *key);
                changed.push(Written { key: key.clone(), old, new: new.clone() });
            }
        }
        Ok(changed)
    }

    fn write(&mut self, key: &str, value: &Value) -> Result<(), AutomergeError> {
        if let (Value::Text(text), Some(object)) = (value, self.text_object(key)) {
            return self.inner.update_text(&object, text);
        }
        // Where several values are live Automerge would answer a repeated winner by deleting the
        // others and leave the winner to its first author. Deleted first, it is written anew.
        if self.inner.get_all(ROOT, key)?.len() > 1 {
            self.inner.delete(ROOT, key)?;
        }
        match value {
            Value::Text(text) => self.inner.put(ROOT, key, text.as_str()),
            Value::Int(number) => self.inner.put(ROOT, key, *number),
            Value::Bool(yes) => self.inner.put(ROOT, key, *yes),
            Value::Null => self.inner.put(ROOT, key, ()),
        }
    }
}

/// Whether the values hold the words of a decision of this key.
fn decides(values: &[(String, Value)], key: &str) -> bool {
    values.iter().any(|(other, _)| other.strip_prefix("decided.") == Some(key))
}
