//! Looking up a resident or a landlord: by any part of a name, or by a whole document number or phone.
//! What is answered is masked as everywhere; what was looked for is in no log, that somebody looked is
//! in the trail.

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, Value, report};

use super::subject::{Hit, look};
use super::{Occasion, RequestError};
use crate::auth::StaffMay;
use crate::auth::actions::SearchResidents;
use crate::review::words::{Words, show};
use crate::store::reports::{self, ReportAt};
use crate::store::{Db, Store, StoreError, areas, records};
use crate::trail::{Act, Actor, Entry, note};
use crate::vault;

/// Most records that are answered.
const MOST: usize = 50;

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
    /// The records.
    pub items: Vec<FoundRecord>,
    /// Whether there are more than are answered: the words say too little.
    pub more: bool,
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

/// Looks somebody up in the areas where the reviewer may.
///
/// # Errors
/// [`codes::WRONG_INPUT`] when nothing or too much is looked for, or those of the database.
pub fn search(
    store: &Store,
    staff: &StaffMay<SearchResidents>,
    sort: Sort,
    words: &str,
    occasion: Occasion,
) -> Result<Found, RequestError> {
    let sought = vault::plain(sort.words(), words);
    if sought.is_empty() || words.chars().count() > LONGEST {
        return Err(RequestError::Refused(&codes::WRONG_INPUT));
    }
    let scopes = staff.areas();
    let found = store.transaction(|db| {
        let (hits, cut) = look(db, &scopes, (sort.words(), words))?;
        let more = cut || hits.len() > MOST;
        let number = hits.len();
        let items = hits.into_iter().take(MOST).map(|hit| found(db, hit));
        let found = Found { items: items.collect::<Result<_, _>>()?, more };
        let entry =
            Entry::new(Act::ResidentSearched, Actor::Staff(staff.person()), occasion.now_ms)
                .detail(format!("{} {number}", sort.code()))
                .from(occasion.origin);
        note(db, &entry)?;
        Ok(found)
    })?;
    Ok(found)
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
