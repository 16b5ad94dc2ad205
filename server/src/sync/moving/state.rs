//! A record put together from a log's changes, so that others can be held against it.

use sync_protocol::codes;
use sync_protocol::document::{DecodedChange, Document, Registers};
use sync_protocol::ids::{ChangeHash, DeviceId};
use sync_protocol::judge::{self, Author, Known, Past, Refusal, Standing};
use sync_protocol::records::{Kind, Roles};

use crate::store::StoreError;
use crate::store::move_entries::Logged;

/// The record so far.
pub(super) struct State {
    pub(super) registers: Registers,
    document: Document,
    known: Known,
    past: Past,
}

impl State {
    /// What a log's changes make, in order.
    pub(super) fn of(kind: Kind, history: &[Logged]) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("a record's log");
        let document = Document::genesis(kind).map_err(|_| corrupt())?;
        let registers = Registers::genesis(kind);
        let (known, past) = (Known::new(), Past::new());
        let mut state = Self { registers, document, known, past };
        for logged in history {
            let change = judge::read(&logged.bytes, kind).map_err(|_| corrupt())?;
            state.registers.apply(&change);
            state.remember(&change);
        }
        let all = history.iter().map(|logged| logged.bytes.as_slice());
        state.document.apply(all).map_err(|_| corrupt())?;
        Ok(state)
    }

    /// Whether it has a change.
    pub(super) fn knows(&self, change: &ChangeHash) -> bool {
        self.known.contains_key(change)
    }

    /// Lets a change in if it fits; with roles, only if they may write it. Answers its last
    /// operation.
    pub(super) fn admit(
        &mut self,
        kind: Kind,
        bytes: &[u8],
        device: DeviceId,
        roles: Option<Roles>,
    ) -> Result<u64, Refusal> {
        if self.registers.kind != kind {
            return Err(Refusal::of(&codes::WRONG_KIND));
        }
        let change = judge::read(bytes, kind)?;
        let standing =
            Standing { registers: &self.registers, known: &self.known, past: &self.past };
        match roles {
            Some(roles) => judge::admit(&change, Author { device, roles }, &standing)?,
            None => judge::admit_adopted(&change, device, &standing)?,
        }
        let mut trial = self.document.clone();
        trial.apply([bytes]).map_err(|_| Refusal::of(&codes::WRONG_PREDECESSOR))?;
        self.document = trial;
        self.registers.apply(&change);
        self.remember(&change);
        Ok(change.max_op)
    }

    /// The registers with the characters of the texts, which only the document knows.
    pub(super) fn finished(mut self) -> Registers {
        self.document.fill_texts(&mut self.registers);
        self.registers
    }

    fn remember(&mut self, change: &DecodedChange) {
        self.known.insert(change.hash, change.max_op);
        self.past.extend(change.written());
    }
}
