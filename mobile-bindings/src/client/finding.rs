//! Finding as one types: names, the end of a telephone or document number, addresses, rooms; in
//! characters, pinyin or its initials.

use serde::Serialize;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Value};

use super::reading::{line, standing};
use super::{Bilingual, FieldClient, FieldError, ListFilter, RecordLine};
use crate::error::CoreError;
use crate::finding::{Hit, Query, fold, natural};
use crate::record;
use crate::store::records::scan::{self, RowNo};
use crate::store::{Connection, changes};

/// In which field a record was found.
#[derive(Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct FoundIn {
    /// The field's key.
    pub key: String,
    /// What people read.
    pub label: Bilingual,
    /// The value; of a telephone or document number the last four signs alone, of a long text the
    /// line.
    pub shown: String,
}

/// Prints the key only: the value may be a name.
impl std::fmt::Debug for FoundIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FoundIn({})", self.key)
    }
}

#[uniffi::export]
impl FieldClient {
    /// The records that fit what was typed so far, the best first: the end of a telephone or document
    /// number and the beginning of a name before anything within a text. Every word must fit. Chinese
    /// may be typed as pinyin or its initials, by any reading of a character; a room as `3-2-501`.
    /// Ask for as many as a screen shows (`limit`): one letter fits half of the records. Of the first
    /// word it is told where it was found.
    ///
    /// # Errors
    /// A code when the filter names something that is no id.
    #[uniffi::method(default(filter))]
    pub fn find(&self, text: String, filter: ListFilter) -> Result<Vec<RecordLine>, FieldError> {
        match Query::of(&text) {
            Some(query) => Ok(self.found(&query, &filter)?),
            None => self.list(filter),
        }
    }
}

impl FieldClient {
    fn found(&self, query: &Query, filter: &ListFilter) -> Result<Vec<RecordLine>, CoreError> {
        let filter = filter.parsed()?;
        let most = filter.limit.and_then(|limit| usize::try_from(limit).ok());
        self.store.read(|connection| {
            let mut hits: Vec<(u16, Kind, RowNo)> = Vec::new();
            scan::each_search(connection, &filter, |row, kind, search| {
                hits.extend(query.rank(search).map(|rank| (rank, kind, row)));
            })?;
            hits.sort_unstable();
            hits.truncate(most.unwrap_or(usize::MAX));
            let open = changes::open_by_record(connection)?;
            let mut lines = Vec::with_capacity(hits.len());
            for (rank, kind, row) in hits {
                if let Some(listed) = scan::by_row(connection, row)? {
                    let record = listed.place.record;
                    let mut line = line(listed, standing(open.get(&record)));
                    line.found = found_in(connection, query, record)?;
                    lines.push((rank, kind, line));
                }
            }
            lines.sort_by_cached_key(|(rank, kind, line)| {
                (*rank, *kind, natural(&line.title), line.record.clone())
            });
            Ok(lines.into_iter().map(|(.., line)| line).collect())
        })
    }
}

/// Where a record fits best, with the value as it was written.
fn found_in(
    connection: &Connection,
    query: &Query,
    record: RecordId,
) -> Result<Option<FoundIn>, CoreError> {
    let Some(search) = scan::search_of(connection, record)? else { return Ok(None) };
    let Some(Hit { place, compared }) = query.hit(&search) else { return Ok(None) };
    let Some(registers) = record::registers(connection, record)? else { return Ok(None) };
    let texts = registers.texts.get(place.key).map(|text| text.text.as_str());
    let line_of = |text: &str| {
        let found = text.lines().find(|line| fold(line).contains(query.first()));
        found.or_else(|| text.lines().next()).unwrap_or_default().to_owned()
    };
    let live = registers.keys.get(place.key).into_iter().flatten();
    let mut written = live.filter_map(|live| match &live.value {
        Value::Text(text) if place.compared(text) == compared => Some(text.to_string()),
        _ => None,
    });
    let shown = match texts {
        Some(text) => line_of(text),
        None if place.is_masked() => masked(&compared),
        None => written.next().unwrap_or_else(|| compared.trim_matches('-').to_owned()),
    };
    let label = registers.kind.field(place.key).map(|(field, _)| field.label.into());
    let label = label.unwrap_or_else(|| Bilingual::same(place.key));
    Ok(Some(FoundIn { key: place.key.to_owned(), label, shown }))
}

/// A number with its last four signs alone.
fn masked(number: &str) -> String {
    let signs = number.chars().count();
    let star = |(place, sign): (usize, char)| if place + 4 >= signs { sign } else { '*' };
    number.chars().enumerate().map(star).collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests;
