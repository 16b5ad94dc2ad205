//! What has not arrived, item by item: how far it has come, how large it is, how often it was tried,
//! when it is tried again, and why it waits.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use sync_protocol::codes::Code;
use sync_protocol::ids::RecordId;
use sync_protocol::records::Kind;

use super::{Bilingual, FieldClient, FieldError};
use crate::error::CoreError;
use crate::store::changes::unsent::{self, State, Unsent};
use crate::store::tries::{self, Tried};
use crate::store::{Connection, StoreError, photos, records};
use crate::{clock, codes};

/// How far something has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Of a report that has not been handed in; it travels like the others.
    Draft,
    /// On this phone alone.
    Pending,
    /// On its way: it was sent, and the answer has not come.
    Sent,
    /// It waits for another phone's change.
    Held,
    /// It was refused; see what needs attention.
    NeedsAttention,
    /// Stored on the server; this phone has not read it back yet.
    Accepted,
}

/// Changes of one record in one state, or a photo.
#[derive(Clone, Serialize, uniffi::Record)]
pub struct OutboxItem {
    /// The record; of a photo its report.
    pub record: String,
    /// Its kind's code.
    pub kind: String,
    /// What a person knows it by.
    pub title: String,
    /// The photo's SHA-256, if it is one.
    pub photo: Option<String>,
    /// How far it has come.
    pub state: OutboxState,
    /// Changes; 0 of a photo.
    pub changes: u64,
    /// Bytes that are to be sent.
    pub bytes: u64,
    /// Attempts that did not come through.
    pub attempts: u64,
    /// Not before then a sync tries it again, in milliseconds since 1970 UTC; none: with the next one.
    pub next_try_ms: Option<i64>,
    /// Why it waits, by the catalogue of codes.
    pub code: Option<String>,
    /// The same in words: what happened and what to do.
    pub why: Option<Bilingual>,
}

impl std::fmt::Debug for OutboxItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutboxItem({}, {:?})", self.record, self.state)
    }
}

#[uniffi::export]
impl FieldClient {
    /// What has not arrived, and what is stored on the server and not read back: first in the order
    /// in which it was written, then photos in the order in which they go, small ones first.
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn outbox(&self) -> Result<Vec<OutboxItem>, FieldError> {
        let held = self.photos_wait();
        let rest = i64::try_from(self.session.conditions().rest().as_millis()).unwrap_or(i64::MAX);
        let rest_until = (rest > 0).then(|| clock::now_ms().saturating_add(rest));
        Ok(self.store.read(|connection| {
            let desk =
                Desk { connection, tried: tries::all(connection)?, titles: titles(connection)? };
            let mut items = desk.changes()?;
            items.extend(desk.photos(held)?);
            items.iter_mut().for_each(|item| item.next_try_ms = item.next_try_ms.max(rest_until));
            Ok::<_, CoreError>(items)
        })?)
    }
}

struct Desk<'c> {
    connection: &'c Connection,
    tried: HashMap<Vec<u8>, Tried>,
    /// Of each record its title and whether it is a report that has not been handed in.
    titles: HashMap<RecordId, (String, bool)>,
}

fn titles(connection: &Connection) -> Result<HashMap<RecordId, (String, bool)>, StoreError> {
    let mut titles = HashMap::new();
    for record in unsent::records(connection)? {
        if let Some(listed) = records::find(connection, record)? {
            let handed_in = listed.state.as_deref().is_some_and(|state| state != "draft");
            let draft = listed.place.kind.is_report() && !handed_in;
            titles.insert(record, (listed.title, draft));
        }
    }
    Ok(titles)
}

impl Desk<'_> {
    fn changes(&self) -> Result<Vec<OutboxItem>, StoreError> {
        let mut items: Vec<OutboxItem> = Vec::new();
        let mut places: BTreeMap<(RecordId, OutboxState, Option<String>), usize> = BTreeMap::new();
        for change in unsent::all(self.connection)? {
            let state = self.state(&change);
            let place = *places
                .entry((change.record, state, change.code.clone()))
                .or_insert_with(|| items.len());
            if place == items.len() {
                items.push(self.item(change.record, change.kind, state));
            }
            if let Some(item) = items.get_mut(place) {
                self.add(item, &change);
            }
        }
        Ok(items)
    }

    fn state(&self, change: &Unsent) -> OutboxState {
        let draft = self.titles.get(&change.record).is_some_and(|(_, draft)| *draft);
        match change.state {
            State::Sent => OutboxState::Sent,
            State::Held => OutboxState::Held,
            State::Refused => OutboxState::NeedsAttention,
            State::Accepted => OutboxState::Accepted,
            State::Pending if draft => OutboxState::Draft,
            State::Pending => OutboxState::Pending,
        }
    }

    fn add(&self, item: &mut OutboxItem, change: &Unsent) {
        item.changes += 1;
        item.bytes += change.bytes;
        let tried = change.push.and_then(|push| self.tried.get(push.as_bytes()));
        item.explain(tried, change.code.as_deref());
    }

    fn photos(&self, held: Option<&'static Code>) -> Result<Vec<OutboxItem>, StoreError> {
        let troubled: HashMap<_, _> = photos::troubled(self.connection)?
            .into_iter()
            .map(|photo| ((photo.photo.area, photo.photo.photo), photo.code))
            .collect();
        let mut items = Vec::new();
        for photo in photos::pending(self.connection)? {
            let code = troubled.get(&(photo.area, photo.photo));
            let state = match code {
                Some(_) => OutboxState::NeedsAttention,
                None => OutboxState::Pending,
            };
            let kind = records::find(self.connection, photo.record)?.map(|of| of.place.kind);
            let mut item = self.item(photo.record, kind.unwrap_or(Kind::Visit), state);
            item.photo = Some(photo.photo.to_string());
            item.bytes = photo.size;
            let waits = held.map(|code| code.code);
            let tried = self.tried.get(photo.photo.as_bytes());
            item.explain(tried, code.map(String::as_str).or(waits));
            items.push(item);
        }
        Ok(items)
    }

    fn item(&self, record: RecordId, kind: Kind, state: OutboxState) -> OutboxItem {
        OutboxItem {
            record: record.to_string(),
            kind: kind.code().to_owned(),
            title: self.titles.get(&record).map(|(title, _)| title.clone()).unwrap_or_default(),
            photo: None,
            state,
            changes: 0,
            bytes: 0,
            attempts: 0,
            next_try_ms: None,
            code: None,
            why: None,
        }
    }
}

impl OutboxItem {
    /// Why it waits: what was said of it, else how the last attempt ended.
    fn explain(&mut self, tried: Option<&Tried>, code: Option<&str>) {
        if let Some(tried) = tried {
            self.attempts = self.attempts.max(tried.attempts);
            self.next_try_ms = self.next_try_ms.max(Some(tried.next_at).filter(|at| *at > 0));
        }
        let Some(code) = code.or(tried.map(|tried| tried.code.as_str())) else { return };
        self.code = Some(code.to_owned());
        self.why = codes::find(code).map(|entry| sync_protocol::wire::Words::from(entry).into());
    }
}

#[cfg(test)]
mod tests;
