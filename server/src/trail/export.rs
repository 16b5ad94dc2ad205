//! The trail as a file for whoever does not want to believe the server: one JSON object a line, a
//! first one that says what it is, one for each entry with its chain value, a last one that says where
//! it ends. docs/audit.md tells how to verify it. Exporting it is itself noted, as its last entry.

use serde_json::{Map, Value as Json, json};

use super::{Act, Actor, Entry, Origin, chain, note, reason};
use crate::auth::audit::TrailScope;
use crate::store::trail::Kept;
use crate::store::{Store, StoreError, district, trail};

/// How many entries are read at once.
const BATCH: i64 = 500;

/// An export under way.
#[derive(Debug)]
pub struct Export {
    store: Store,
    /// The last place that was written.
    place: u64,
    /// The chain value there.
    chain: Vec<u8>,
    end: u64,
    first: Option<Json>,
    is_done: bool,
}

impl Export {
    /// Begins an export of everything after a place, and notes it; nothing for who may not read all of
    /// the trail, or if there is no such place.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin(
        store: &Store,
        scope: &TrailScope,
        after: u64,
        (actor, origin): (Actor, Origin),
        now_ms: i64,
    ) -> Result<Option<Self>, StoreError> {
        if !scope.is_whole() {
            return Ok(None);
        }
        let entry = Entry::new(Act::TrailExported, actor, now_ms).from(origin);
        let entry = entry.detail(format!("after={after}"));
        let begun = store.transaction(|db| {
            let before = match after {
                0 => Some(chain::start().to_vec()),
                place => trail::chain_at(db, place)?,
            };
            let Some(before) = before else { return Ok(None) };
            let district = district::find(db)?.map(|district| district.name_zh);
            Ok(Some((before, district, note(db, &entry)?)))
        })?;
        Ok(begun.map(|(before, district, end)| {
            let first = json!({
                "format": "doorstep trail 1",
                "district": district,
                "at": now_ms,
                "after": after,
                "before": chain::hex(&before),
            });
            let first = Some(first);
            Self { store: store.clone(), place: after, chain: before, end, first, is_done: false }
        }))
    }

    /// The next lines; nothing after the last.
    ///
    /// # Errors
    /// Those of the database, or [`StoreError::Corrupt`] where a place is missing.
    pub fn next_lines(&mut self) -> Result<Option<String>, StoreError> {
        if self.is_done {
            return Ok(None);
        }
        let mut lines = String::new();
        let mut add = |line: &Json| {
            lines.push_str(&line.to_string());
            lines.push('\n');
        };
        if let Some(first) = self.first.take() {
            add(&first);
        }
        if self.place < self.end {
            let (after, end) = (self.place, self.end);
            let entries = self.store.read(|db| trail::entries(db, after, end, BATCH))?;
            if entries.is_empty() {
                return Err(StoreError::Corrupt("the end of the audit trail"));
            }
            for entry in entries {
                add(&line(&entry));
                (self.place, self.chain) = (entry.place, entry.chain);
            }
        }
        if self.place >= self.end {
            add(&json!({ "end": self.place, "chain": chain::hex(&self.chain) }));
            self.is_done = true;
        }
        Ok(Some(lines))
    }
}

/// An entry as a line: its columns by the names that the chain has for them, what the reason's hash is
/// of, and the chain value.
fn line(entry: &Kept) -> Json {
    let mut line: Map<String, Json> = chain::columns(entry)
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.map_or(Json::Null, Json::String)))
        .collect();
    let salt = entry.reason.as_deref().and_then(|kept| kept.get(..reason::SALT_BYTES));
    line.insert("reason_salt".to_owned(), salt.map(chain::hex).into());
    line.insert("reason".to_owned(), entry.reason.as_deref().and_then(reason::words).into());
    line.insert("chain".to_owned(), chain::hex(&entry.chain).into());
    Json::Object(line)
}
