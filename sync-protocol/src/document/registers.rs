//! A record's registers: for each key its live operations, for each text its characters and last
//! editor, the heads, and how far each actor has come. A few hundred bytes, brought up to date in
//! microseconds by folding decoded changes; a document is loaded only where a text was edited.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use smol_str::SmolStr;

use super::change::{Action, DecodedChange, OpId};
use super::packed::UnpackError;
use super::{genesis, packed};
use crate::ids::{Actor, ChangeHash};
use crate::records::{Kind, Value};

/// Who wrote something, and when by their clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Who.
    pub actor: Actor,
    /// In that actor's how-manieth change to this record.
    pub seq: u64,
    /// When, in seconds since 1970 UTC.
    pub time: i64,
}

/// A live operation of a key: a value that no later change has replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Lamport counter; with the actor it names the operation.
    pub counter: u64,
    /// Who and when.
    pub stamp: Stamp,
    /// What.
    pub value: Value,
}

impl Live {
    /// The operation's name. Automerge's winner is the one whose name is greatest.
    pub fn id(&self) -> OpId {
        OpId { counter: self.counter, actor: self.stamp.actor }
    }
}

/// The live operations of a key: one, unless several wrote without knowing of each other.
pub type LiveValues = SmallVec<[Live; 1]>;

/// A free text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextRegister {
    /// Its characters.
    pub text: String,
    /// Counter of the last operation on it.
    pub counter: u64,
    /// Who edited it last, and when.
    pub last: Option<Stamp>,
}

/// How far an actor has come in this record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActorState {
    /// Its last change's number.
    pub seq: u64,
    /// That change.
    pub hash: ChangeHash,
    /// That change's last operation; the actor's next one has a higher counter.
    pub max_op: u64,
}

/// The registers of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registers {
    /// What kind of record it is.
    pub kind: Kind,
    /// The changes that nothing builds upon yet, sorted.
    pub heads: Vec<ChangeHash>,
    /// The highest operation counter.
    pub max_op: u64,
    /// Every actor that changed the record.
    pub actors: BTreeMap<Actor, ActorState>,
    /// Live operations by key, highest id first.
    pub keys: BTreeMap<SmolStr, LiveValues>,
    /// Texts by key.
    pub texts: BTreeMap<SmolStr, TextRegister>,
}

impl Registers {
    /// The registers of a record that holds its genesis change alone.
    pub fn genesis(kind: Kind) -> Self {
        Self {
            kind,
            heads: vec![genesis::hash(kind)],
            max_op: genesis::max_op(kind),
            actors: BTreeMap::new(),
            keys: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    /// Whether the record has more than its genesis.
    pub fn is_written(&self) -> bool {
        !self.actors.is_empty()
    }

    /// Folds a judged change into the registers. If it edits a text, the caller then sets the
    /// characters from the document ([`super::Document::fill_texts`]).
    pub fn apply(&mut self, change: &DecodedChange) {
        let stamp = Stamp { actor: change.actor, seq: change.seq, time: change.time };
        for operation in &change.operations {
            match &operation.action {
                Action::Put(key, value) => {
                    let counter = operation.id.counter;
                    let live = Live { counter, stamp, value: value.clone() };
                    self.put(key, live, &operation.replaces);
                }
                Action::EditText(key) => {
                    self.stamp_text(key, operation.id.counter, stamp);
                }
                Action::Delete(_) | Action::Unknown(_) => {}
            }
        }
        self.advance(change);
    }

    fn put(&mut self, key: &SmolStr, live: Live, replaces: &[OpId]) {
        let register = self.keys.entry(key.clone()).or_default();
        register.retain(|old| !replaces.contains(&old.id()));
        let place = register.partition_point(|old| old.id() > live.id());
        register.insert(place, live);
    }

    fn stamp_text(&mut self, key: &'static str, counter: u64, stamp: Stamp) {
        let text = self.texts.entry(SmolStr::new_static(key)).or_default();
        let last = text.last.map(|last| (text.counter, last.actor));
        if last < Some((counter, stamp.actor)) {
            text.counter = counter;
            text.last = Some(stamp);
        }
    }

    fn advance(&mut self, change: &DecodedChange) {
        self.heads.retain(|head| !change.deps.contains(head));
        if let Err(place) = self.heads.binary_search(&change.hash) {
            self.heads.insert(place, change.hash);
        }
        self.max_op = self.max_op.max(change.max_op);
        let state = ActorState { seq: change.seq, hash: change.hash, max_op: change.max_op };
        self.actors.insert(change.actor, state);
    }

    /// Whether an operation is live on a key.
    pub fn is_live(&self, key: &str, id: &OpId) -> bool {
        self.keys.get(key).is_some_and(|live| live.iter().any(|live| live.id() == *id))
    }

    /// Whether a key has several live values: only then can it be in clash.
    pub fn is_contested(&self) -> bool {
        self.keys.values().any(|live| live.len() > 1)
    }

    /// A fingerprint: two copies of a record that hold the same changes have the same.
    pub fn digest(&self) -> ChangeHash {
        use sha2::{Digest, Sha256};
        ChangeHash(Sha256::digest(self.to_bytes()).into())
    }

    /// The registers as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        packed::pack(self)
    }

    /// Registers from bytes that [`Registers::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`UnpackError`] when the bytes are not registers.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnpackError> {
        packed::unpack(bytes)
    }
}
