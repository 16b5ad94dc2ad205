//! A refused change strands every later one that builds on it. So the record is rebuilt from what
//! the server has not refused, and what the worker meant is written again from the intents: all of
//! it but the refused part, which stays under "needs attention".

use std::collections::HashSet;

use sync_protocol::codes;
use sync_protocol::document::Written;
use sync_protocol::ids::{Actor, AreaId, RecordId};

use crate::editing;
use crate::error::CoreError;
use crate::record::LocalRecord;
use crate::store::changes::{self, ChangeNo, Unaccepted};
use crate::store::{Transaction, intents, records};

/// What rebuilding a record came to.
#[derive(Default)]
pub(super) struct Mended {
    /// Changes of which a part or all stays refused.
    pub(super) refused: u64,
    /// The record's area, if the device's numbers had been used twice.
    pub(super) forked: Option<AreaId>,
}

/// What a record has to be rebuilt without.
#[derive(Clone, Copy)]
pub(super) struct Stranding<'a> {
    /// Changes that have just been refused.
    pub(super) refused: &'a [ChangeNo],
    /// Changes that write again what is in the server's log by now.
    pub(super) doubled: &'a [ChangeNo],
}

/// Rebuilds a record.
pub(super) fn record(
    transaction: &Transaction<'_>,
    actor: Actor,
    record: RecordId,
    stranding: Stranding<'_>,
) -> Result<Mended, CoreError> {
    let Some(mut local) = LocalRecord::load(transaction, record)? else {
        let mut refused = stranding.refused.iter();
        refused.try_for_each(|no| changes::set_apart(transaction, *no))?;
        return Ok(Mended::default());
    };
    let mut stranded = changes::unaccepted_of(transaction, record)?;
    let gone = |no: &ChangeNo| stranding.refused.contains(no) || stranding.doubled.contains(no);
    let hashes: HashSet<_> = stranded.iter().filter(|c| gone(&c.no)).map(|c| c.hash).collect();
    local.document = local.document.without(&hashes)?;
    // What builds on them went with them. What was refused before is long gone.
    stranded.retain(|change| {
        let was_in = change.judged.is_none() || change.held || gone(&change.no);
        was_in && !local.document.has(&change.hash)
    });
    local.registers = local.document.registers()?;

    let mut mended = Mended::default();
    for change in &stranded {
        changes::set_apart(transaction, change.no)?;
        if stranding.doubled.contains(&change.no) {
            changes::replace(transaction, change.no)?;
            continue;
        }
        if change.judged.as_deref() == Some(codes::FORKED_ACTOR.code) {
            mended.forked = Some(local.place.area);
        }
        mended.refused += u64::from(write_again(transaction, actor, &mut local, change)?);
    }
    if local.registers.is_written() {
        local.save(transaction)?;
    } else {
        records::remove(transaction, record)?;
    }
    Ok(mended)
}

/// Writes a change's intents again but for the refused part; answers whether there is one.
fn write_again(
    transaction: &Transaction<'_>,
    actor: Actor,
    local: &mut LocalRecord,
    change: &Unaccepted,
) -> Result<bool, CoreError> {
    let meant = intents::of(transaction, change.no)?;
    let part = RefusedPart::of(change, &meant);
    let values: Vec<_> =
        meant.into_iter().filter(|field| !part.covers(field)).map(|f| (f.key, f.new)).collect();
    if let Some(edited) = editing::put(transaction, local, (actor, change.made_at), &values)? {
        editing::fold(&mut local.registers, &edited, &local.document);
        let copy = editing::note(transaction, local.place, &edited, change.made_at)?;
        changes::note_copy(transaction, copy, change.no)?;
    }
    let refused = !matches!(part, RefusedPart::Nothing);
    match part {
        RefusedPart::Nothing => changes::replace(transaction, change.no)?,
        RefusedPart::Field(key) => intents::keep_only(transaction, change.no, &key)?,
        RefusedPart::All => {}
    }
    Ok(refused)
}

/// How much of a change was refused.
enum RefusedPart {
    /// Nothing: it was stranded by another one, or its number was used up.
    Nothing,
    /// One field; the others have not been judged.
    Field(String),
    /// All of it.
    All,
}

impl RefusedPart {
    fn of(change: &Unaccepted, meant: &[Written]) -> Self {
        let wrote = |key: &String| meant.iter().any(|field| field.key == *key);
        let one_field = [&codes::FIELD_FORBIDDEN, &codes::WRONG_VALUE, &codes::UNKNOWN_FIELD];
        match (change.judged.as_deref(), &change.field) {
            _ if change.held => Self::Nothing,
            (None, _) => Self::Nothing,
            (Some(code), _) if code == codes::FORKED_ACTOR.code => Self::Nothing,
            // A field that the change did not write would be refused for ever.
            (Some(code), Some(field))
                if wrote(field) && one_field.iter().any(|one| one.code == code) =>
            {
                Self::Field(field.clone())
            }
            _ => Self::All,
        }
    }

    fn covers(&self, field: &Written) -> bool {
        match self {
            Self::Nothing => false,
            Self::Field(key) => field.key == *key,
            Self::All => true,
        }
    }
}
