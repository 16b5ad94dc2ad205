//! An edit: the document, the checks, and one transaction that holds record, change and intents.
//!
//! The phone holds its own change to the same judge as the server does, so a person hears at once
//! what would come back as a rejection. It must not know HTTP or FFI.

pub(crate) mod report;
pub(crate) mod residency;
pub(crate) mod rules;

use sync_protocol::codes;
use sync_protocol::document::{Document, Edited, Effective, Registers};
use sync_protocol::ids::{Actor, AreaId, ChangeHash, RecordId};
use sync_protocol::judge::{self, Author, Known, Past, Standing};
use sync_protocol::records::{Kind, Roles, Value};

use crate::error::CoreError;
use crate::record::LocalRecord;
use crate::store::changes::{self, ChangeNo, Fresh};
use crate::store::records::Place;
use crate::store::{StoreError, Transaction, areas, configuration, intents, records};

/// Values by key, in the order in which they were given.
pub(crate) type Values = Vec<(String, Value)>;

/// Who edits, and when by the phone's clock in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hand {
    pub(crate) actor: Actor,
    pub(crate) now: i64,
}

/// What an edit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) record: RecordId,
    /// The change; none if nothing was different.
    pub(crate) change: Option<ChangeHash>,
    /// The keys that really changed.
    pub(crate) written: Vec<String>,
}

/// Edits a record that is on the phone.
pub(crate) fn edit(
    transaction: &Transaction<'_>,
    hand: Hand,
    record: RecordId,
    values: &Values,
) -> Result<Saved, CoreError> {
    let local = LocalRecord::load(transaction, record)?
        .ok_or_else(|| CoreError::refused(&crate::codes::NOT_ON_PHONE))?;
    write(transaction, hand, local, values)
}

/// Edits a record, which is begun if it is not on the phone.
pub(crate) fn begin(
    transaction: &Transaction<'_>,
    hand: Hand,
    record: RecordId,
    (area, kind): (AreaId, Kind),
    values: &Values,
) -> Result<Saved, CoreError> {
    let local = match LocalRecord::load(transaction, record)? {
        Some(local) => local,
        None => LocalRecord::genesis(record, area, kind)?,
    };
    write(transaction, hand, local, values)
}

fn write(
    transaction: &Transaction<'_>,
    hand: Hand,
    mut local: LocalRecord,
    values: &Values,
) -> Result<Saved, CoreError> {
    let place = local.place;
    if records::place_of(transaction, place.record)?.is_some_and(|(_, leaving)| leaving) {
        return Err(CoreError::refused(&codes::AREA_FORBIDDEN));
    }
    let area = areas::find(transaction, place.area)?
        .ok_or_else(|| CoreError::refused(&codes::AREA_FORBIDDEN))?;
    let values = rules::typed(&configuration::current(transaction)?, place.kind, values.clone());
    let Some(edited) = put(transaction, &mut local, (hand.actor, hand.now), &values)? else {
        return Ok(Saved { record: place.record, change: None, written: Vec::new() });
    };
    admit(&edited, hand, area.roles, &local.registers, place.kind)?;
    let begun = !local.registers.is_written();
    fold(&mut local.registers, &edited, &local.document);
    let keys: Vec<&str> = edited.written.iter().map(|field| field.key.as_str()).collect();
    let keys = (!begun).then_some(keys.as_slice());
    rules::hold(transaction, place.kind, &Effective::of(&local.registers), keys, hand.now)?;
    local.save(transaction)?;
    note(transaction, place, &edited, hand.now)?;
    let written = edited.written.into_iter().map(|field| field.key).collect();
    Ok(Saved { record: place.record, change: Some(edited.change.hash), written })
}

/// Puts values into a record's document. Two records that are begun with the same words in the same second
/// would have one change between them, and of an answer it could not be told which of them it is about:
/// the later one is begun a second later.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    local: &mut LocalRecord,
    (actor, at): (Actor, i64),
    values: &[(String, Value)],
) -> Result<Option<Edited>, CoreError> {
    let mut time = at.div_euclid(1000);
    loop {
        let edited = local.document.edit(actor, time, values)?;
        let Some(Edited { change, .. }) = &edited else { return Ok(None) };
        let is_begun = local.registers.is_written();
        if is_begun || changes::find(transaction, &change.hash)?.is_none() {
            return Ok(edited);
        }
        local.document = Document::genesis(local.place.kind)?;
        time += 1;
    }
}

/// The server's judge, asked before the change is kept.
fn admit(
    edited: &Edited,
    hand: Hand,
    roles: Roles,
    registers: &Registers,
    kind: Kind,
) -> Result<(), CoreError> {
    judge::read(&edited.bytes, kind)?;
    // An edit builds on the heads, and a head is always its actor's last change.
    let known: Known = registers.actors.values().map(|state| (state.hash, state.max_op)).collect();
    // It replaces live operations alone, so nothing of the past is asked for.
    let standing = Standing { registers, known: &known, past: &Past::new() };
    let author = Author { device: hand.actor.device(), roles };
    Ok(judge::admit(&edited.change, author, &standing)?)
}

/// Brings registers up to a change that their document has.
pub(crate) fn fold(registers: &mut Registers, edited: &Edited, document: &Document) {
    registers.apply(&edited.change);
    if edited.change.edits_text() {
        document.fill_texts(registers);
    }
}

/// Puts a change into the outbox with what it was meant to do.
pub(crate) fn note(
    transaction: &Transaction<'_>,
    place: Place,
    edited: &Edited,
    made_at: i64,
) -> Result<ChangeNo, StoreError> {
    let fresh = Fresh {
        hash: edited.change.hash,
        area: place.area,
        record: place.record,
        kind: place.kind,
        bytes: &edited.bytes,
        made_at,
    };
    let change = changes::insert(transaction, &fresh)?;
    intents::insert(transaction, change, &edited.written)?;
    Ok(change)
}

#[cfg(test)]
mod tests;
