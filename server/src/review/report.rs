//! One merged report: itself, its premises and the residencies there.

use sync_protocol::document::Effective;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, report};

use super::clashes::{ClashView, clashes};
use super::fields::{Section, section};
use super::history::{HistoryEntry, history};
use super::names::Names;
use super::photos::{PhotoView, photos};
use super::words::{Words, show};
use super::writers::Writers;
use crate::auth::AreaScope;
use crate::configuration::DistrictFields;
use crate::store::{Db, Store, StoreError, areas, changes, records, reports};
use crate::trail::{Entry, note};

/// A report's area.
#[derive(Debug, serde::Serialize)]
pub struct AreaView {
    /// Its code.
    pub id: AreaId,
    /// Its name.
    pub name: Words,
}

/// A merged report.
#[derive(Debug, serde::Serialize)]
pub struct ReportView {
    /// Its area.
    pub area: AreaView,
    /// The report.
    pub id: RecordId,
    /// Visit or inspection.
    pub kind: Kind,
    /// Its kind in words.
    pub kind_label: Words,
    /// What it is called.
    pub title: String,
    /// The premises' address, once that has arrived.
    pub address: Option<String>,
    /// Code of its state.
    pub state: Option<String>,
    /// Its state in words.
    pub state_label: Option<Words>,
    /// The report, its premises, the residencies there.
    pub sections: Vec<Section>,
    /// What waits for a decision.
    pub clashes: Vec<ClashView>,
    /// Its photos.
    pub photos: Vec<PhotoView>,
    /// Who wrote what, when.
    pub history: Vec<HistoryEntry>,
}

/// A merged report, noted as read; nothing if the area has no such report.
///
/// # Errors
/// Those of the database.
pub fn read(
    store: &Store,
    scope: AreaScope,
    id: RecordId,
    noted: &Entry,
) -> Result<Option<ReportView>, StoreError> {
    store.transaction(|db| {
        let found = report(db, scope, id)?;
        if found.is_some() {
            note(db, noted)?;
        }
        Ok(found)
    })
}

/// A merged report, as the roles of the proof see it; nothing if the area has no such report.
///
/// # Errors
/// Those of the database.
pub fn report(
    db: &mut Db,
    scope: AreaScope,
    id: RecordId,
) -> Result<Option<ReportView>, StoreError> {
    let Some(records) = gather(db, scope, id)? else {
        return Ok(None);
    };
    let Some((_, kind, own)) = records.first() else {
        return Ok(None);
    };
    let ids: Vec<RecordId> = records.iter().map(|(id, ..)| *id).collect();
    let entries = changes::of_records(db, &scope, &ids)?;
    let devices = entries.iter().map(|entry| entry.device);
    let writers = Writers::of(db, records.iter().map(|(.., effective)| effective), devices)?;
    let names = Names::of_records(&records, DistrictFields::of(db)?);
    let roles = scope.roles();
    let sections =
        records.iter().map(|(id, kind, e)| section(roles, *id, *kind, e, &writers, &names));
    let all_clashes =
        records.iter().flat_map(|(id, kind, e)| clashes(roles, *id, *kind, e, &writers, &names));
    let address = own.text(report::PREMISES.key).and_then(|id| names.of(id)).map(str::to_owned);
    let kind_label = Words::from(kind.label());
    Ok(Some(ReportView {
        area: area_view(db, scope)?,
        id,
        kind: *kind,
        title: title(&kind_label, address.as_deref()),
        kind_label,
        address,
        state: own.text(report::STATE.key).map(str::to_owned),
        state_label: own
            .value(report::STATE.key)
            .and_then(|v| show(roles, &report::STATE, None, v)?.display),
        sections: sections.collect(),
        clashes: all_clashes.collect(),
        photos: photos(db, scope, id, own, &writers)?,
        history: history(&entries, &writers, &names)?,
    }))
}

/// The report, then its premises, then the residencies there.
#[expect(clippy::type_complexity, reason = "three records of one shape, named where they are used")]
fn gather(
    db: &mut Db,
    scope: AreaScope,
    id: RecordId,
) -> Result<Option<Vec<(RecordId, Kind, Effective)>>, StoreError> {
    let Some(own) = records::load(db, &scope, &[id])?.remove(&id) else {
        return Ok(None);
    };
    if !own.registers.kind.is_report() {
        return Ok(None);
    }
    let effective = Effective::of(&own.registers);
    let premises: Option<RecordId> =
        effective.text(report::PREMISES.key).and_then(|id| id.parse().ok());
    let mut around: Vec<RecordId> = premises.into_iter().collect();
    if let Some(premises) = premises {
        around.extend(reports::residencies_at(db, &scope, premises)?);
    }
    let mut loaded = records::load(db, &scope, &around)?;
    let mut records = vec![(id, own.registers.kind, effective)];
    records.extend(around.into_iter().filter_map(|id| {
        let registers = loaded.remove(&id)?.registers;
        Some((id, registers.kind, Effective::of(&registers)))
    }));
    Ok(Some(records))
}

fn area_view(db: &mut Db, scope: AreaScope) -> Result<AreaView, StoreError> {
    let area = areas::find(db, &[scope.area()])?.into_iter().next();
    let area = area.ok_or(StoreError::Corrupt("a report's area"))?;
    Ok(AreaView { id: area.id, name: Words { zh: area.name_zh, en: area.name_en } })
}

fn title(kind: &Words, address: Option<&str>) -> String {
    address.map_or_else(|| kind.zh.clone(), str::to_owned)
}
