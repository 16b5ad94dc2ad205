//! The review queue: merged reports, newest first, filtered and paged; and the areas they are in.

use std::collections::HashMap;

use sync_protocol::ids::{AreaId, DeviceId, PersonId, RecordId};
use sync_protocol::records::{Kind, Value, inspection, report, visit};

use super::words::Words;
use crate::auth::actions::{ListAreas, ReadReports};
use crate::auth::{Act, AreaScope, StaffMay};
use crate::store::areas::Area;
use crate::store::reports::{Filter, ReportRow};
use crate::store::{Db, StoreError, areas, devices, people, reports};

/// What is wanted of the queue.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// In this area or below it; everywhere in sight if it is not said.
    pub area: Option<AreaId>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// In this state.
    pub state: Option<String>,
    /// Only those with open clashes.
    pub clashes: bool,
    /// Whose address or worker has these words in it.
    pub words: Option<String>,
    /// After this one, newest first.
    pub after: Option<(i64, RecordId)>,
    /// At most so many.
    pub most: i64,
}

/// Who made a report.
#[derive(Debug, serde::Serialize)]
pub struct Worker {
    /// The person.
    pub id: PersonId,
    /// The person's name.
    pub name: String,
}

/// A report in the queue.
#[derive(Debug, serde::Serialize)]
pub struct QueueItem {
    /// Its area.
    pub area: AreaId,
    /// The area's name.
    pub area_name: Option<Words>,
    /// The report.
    pub id: RecordId,
    /// Visit or inspection.
    pub kind: Kind,
    /// The premises' address, once that has arrived.
    pub address: Option<String>,
    /// Code of its state.
    pub state: Option<String>,
    /// Its state in words.
    pub state_label: Option<Words>,
    /// Its outcome or verdict in words.
    pub result: Option<Words>,
    /// Who made it.
    pub worker: Option<Worker>,
    /// When it was begun, in milliseconds since 1970 UTC.
    pub started_at: Option<i64>,
    /// When it was ended, in milliseconds since 1970 UTC.
    pub ended_at: Option<i64>,
    /// When its last change came, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// Open clashes.
    pub clashes: i64,
    /// Photos.
    pub photos: i64,
}

/// A page of the queue.
#[derive(Debug, serde::Serialize)]
pub struct Queue {
    /// The reports.
    pub items: Vec<QueueItem>,
    /// Where the next page begins; nothing after the last.
    pub next: Option<String>,
    /// Reports over all pages.
    pub total: i64,
}

/// An area with its counts.
#[derive(Debug, serde::Serialize)]
pub struct AreaItem {
    /// Its code.
    pub id: AreaId,
    /// The same, as people know it.
    pub code: String,
    /// Its name.
    pub name: Words,
    /// city, district, street, community or cell.
    pub level: String,
    /// The area above, if it is in sight.
    pub parent: Option<AreaId>,
    /// Reports in it.
    pub reports: i64,
    /// Open clashes in it.
    pub clashes: i64,
}

/// A page of the queue, over one area with all below it, or over every area in sight.
///
/// # Errors
/// Those of the database.
pub fn queue(
    db: &mut Db,
    scope: &StaffMay<ReadReports>,
    wanted: &Wanted,
) -> Result<Queue, StoreError> {
    let areas = in_sight(db, scope)?;
    let scopes: Vec<AreaScope> = match wanted.area {
        Some(top) => subtree(&areas, top).into_iter().filter_map(|id| scope.area(id)).collect(),
        None => scope.areas(),
    };
    let filter = filter(db, wanted)?;
    let total = reports::count(db, &scopes, &filter)?;
    let mut rows = reports::list(db, &scopes, &filter)?;
    // One more than the page holds tells whether there is another.
    let more = rows.len() as i64 > wanted.most;
    rows.truncate(usize::try_from(wanted.most).unwrap_or_default());
    let next = rows.last().filter(|_| more).map(|row| cursor(row.received_at, row.record));
    let workers = devices::writers(db, rows.iter().map(|row| row.author))?;
    let names: HashMap<AreaId, Words> = areas.into_iter().map(|a| (a.id, name(&a))).collect();
    let items = rows.into_iter().map(|row| item(row, &names, &workers)).collect();
    Ok(Queue { items, next, total })
}

/// The areas in sight, with their counts.
///
/// # Errors
/// Those of the database.
pub fn areas(db: &mut Db, scope: &StaffMay<ListAreas>) -> Result<Vec<AreaItem>, StoreError> {
    let counts: HashMap<AreaId, (i64, i64)> = reports::counts_by_area(db, &scope.areas())?
        .into_iter()
        .map(|(area, reports, clashes)| (area, (reports, clashes)))
        .collect();
    let item = |area: Area| {
        let (reports, clashes) = counts.get(&area.id).copied().unwrap_or_default();
        AreaItem {
            id: area.id,
            code: area.id.to_string(),
            name: name(&area),
            level: area.level,
            parent: area.parent.filter(|parent| scope.area(*parent).is_some()),
            reports,
            clashes,
        }
    };
    Ok(in_sight(db, scope)?.into_iter().map(item).collect())
}

/// A page's end, as the next request gives it back.
fn cursor(received_at: i64, record: RecordId) -> String {
    format!("{received_at}-{record}")
}

/// Reads a page's end.
pub fn parse_cursor(text: &str) -> Option<(i64, RecordId)> {
    let (at, record) = text.split_once('-')?;
    Some((at.parse().ok()?, record.parse().ok()?))
}

fn filter(db: &mut Db, wanted: &Wanted) -> Result<Filter, StoreError> {
    let words = match &wanted.words {
        Some(words) => Some((words.clone(), people::whose_name_has(db, words)?)),
        None => None,
    };
    Ok(Filter {
        kind: wanted.kind,
        state: wanted.state.clone(),
        clashes: wanted.clashes,
        words,
        after: wanted.after,
        most: wanted.most + 1,
    })
}

fn in_sight<A: Act>(db: &mut Db, scope: &StaffMay<A>) -> Result<Vec<Area>, StoreError> {
    let ids: Vec<AreaId> = scope.areas().iter().map(AreaScope::area).collect();
    areas::find(db, &ids)
}

/// An area and every area below it.
fn subtree(areas: &[Area], top: AreaId) -> Vec<AreaId> {
    let mut found = vec![top];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(areas.iter().filter(|area| area.parent == Some(parent)).map(|area| area.id));
        next += 1;
    }
    found
}

fn name(area: &Area) -> Words {
    Words { zh: area.name_zh.clone(), en: area.name_en.clone() }
}

fn item(
    row: ReportRow,
    names: &HashMap<AreaId, Words>,
    workers: &HashMap<DeviceId, devices::Writer>,
) -> QueueItem {
    let worker = workers.get(&row.author);
    let results = if row.kind == Kind::Visit { visit::OUTCOMES } else { inspection::VERDICTS };
    let result = row
        .result
        .as_deref()
        .and_then(|code| results.iter().find(|choice| choice.code == code))
        .map(|choice| choice.label.into());
    let state_value = row.state.clone().map(Value::from);
    QueueItem {
        area: row.area,
        area_name: names.get(&row.area).cloned(),
        id: row.record,
        kind: row.kind,
        address: row.address,
        state_label: state_value.and_then(|v| report::STATE.choice_label(&v)).map(Words::from),
        state: row.state,
        result,
        worker: worker.map(|w| Worker { id: w.person, name: w.name.clone() }),
        started_at: row.started_at,
        ended_at: row.ended_at,
        received_at: row.received_at,
        clashes: row.clashes,
        photos: row.photos,
    }
}
