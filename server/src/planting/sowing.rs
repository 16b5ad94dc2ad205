//! One cell's homes: every record as a document, every report written by its worker and then
//! reviewed.

use std::collections::HashMap;

use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, PersonId, RecordId};
use sync_protocol::records::derived::{AreaKey, premises_id, residency_id};
use sync_protocol::records::{Kind, Value};

use super::PlantError;
use super::hands::Hand;
use crate::http::Server;
use crate::seed::{self, Home, Plan, Report, SeedArea, Values};

/// Changes of one hand that are pushed together.
const BATCH: usize = 200;

/// Sows a cell; tells how many homes and changes went in, batch by batch.
pub(super) fn sow(
    server: &Server,
    plan: &Plan,
    cell: &SeedArea,
    key: &AreaKey,
    hands: &mut HashMap<PersonId, Hand>,
    now_ms: i64,
    told: &mut dyn FnMut(usize, usize),
) -> Result<(), PlantError> {
    let mut homes = 0;
    // What reviewers wrote builds upon what workers wrote, and is pushed after it.
    let mut reviews: Vec<(Report, Document)> = Vec::new();
    for home in seed::homes(plan, cell) {
        let mut row = Row { area: cell.id, key, hands };
        row.home(&home, &mut reviews)?;
        homes += 1;
        if hands.values().any(|hand| hand.waiting() >= BATCH) {
            told(homes, flush(server, cell.id, hands, &mut reviews, now_ms)?);
            homes = 0;
        }
    }
    told(homes, flush(server, cell.id, hands, &mut reviews, now_ms)?);
    Ok(())
}

fn flush(
    server: &Server,
    area: AreaId,
    hands: &mut HashMap<PersonId, Hand>,
    reviews: &mut Vec<(Report, Document)>,
    now_ms: i64,
) -> Result<usize, PlantError> {
    let mut changes = push_all(server, hands, now_ms)?;
    for (report, mut document) in reviews.drain(..) {
        let Some(review) = report.review else { continue };
        let hand = hands.get_mut(&review.by).ok_or(PlantError::NoSuchWorker)?;
        let place = (area, report.id, report.kind);
        hand.write(place, &mut document, review.written_at, &review.values)?;
        if hand.waiting() >= BATCH {
            changes += hand.push(server, now_ms)?;
        }
    }
    changes += push_all(server, hands, now_ms)?;
    Ok(changes)
}

fn push_all(
    server: &Server,
    hands: &mut HashMap<PersonId, Hand>,
    now_ms: i64,
) -> Result<usize, PlantError> {
    hands.values_mut().map(|hand| hand.push(server, now_ms)).sum()
}

/// Where a home's records are written.
struct Row<'r> {
    area: AreaId,
    key: &'r AreaKey,
    hands: &'r mut HashMap<PersonId, Hand>,
}

impl Row<'_> {
    fn home(
        &mut self,
        home: &Home,
        reviews: &mut Vec<(Report, Document)>,
    ) -> Result<(), PlantError> {
        let premises = premises_id(&home.address_code);
        let by = home.registered_by;
        self.record(by, (premises, Kind::Premises), home.recorded_at, &home.premises)?;
        let mut residents = Vec::new();
        for (number, resident) in home.residents.iter().enumerate() {
            let id = self.residency_id(premises, number, &resident.values);
            residents.push(id);
            self.record(by, (id, Kind::Residency), resident.recorded_at, &resident.values)?;
        }
        for report in &home.reports {
            let values = with_confirmed(report, &residents);
            let place = (report.id, report.kind);
            let document = self.record(report.by, place, report.written_at, &values)?;
            if report.review.is_some() {
                reviews.push((report.clone(), document));
            }
        }
        Ok(())
    }

    fn record(
        &mut self,
        by: PersonId,
        (record, kind): (RecordId, Kind),
        written_at: i64,
        values: &[(String, Value)],
    ) -> Result<Document, PlantError> {
        let hand = self.hands.get_mut(&by).ok_or(PlantError::NoSuchWorker)?;
        let mut document = Document::genesis(kind)?;
        hand.write((self.area, record, kind), &mut document, written_at, values)?;
        Ok(document)
    }

    /// A few residents have no document yet; their place in the home stands in for its number.
    fn residency_id(&self, premises: RecordId, number: usize, values: &Values) -> RecordId {
        let document = values.iter().find(|(key, _)| key == "document_number");
        let document = document.and_then(|(_, value)| value.as_text()).map(str::to_owned);
        residency_id(self.key, premises, &document.unwrap_or_else(|| format!("none-{number}")))
    }
}

fn with_confirmed(report: &Report, residents: &[RecordId]) -> Values {
    let confirmed = report.confirmed.iter().filter_map(|place| residents.get(*place));
    let confirmed = confirmed.map(|id| (format!("confirmed.{id}"), Value::Bool(true)));
    report.values.iter().cloned().chain(confirmed).collect()
}
