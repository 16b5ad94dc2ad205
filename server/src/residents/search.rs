//! Looking up a resident or a landlord: by any part of a name, or by a whole document number or phone.
//! What is answered is masked as everywhere; what was looked for is in no log, that somebody looked is
//! in the trail.

use std::collections::BTreeMap;

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, Value, report};

use super::corrections::{Correctable, correctable};
use super::subject::{Hit, Place, page};
use super::{Occasion, RequestError};
use crate::auth::actions::SearchResidents;
use crate::auth::{AreaScope, StaffMay};
use crate::review::words::{Words, show};
use crate::store::reports::{self, ReportAt};
use crate::store::{Db, Store, StoreError, areas, records};
use crate::trail::{Act, Actor, Entry, note};
use crate::vault;

/// Records to a page, unless fewer are asked for.
const PAGE: usize = 50;

/// Longest words that are looked for, in characters.
const LONGEST: usize = 60;

/// Reports that are named beside each record.
const REPORTS: i64 = 5;

/// What somebody is looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Any part of a name.
    Name,
    /// A whole document number.
    Number,
    /// A whole phone number.
    Phone,
}

impl Sort {
    const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Number => "number",
            Self::Phone => "phone",
        }
    }

    const fn words(self) -> vault::Words {
        match self {
            Self::Name => vault::Words::Name,
            Self::Number => vault::Words::Number,
            Self::Phone => vault::Words::Phone,
        }
    }
}

/// What was found.
#[derive(Debug, serde::Serialize)]
pub struct Found {
    /// The records, in the order of areas and records.
    pub items: Vec<FoundRecord>,
    /// Where the next page begins, if there may be one.
    pub next: Option<String>,
    /// What can be asked to be corrected, by the kind of record.
    pub correctable: BTreeMap<&'static str, Vec<Correctable>>,
}

/// Whom to look for.
#[derive(Debug)]
pub struct Sought<'w> {
    /// By what.
    pub by: Sort,
    /// The words.
    pub words: &'w str,
    /// The page's beginning, as the page before said it.
    pub after: Option<&'w str>,
    /// Records at most.
    pub limit: Option<usize>,
}

/// A record in which the words are.
#[derive(Debug, serde::Serialize)]
pub struct FoundRecord {
    /// Its area.
    pub area: AreaId,
    /// The area's name.
    pub area_name: Words,
    /// The record.
    pub record: RecordId,
    /// Residency, premises or inspection.
    pub kind: Kind,
    /// The same in words.
    pub kind_label: Words,
    /// The person's name, if the record is one person's.
    pub name: Option<String>,
    /// The fields with the words, masked where they must be.
    pub fields: Vec<FoundField>,
    /// The home.
    pub home: Option<RecordId>,
    /// Its address.
    pub address: Option<String>,
    /// The last reports about it.
    pub reports: Vec<ReportAt>,
}

/// A field in which the words are.
#[derive(Debug, serde::Serialize)]
pub struct FoundField {
    /// Its key.
    pub key: String,
    /// What people read.
    pub label: Words,
    /// The value, masked where it must be.
    pub value: Value,
    /// Whether it is masked.
    pub masked: bool,
}

/// Looks somebody up in the areas where the reviewer may; a page of what is found.
///
/// # Errors
/// [`codes::WRONG_INPUT`] when nothing or too much is looked for or the page's beginning is none, or
/// those of the database.
pub fn search(
    store: &Store,
    staff: &StaffMay<SearchResidents>,
    sought: &Sought<'_>,
    occasion: Occasion,
) -> Result<Found, RequestError> {
    let wrong = || RequestError::Refused(&codes::WRONG_INPUT);
    let (sort, words) = (sought.by, sought.words);
    if vault::plain(sort.words(), words).is_empty() || words.chars().count() > LONGEST {
        return Err(wrong());
    }
    let after = sought.after.map(|text| parse_cursor(text).ok_or_else(wrong)).transpose()?;
    let most = sought.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let scopes = staff.areas();
    let found = store.transaction(|db| {
        let page = page(db, &scopes, (sort.words(), words), after, most)?;
        let number = page.hits.len();
        let items = page.hits.into_iter().map(|hit| found(db, hit));
        let items = items.collect::<Result<_, _>>()?;
        let found = Found { items, next: page.next.map(cursor), correctable: fields(&scopes) };
        let entry =
            Entry::new(Act::ResidentSearched, Actor::Staff(staff.person()), occasion.now_ms)
                .detail(format!("{} {number}", sort.code()))
                .from(occasion.origin);
        note(db, &entry)?;
        Ok(found)
    })?;
    Ok(found)
}

/// What can be asked to be corrected of the records that requests are about.
fn fields(scopes: &[AreaScope]) -> BTreeMap<&'static str, Vec<Correctable>> {
    let Some(roles) = scopes.first().map(AreaScope::roles) else { return BTreeMap::new() };
    let kinds = [Kind::Residency, Kind::Premises];
    kinds.map(|kind| (kind.code(), correctable(kind, roles))).into()
}

/// A page's end, as the next request gives it back.
fn cursor((area, record): Place) -> String {
    format!("{area}-{record}")
}

/// Reads a page's end.
fn parse_cursor(text: &str) -> Option<Place> {
    let (area, record) = text.split_once('-')?;
    Some((area.parse().ok()?, record.parse().ok()?))
}

fn found(db: &mut Db, hit: Hit) -> Result<FoundRecord, StoreError> {
    let roles = hit.scope.roles();
    let home = match hit.kind {
        Kind::Premises => Some(hit.record),
        Kind::Residency => hit.effective.text("premises").and_then(|id| id.parse().ok()),
        Kind::Visit | Kind::Inspection => {
            hit.effective.text(report::PREMISES.key).and_then(|id| id.parse().ok())
        }
    };
    let reports = match home {
        Some(home) => reports::at(db, &hit.scope, home, REPORTS)?,
        None => Vec::new(),
    };
    let shown = |key: &String| {
        let (field, _) = hit.kind.field(key)?;
        let shown = show(roles, field, None, hit.effective.value(key)?)?;
        let label = field.label.into();
        Some(FoundField { key: key.clone(), label, value: shown.value, masked: shown.masked })
    };
    let name = (hit.kind == Kind::Residency).then(|| shown(&"name".to_owned())).flatten();
    Ok(FoundRecord {
        area: hit.scope.area(),
        area_name: area_name(db, hit.scope.area())?,
        record: hit.record,
        kind: hit.kind,
        kind_label: hit.kind.label().into(),
        name: name.and_then(|name| name.value.as_text().map(str::to_owned)),
        fields: hit.keys.iter().filter_map(shown).collect(),
        address: home.map(|home| address(db, &hit, home)).transpose()?.flatten(),
        home,
        reports,
    })
}

fn address(db: &mut Db, hit: &Hit, home: RecordId) -> Result<Option<String>, StoreError> {
    let stored = records::load(db, &hit.scope, &[home])?.remove(&home);
    let address = stored.and_then(|stored| {
        let field = sync_protocol::document::Effective::of_key(&stored.registers, "address")?;
        field.value.as_text().map(str::to_owned)
    });
    Ok(address)
}

/// What an area is called.
pub(super) fn area_name(db: &mut Db, id: AreaId) -> Result<Words, StoreError> {
    let area = areas::find(db, &[id])?.into_iter().next();
    Ok(area.map_or_else(
        || Words::same(id.to_string()),
        |area| Words { zh: area.name_zh, en: area.name_en },
    ))
}
