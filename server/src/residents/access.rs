//! Everything that is held about one person in the areas that a request reaches, for themselves: their
//! stays, the homes that are theirs, the reports that name them, who wrote what of it and who looked. Two
//! people agreed, for one document number and for these areas; it is handed out once and not kept.

use std::collections::BTreeSet;

use sync_protocol::codes;
use sync_protocol::document::Effective;
use sync_protocol::document::change::Action;
use sync_protocol::ids::{DeviceId, RecordId};
use sync_protocol::judge;
use sync_protocol::records::{Field, Kind, Value};

use super::request::{RequestId, RequestKind, State};
use super::search::area_name;
use super::subject::{Hit, found, look};
use super::turns::{Turns, is_beside};
use super::{Occasion, RequestError, paper};
use crate::auth::StaffMay;
use crate::auth::actions::CarryOutRequest;
use crate::auth::agreement::{Agreed, agreed};
use crate::review::words::{Words, in_words};
use crate::review::writers::Writers;
use crate::store::{Db, Store, StoreError, changes, district, records, reports, requests};
use crate::trail::reading::{Look, looks};
use crate::trail::{Act, note};
use crate::vault;

/// Reports of a home that are looked through.
const REPORTS: i64 = 1_000;

/// All that is held about a person. It has no `Debug`: it belongs into no log.
#[derive(serde::Serialize)]
pub struct Held {
    /// When it was put together, in milliseconds since 1970 UTC.
    pub made_at: i64,
    /// The district.
    pub district: Words,
    /// The records.
    pub records: Vec<HeldRecord>,
}

/// A record with what it says of the person.
#[derive(serde::Serialize)]
pub struct HeldRecord {
    /// Its area.
    pub area: Words,
    /// The record.
    pub record: RecordId,
    /// Residency or premises.
    pub kind: Words,
    /// What it says.
    pub fields: Vec<HeldField>,
    /// Who wrote what of that, in the order of the log.
    pub changes: Vec<HeldChange>,
    /// Reports that name the person.
    pub reports: Vec<HeldReport>,
    /// Who looked at the record.
    pub looks: Vec<Look>,
}

/// A value.
#[derive(serde::Serialize)]
pub struct HeldField {
    /// What it is.
    pub label: Words,
    /// The value in words.
    pub value: Words,
}

/// What somebody wrote.
#[derive(serde::Serialize)]
pub struct HeldChange {
    /// When it came, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Who wrote it.
    pub by: Option<String>,
    /// What.
    pub fields: Vec<HeldField>,
}

/// A report that names the person.
#[derive(serde::Serialize)]
pub struct HeldReport {
    /// The report.
    pub record: RecordId,
    /// Visit or inspection.
    pub kind: Words,
    /// When its last change came, in milliseconds since 1970 UTC.
    pub at: i64,
    /// As what they are named.
    pub named: Vec<HeldField>,
    /// Its photos, by the SHA-256 of each.
    pub photos: Vec<String>,
    /// Who looked at the report.
    pub looks: Vec<Look>,
}

/// Both forms of it.
pub struct HandedOut {
    /// For machines.
    pub held: Held,
    /// For people: a PDF.
    pub pdf: Vec<u8>,
}

/// Hands out what is held, once.
///
/// # Errors
/// [`codes::NOT_FOUND`], [`codes::REQUEST_CLOSED`], [`codes::REQUEST_NOT_AGREED`],
/// [`codes::REQUEST_PERSON_CHANGED`], [`codes::FONT_MISSING`], or those of the database.
pub fn hand_out(
    store: &Store,
    staff: &StaffMay<CarryOutRequest>,
    id: RequestId,
    occasion: Occasion,
) -> Result<HandedOut, RequestError> {
    super::within(store, |db| {
        let refused = |code| Err(RequestError::Refused(code));
        let mut request = super::of_staff(db, staff, id)?;
        if request.state != State::Open {
            return refused(&codes::REQUEST_CLOSED);
        }
        if request.kind != RequestKind::Access {
            return refused(&codes::WRONG_INPUT);
        }
        let Some(agreed) = agreed(db, &request, occasion.now_ms)? else {
            return refused(&codes::REQUEST_NOT_AGREED);
        };
        let held = gather(db, &agreed, occasion.now_ms)?;
        let pdf = paper::draw(&held)?;
        request.state = State::Done;
        request.closed_by = Some(staff.person());
        request.closed_at = Some(occasion.now_ms);
        requests::stand(db, &request)?;
        note(db, &super::entry(Act::RequestDone, staff, &request, occasion))?;
        Ok(HandedOut { held, pdf })
    })
}

fn gather(db: &mut Db, agreed: &Agreed, now_ms: i64) -> Result<Held, RequestError> {
    let district = district::find(db)?.ok_or(StoreError::Corrupt("the district"))?;
    let hits = about(db, agreed)?;
    let held = hits.iter().map(|hit| record(db, agreed, hit)).collect::<Result<_, StoreError>>()?;
    let district = Words { zh: district.name_zh, en: district.name_en };
    Ok(Held { made_at: now_ms, district, records: held })
}

