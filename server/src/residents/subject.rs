//! Records that hold a name, a document's number or a phone: candidates of the blind index, opened and
//! compared.

use sync_protocol::codes;
use sync_protocol::document::Effective;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{FieldType, Kind};

use super::RequestError;
use super::request::Request;
use crate::auth::AreaScope;
use crate::store::blind_index::{self, words_of};
use crate::store::{Db, StoreError, records};
use crate::vault::{Words, plain};

/// Most records that are opened at once.
const MOST: i64 = 200;

/// Where a record stands in the order of what is found: by area and record.
pub(super) type Place = (AreaId, RecordId);

/// A record that was found.
pub(super) struct Hit {
    pub(super) scope: AreaScope,
    pub(super) record: RecordId,
    pub(super) kind: Kind,
    pub(super) effective: Effective,
    /// The fields in which it was found.
    pub(super) keys: Vec<String>,
}

impl Hit {
    fn place(&self) -> Place {
        (self.scope.area(), self.record)
    }
}

/// A page of what is found.
pub(super) struct Page {
    pub(super) hits: Vec<Hit>,
    /// After which place there may be more.
    pub(super) next: Option<Place>,
}

/// Everything that is found, in the order of areas and records.
pub(super) fn look(
    db: &mut Db,
    scopes: &[AreaScope],
    words: (Words, &str),
) -> Result<Vec<Hit>, StoreError> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = page(db, scopes, words, after, usize::MAX)?;
        all.extend(page.hits);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// What is found after a place, in the order of areas and records: so many at most, or fewer if the
/// words are in few of the records that may have them.
pub(super) fn page(
    db: &mut Db,
    scopes: &[AreaScope],
    words: (Words, &str),
    after: Option<Place>,
    most: usize,
) -> Result<Page, StoreError> {
    let candidates = blind_index::find(db, scopes, words, after, MOST)?;
    let last = candidates.last().map(|last| (last.area, last.record));
    let there_are_more = i64::try_from(candidates.len()).is_ok_and(|found| found >= MOST);
    let mut page = Page { hits: Vec::new(), next: last.filter(|_| there_are_more) };
    for of_area in candidates.chunk_by(|one, other| one.area == other.area) {
        let area = of_area.first().map(|candidate| candidate.area);
        let Some(scope) = scopes.iter().find(|scope| Some(scope.area()) == area) else { continue };
        let ids: Vec<RecordId> = of_area.iter().map(|candidate| candidate.record).collect();
        let mut loaded = records::load(db, scope, &ids)?;
        for record in ids {
            let Some(stored) = loaded.remove(&record) else { continue };
            let (kind, effective) = (stored.registers.kind, Effective::of(&stored.registers));
            let keys = keys(kind, &effective, words);
            if keys.is_empty() {
                continue;
            }
            if page.hits.len() == most {
                page.next = page.hits.last().map(Hit::place);
                return Ok(page);
            }
            page.hits.push(Hit { scope: *scope, record, kind, effective, keys });
        }
    }
    Ok(page)
}

/// The fields that really have the words.
fn keys(kind: Kind, effective: &Effective, (sort, part): (Words, &str)) -> Vec<String> {
    let sought = plain(sort, part);
    let has = |value: &str| match sort {
        Words::Name => plain(sort, value).contains(&sought),
        Words::Number | Words::Phone => plain(sort, value) == sought,
    };
    let found = effective.fields.iter().filter(|(key, value)| {
        let of_sort = kind.field(key).and_then(|(field, _)| words_of(field)) == Some(sort);
        of_sort && value.value.as_text().is_some_and(has)
    });
    found.map(|(key, _)| key.clone()).collect()
}

/// The record by which a request's person was found, if it says still whose it is: the number, or the
/// name, with which the request was taken in, and that was agreed to. It may be another's by now.
///
/// # Errors
/// [`codes::REQUEST_PERSON_CHANGED`], or those of the database.
pub(super) fn found(
    db: &mut Db,
    scope: &AreaScope,
    request: &Request,
) -> Result<Hit, RequestError> {
    let changed = || RequestError::Refused(&codes::REQUEST_PERSON_CHANGED);
    let stored = records::load(db, scope, &[request.record])?.remove(&request.record);
    let stored = stored.ok_or_else(changed)?;
    let (kind, effective) = (stored.registers.kind, Effective::of(&stored.registers));
    if !is_theirs(request, kind, &effective) {
        return Err(changed());
    }
    let keys = request.field.iter().cloned().collect();
    Ok(Hit { scope: *scope, record: request.record, kind, effective, keys })
}

/// Whether a record says the number with which the request was taken in; or as before none, and the name.
pub(super) fn is_theirs(request: &Request, kind: Kind, record: &Effective) -> bool {
    let now = number_field(kind, request.field.as_deref()).and_then(|field| record.text(field));
    match (now, request.number()) {
        (Some(now), Some(number)) => is_number(now, number),
        (None, None) => record.text("name").is_some_and(|now| request.name() == Some(now)),
        _ => false,
    }
}

/// Whether two document numbers are one, however they are written.
pub(super) fn is_number(one: &str, other: &str) -> bool {
    plain(Words::Number, one) == plain(Words::Number, other)
}

/// The field with a person's document number in a record of this kind, unless another is named;
/// nothing if there is none, or the one that is named is none.
pub(super) fn number_field(kind: Kind, named: Option<&str>) -> Option<&'static str> {
    let key = match (named, kind) {
        (Some(named), _) => named,
        (None, Kind::Residency) => "document_number",
        (None, Kind::Premises) => "owner_document",
        (None, Kind::Visit | Kind::Inspection) => return None,
    };
    let (field, _) = kind.field(key)?;
    matches!(field.kind, FieldType::DocumentNumber).then_some(field.key)
}
