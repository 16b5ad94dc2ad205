//! A record's whole document: opened, fed with judged changes, saved. What needs no document works
//! on [`Registers`].

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{AutoCommit, Change, ROOT, ReadDoc};

use super::{DecodedChange, Registers, genesis, walk};
use crate::ids::ChangeHash;
use crate::records::Kind;
#[cfg(test)]
use crate::records::Value;

/// A record's document.
#[derive(Clone)]
pub struct Document {
    pub(super) kind: Kind,
    pub(super) inner: AutoCommit,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What went wrong with a document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are no document of this kind.
    #[error("the stored document cannot be read")]
    Unreadable(#[source] automerge::AutomergeError),
    /// The bytes are a document, but none of ours.
    #[error("the stored document does not begin with the genesis change of its kind")]
    NoGenesis,
    /// A change cannot be read.
    #[error("a change cannot be read")]
    Change(#[source] automerge::LoadChangeError),
    /// A change has an actor that is not ours.
    #[error(transparent)]
    Decode(#[from] super::change::DecodeError),
    /// A change waits for another that is not here.
    #[error("a change waits for one that is not here")]
    Incomplete,
    /// Automerge panicked over a change.
    #[error("a change does what a document cannot")]
    Poisoned,
    /// The key is not one of the kind's table.
    #[error("'{0}' is not a field of this kind of record")]
    UnknownField(String),
    /// A value is not of its field's type or size.
    #[error("'{key}': {source}")]
    Value {
        /// Which field.
        key: String,
        /// What is wrong.
        source: crate::records::field::ValueError,
    },
}

impl Document {
    /// A record that holds its genesis change alone.
    ///
    /// # Errors
    /// None is expected: the genesis changes are constants that tests read.
    pub fn genesis(kind: Kind) -> Result<Self, DocumentError> {
        let change = read_change(genesis::bytes(kind))?;
        let mut inner = AutoCommit::new();
        inner.apply_changes([change]).map_err(DocumentError::Unreadable)?;
        Ok(Self { kind, inner })
    }

    /// A document from bytes that [`Document::save`] wrote.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] when they are not those of a document, and
    /// [`DocumentError::NoGenesis`] when it is one without the kind's genesis change; no bytes at all
    /// are Automerge's empty document.
    pub fn load(kind: Kind, bytes: &[u8]) -> Result<Self, DocumentError> {
        let inner = AutoCommit::load(bytes).map_err(DocumentError::Unreadable)?;
        let mut document = Self { kind, inner };
        let is_ours = document.has(&genesis::hash(kind));
        if is_ours { Ok(document) } else { Err(DocumentError::NoGenesis) }
    }

    /// The whole document with its history, as bytes. Its columns are not deflated one by one: what
    /// keeps or carries documents compresses them whole, or many together, and sees what they share.
    pub fn save(&mut self) -> Vec<u8> {
        self.inner.save_nocompress()
    }

    /// The changes that nothing builds upon yet, sorted.
    pub fn heads(&mut self) -> Vec<ChangeHash> {
        let mut heads: Vec<_> = self.inner.get_heads().iter().map(|h| ChangeHash(h.0)).collect();
        heads.sort_unstable();
        heads
    }

    /// Whether the document holds a change.
    pub fn has(&mut self, hash: &ChangeHash) -> bool {
        self.inner.get_change_meta_by_hash(&automerge::ChangeHash(hash.0)).is_some()
    }

    /// Applies changes that were judged, with panics contained: what a text's operations point at
    /// only the document knows.
    ///
    /// # Errors
    /// [`DocumentError::Incomplete`] when one waits for a change that is not here. After any error
    /// the document is to be thrown away.
    pub fn apply<'b>(
        &mut self,
        changes: impl IntoIterator<Item = &'b [u8]>,
    ) -> Result<(), DocumentError> {
        let changes = changes.into_iter().map(read_change).collect::<Result<Vec<_>, _>>()?;
        catch_unwind(AssertUnwindSafe(|| self.apply_read(changes)))
            .unwrap_or(Err(DocumentError::Poisoned))
    }

    fn apply_read(&mut self, changes: Vec<Change>) -> Result<(), DocumentError> {
        let names: Vec<_> = changes.iter().map(Change::hash).collect();
        self.inner.apply_changes(changes).map_err(DocumentError::Unreadable)?;
        let all_in = names.iter().all(|hash| self.inner.get_change_meta_by_hash(hash).is_some());
        if all_in { Ok(()) } else { Err(DocumentError::Incomplete) }
    }

    /// Takes over everything that another copy of the same record holds.
    ///
    /// # Errors
    /// Those of Automerge's merge.
    pub fn merge(&mut self, other: &mut Self) -> Result<(), DocumentError> {
        self.inner.merge(&mut other.inner).map_err(DocumentError::Unreadable)?;
        Ok(())
    }

    /// A copy without the changes named and without whatever builds upon them: what is left of a
    /// record when a server refused them.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`]; none is expected of changes that the document has.
    pub fn without(&mut self, refused: &HashSet<ChangeHash>) -> Result<Self, DocumentError> {
        let mut left_out = refused.clone();
        let mut kept = Vec::new();
        // In an order in which every change stands behind those it builds upon.
        for change in self.inner.get_changes(&[]) {
            let hash = ChangeHash(change.hash().0);
            let orphaned = change.deps().iter().any(|dep| left_out.contains(&ChangeHash(dep.0)));
            if orphaned || left_out.contains(&hash) {
                left_out.insert(hash);
            } else {
                kept.push(change);
            }
        }
        let mut inner = AutoCommit::new();
        inner.apply_changes(kept).map_err(DocumentError::Unreadable)?;
        Ok(Self { kind: self.kind, inner })
    }

    /// A copy with the genesis change and those alone that are wanted, as far as nothing that they build
    /// upon is missing: by name, time (seconds since 1970 UTC, its author's clock), and whether one of
    /// those that are kept is among what it builds upon.
    ///
    /// # Errors
    /// Those of [`Document::without`].
    pub fn only(
        &mut self,
        wanted: impl Fn(ChangeHash, i64, bool) -> bool,
    ) -> Result<Self, DocumentError> {
        let genesis = genesis::hash(self.kind);
        let (mut kept, mut unwanted) = (HashSet::new(), HashSet::new());
        // In an order in which every change stands behind those it builds upon.
        for change in self.inner.get_changes(&[]) {
            let hash = ChangeHash(change.hash().0);
            let deps = || change.deps().iter().map(|dep| ChangeHash(dep.0));
            let upon_kept = deps().any(|dep| kept.contains(&dep));
            let lacking = deps().any(|dep| unwanted.contains(&dep));
            if hash == genesis {
                continue;
            }
            if !lacking && wanted(hash, change.timestamp(), upon_kept) {
                kept.insert(hash);
            } else {
                unwanted.insert(hash);
            }
        }
        self.without(&unwanted)
    }

    /// A text's characters.
    pub fn text(&self, key: &str) -> Option<String> {
        let (_, object) = self.inner.get(ROOT, key).ok()??;
        self.inner.text(object).ok()
    }

    /// The registers.
    ///
    /// # Errors
    /// [`DocumentError::Decode`] when a change has an actor that is not ours.
    pub fn registers(&mut self) -> Result<Registers, DocumentError> {
        match walk::registers(self.kind, &mut self.inner)? {
            Some(registers) => Ok(registers),
            None => self.fold(),
        }
    }

    /// The registers, by folding every change of the history.
    fn fold(&mut self) -> Result<Registers, DocumentError> {
        let mut registers = Registers::genesis(self.kind);
        let genesis = genesis::hash(self.kind).0;
        for change in self.inner.get_changes(&[]) {
            if change.hash().0 != genesis {
                registers.apply(&DecodedChange::of(&change, self.kind)?);
            }
        }
        self.fill_texts(&mut registers);
        Ok(registers)
    }

    /// Brings the texts of the registers up to what the document has.
    pub fn fill_texts(&self, registers: &mut Registers) {
        for (key, register) in &mut registers.texts {
            if let Some(text) = self.text(key) {
                register.text = text;
            }
        }
    }

    /// The object of a text.
    pub(super) fn text_object(&self, key: &str) -> Option<automerge::ObjId> {
        let (value, object) = self.inner.get(ROOT, key).ok()??;
        value.is_object().then_some(object)
    }

    /// The live values of every scalar key as Automerge has them, sorted: what registers must equal.
    #[cfg(test)]
    pub(super) fn live_values(&self) -> std::collections::BTreeMap<String, Vec<Value>> {
        let keys = self.inner.keys(ROOT).filter(|key| key != genesis::SCHEMA_KEY);
        let scalars = keys.filter(|key| self.text_object(key).is_none());
        scalars
            .map(|key| {
                let live = self.inner.get_all(ROOT, key.as_str()).unwrap();
                let mut values: Vec<Value> =
                    live.iter().map(|(value, _)| scalar(value).unwrap()).collect();
                values.sort();
                (key, values)
            })
            .collect()
    }

    /// Automerge's own winner of a key.
    #[cfg(test)]
    pub(super) fn winner(&self, key: &str) -> Option<Value> {
        let (value, _) = self.inner.get(ROOT, key).ok()??;
        scalar(&value)
    }
}

#[cfg(test)]
fn scalar(value: &automerge::Value<'_>) -> Option<Value> {
    super::change::value(value.as_scalar()?)
}

fn read_change(bytes: &[u8]) -> Result<Change, DocumentError> {
    Change::from_bytes(bytes.to_vec()).map_err(DocumentError::Change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Actor, DeviceId};

    #[test]
    fn without_a_refused_change_what_builds_on_it_is_gone_and_the_rest_stands() {
        let edit = |document: &mut Document, device, key: &str, value: &str| {
            let values = [(key.to_owned(), Value::from(value))];
            let actor = Actor::new(DeviceId(device), 1);
            document.edit(actor, 1, &values).unwrap().unwrap()
        };
        let mut ours = Document::genesis(Kind::Premises).unwrap();
        let mut theirs = ours.clone();
        edit(&mut ours, 1, "address", "A");
        let stands = ours.registers().unwrap();
        let refused = edit(&mut ours, 1, "tier", "key");
        edit(&mut ours, 1, "room", "1");
        let other = edit(&mut theirs, 2, "unit", "2");
        ours.apply([other.bytes.as_slice()]).unwrap();

        let mut left = ours.without(&HashSet::from([refused.change.hash])).unwrap();
        let mut expected = stands;
        expected.apply(&other.change);
        assert_eq!(left.registers().unwrap(), expected);
    }
}