/// The person's records in the areas that were agreed to; the one by which they were found, if it has no
/// number.
fn about(db: &mut Db, agreed: &Agreed) -> Result<Vec<Hit>, RequestError> {
    let request = agreed.request();
    let scope = agreed.area(request.area).ok_or(RequestError::Refused(&codes::NOT_FOUND))?;
    let hit = found(db, &scope, request)?;
    match request.number() {
        Some(number) => Ok(look(db, &agreed.areas(), (vault::Words::Number, number))?),
        None => Ok(vec![hit]),
    }
}

fn record(db: &mut Db, agreed: &Agreed, hit: &Hit) -> Result<HeldRecord, StoreError> {
    let entries = changes::of_records(db, &hit.scope, &[hit.record])?;
    let devices: Vec<DeviceId> = entries.iter().map(|entry| entry.device).collect();
    let writers = Writers::of(db, [], devices)?;
    let mut turns = Turns::new(hit, agreed.request().number());
    let mut written = Vec::new();
    for entry in &entries {
        let change = judge::read(&entry.bytes, entry.kind)
            .map_err(|_| StoreError::Corrupt("a change of the log"))?;
        let puts = || {
            change.operations.iter().filter_map(|operation| match &operation.action {
                Action::Put(key, value) => Some((key, value)),
                _ => None,
            })
        };
        puts().for_each(|(key, value)| turns.follow(key, value));
        let theirs = puts().filter(|(key, _)| turns.is_theirs(key));
        let fields: Vec<HeldField> =
            theirs.filter_map(|(key, value)| field(hit.kind, key, value)).collect();
        let by = writers.device(entry.device).map(|writer| writer.name);
        if !fields.is_empty() {
            written.push(HeldChange { at: entry.received_at, by, fields });
        }
    }
    let said = hit.effective.fields.iter().filter(|(key, _)| concerns(hit, key));
    Ok(HeldRecord {
        area: area_name(db, hit.scope.area())?,
        record: hit.record,
        kind: hit.kind.label().into(),
        fields: said.filter_map(|(key, said)| field(hit.kind, key, &said.value)).collect(),
        changes: written,
        reports: named_in(db, agreed, hit)?,
        looks: looks(db, &agreed.trail(), hit.record)?,
    })
}

/// Whether what a field of the record says now is about the person: all of a stay; of a home its address
/// and what stands beside their number, as landlord or as agent.
fn concerns(hit: &Hit, key: &str) -> bool {
    match hit.kind {
        Kind::Residency => true,
        Kind::Premises => key == "address" || hit.keys.iter().any(|number| is_beside(number, key)),
        Kind::Visit | Kind::Inspection => hit.keys.iter().any(|found| found == key),
    }
}

fn field(kind: Kind, key: &str, value: &Value) -> Option<HeldField> {
    let (field, _): (&Field, _) = kind.field(key)?;
    Some(HeldField { label: field.label.into(), value: in_words(field, value) })
}

/// The reports about the person's home that confirm their stay or name them as present.
fn named_in(db: &mut Db, agreed: &Agreed, hit: &Hit) -> Result<Vec<HeldReport>, StoreError> {
    let home = hit.effective.text("premises").and_then(|id| id.parse().ok());
    let Some(home) = home.filter(|_| hit.kind == Kind::Residency) else { return Ok(Vec::new()) };
    let at = reports::at(db, &hit.scope, home, REPORTS)?;
    let ids: Vec<RecordId> = at.iter().map(|report| report.record).collect();
    let mut loaded = records::load(db, &hit.scope, &ids)?;
    let confirmed = format!("confirmed.{}", hit.record);
    let name = hit.effective.text("name").unwrap_or_default().to_owned();
    let mut named_in = Vec::new();
    for report in at {
        let Some(stored) = loaded.remove(&report.record) else { continue };
        let effective = Effective::of(&stored.registers);
        let present =
            effective.text("present").filter(|text| !name.is_empty() && text.contains(&name));
        let keys =
            [effective.value(&confirmed).map(|_| confirmed.as_str()), present.map(|_| "present")];
        let named: Vec<HeldField> = keys
            .into_iter()
            .flatten()
            .filter_map(|key| field(report.kind, key, effective.value(key)?))
            .collect();
        if !named.is_empty() {
            named_in.push(HeldReport {
                record: report.record,
                kind: report.kind.label().into(),
                at: report.received_at,
                named,
                photos: photos(&effective),
                looks: looks(db, &agreed.trail(), report.record)?,
            });
        }
    }
    Ok(named_in)
}

fn photos(effective: &Effective) -> Vec<String> {
    let keys = effective.fields.keys().filter_map(|key| key.strip_prefix("photo."));
    let hashes: BTreeSet<&str> = keys.filter_map(|rest| rest.split('.').next()).collect();
    hashes.into_iter().map(str::to_owned).collect()
}
