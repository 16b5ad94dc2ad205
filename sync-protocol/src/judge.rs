//! Judging a change nobody trusts, from cheap to expensive, a stage a file. Every failure is a
//! [`Refusal`] with a code; nothing here panics, whatever the bytes.
//!
//! [`read`] takes the bytes apart (chunk, parse); [`admit`] holds the result against what is known
//! of the record (lineage, operations, permission). Between the two the caller looks up what
//! [`admit`] needs: see [`Standing`].

mod chunk;
mod columns;
pub mod limits;
mod lineage;
mod operations;
mod parse;
mod permission;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::codes::{self, Code};
use crate::document::change::OpId;
use crate::document::{DecodedChange, Registers};
use crate::ids::{ChangeHash, DeviceId};
use crate::records::{Kind, Roles};

/// Why a change was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code of the catalogue.
    pub code: &'static Code,
    /// The field at fault, where there is one.
    pub field: Option<String>,
    /// The changes that it builds upon and that are not here; then it is to be held, not refused.
    pub missing: Vec<ChangeHash>,
}

impl Refusal {
    /// A refusal that concerns no field.
    pub fn of(code: &'static Code) -> Self {
        Self { code, field: None, missing: Vec::new() }
    }

    /// A refusal for the sake of a field.
    pub fn on(code: &'static Code, field: &str) -> Self {
        let field = field.chars().take(limits::KEY_BYTES).collect();
        Self { code, field: Some(field), missing: Vec::new() }
    }

    fn waits_for(missing: Vec<ChangeHash>) -> Self {
        Self { code: &codes::MISSING_DEPENDENCY, field: None, missing }
    }
}

/// Whose change it is.
#[derive(Debug, Clone, Copy)]
pub struct Author {
    /// The device that pushes.
    pub device: DeviceId,
    /// Its person's roles in the record's area.
    pub roles: Roles,
}

/// The highest operation of each of a record's changes.
pub type Known = BTreeMap<ChangeHash, u64>;

/// Operations of a record, live or not, with their keys.
pub type Past = BTreeSet<(SmolStr, OpId)>;

/// What is known of the record that a change is for.
#[derive(Debug)]
pub struct Standing<'a> {
    /// Its registers, with every change accepted so far.
    pub registers: &'a Registers,
    /// The accepted changes that this one may name as a dependency.
    pub known: &'a Known,
    /// Operations of the record that are no longer live; needed only where [`needs_past`].
    pub past: &'a Past,
}

/// Takes a change's bytes apart: size, chunk header, contained parse.
///
/// # Errors
/// A [`Refusal`] when they are no plain change of a record of this kind.
pub fn read(bytes: &[u8], kind: Kind) -> Result<DecodedChange, Refusal> {
    chunk::check(bytes)?;
    columns::check(bytes)?;
    parse::parse(bytes, kind)
}

/// Whether a change replaces an operation that is not live any more: somebody edited upon an older
/// state. [`admit`] then needs [`Standing::past`].
pub fn needs_past(change: &DecodedChange, registers: &Registers) -> bool {
    operations::replaced(change).any(|(key, id)| !registers.is_live(key, id))
}

/// Holds a change against the record and its author.
///
/// # Errors
/// A [`Refusal`] with the first thing that is wrong.
pub fn admit(
    change: &DecodedChange,
    author: Author,
    standing: &Standing<'_>,
) -> Result<(), Refusal> {
    admit_adopted(change, author.device, standing)?;
    permission::check(change, author.roles, standing.registers)
}

/// The same for a change that staff adopt: it must fit the record, but nobody asks any more whether
/// its author was allowed to write it.
///
/// # Errors
/// A [`Refusal`] with the first thing that is wrong.
pub fn admit_adopted(
    change: &DecodedChange,
    device: DeviceId,
    standing: &Standing<'_>,
) -> Result<(), Refusal> {
    lineage::check(change, device, standing)?;
    operations::check(change, standing)
}
