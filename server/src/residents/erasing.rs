//! Carrying out an erasure that two people agreed to: once, and to its end, however often it is cut
//! short. What stays elsewhere is named for the reviewers.

use sync_protocol::codes;
use sync_protocol::document::Effective;
use sync_protocol::entries::{Cause, Terms};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use super::request::{Request, RequestId, RequestKind, State};
use super::subject::{is_theirs, look};
use super::{Occasion, RequestError};
use crate::auth::StaffMay;
use crate::auth::actions::CarryOutRequest;
use crate::auth::agreement::{Agreed, agreed};
use crate::review::words::Words;
use crate::store::reports::{self, ReportAt};
use crate::store::{Db, records, requests};
use crate::sync::{Engine, erasure};
use crate::trail::{Act, note};
use crate::vault;

/// For how long nobody else carries out what somebody has begun, in milliseconds.
const PATIENCE_MS: i64 = 10 * 60 * 1000;

/// Reports of a home that are named.
const REPORTS: i64 = 50;

/// What was erased, and where to look for what is not.
#[derive(Debug, serde::Serialize)]
pub struct Erased {
    /// How many records.
    pub records: usize,
    /// Homes where the person is named as landlord or agent: that is for a request of correction.
    pub as_landlord: Vec<Place>,
    /// Reports about the homes, whose free texts may name the person.
    pub reports: Vec<ReportAt>,
    /// What cannot be looked through, in words.
    pub notice: Words,
}

/// A record.
#[derive(Debug, serde::Serialize)]
pub struct Place {
    /// Its area.
    pub area: AreaId,
    /// The record.
    pub record: RecordId,
}

/// Erases the records of a request.
///
/// # Errors
/// [`codes::NOT_FOUND`], [`codes::REQUEST_NOT_AGREED`], [`codes::REQUEST_CLOSED`],
/// [`codes::REQUEST_UNDER_WAY`], [`codes::REQUEST_PERSON_CHANGED`], or those of the database; what was
/// done until then is not done again.
pub fn erase(
    engine: &Engine,
    staff: &StaffMay<CarryOutRequest>,
    id: RequestId,
    occasion: Occasion,
) -> Result<Erased, RequestError> {
    let (agreed, left) = super::within(&engine.store, |db| begin(db, staff, id, occasion))?;
    let terms = Terms { at: occasion.now_ms, cause: Cause::Request };
    let note = super::entry(Act::RecordErased, staff, agreed.request(), occasion);
    for may in agreed.erasures() {
        erasure::erase(engine, may, terms, (&note, occasion.now_ms))?;
    }
    super::within(&engine.store, |db| finish(db, staff, id, occasion))?;
    Ok(left)
}

fn begin(
    db: &mut Db,
    staff: &StaffMay<CarryOutRequest>,
    id: RequestId,
    occasion: Occasion,
) -> Result<(Agreed, Erased), RequestError> {
    let refused = |code| Err(RequestError::Refused(code));
    let mut request = super::of_staff(db, staff, id)?;
    if request.kind != RequestKind::Erasure {
        return refused(&codes::WRONG_INPUT);
    }
    match (request.state, request.begun_at) {
        (State::Begun, Some(at)) if occasion.now_ms < at + PATIENCE_MS => {
            return refused(&codes::REQUEST_UNDER_WAY);
        }
        (State::Open | State::Begun, _) => {}
        (State::Done | State::Declined, _) => return refused(&codes::REQUEST_CLOSED),
    }
    let Some(agreed) = agreed(db, &request, occasion.now_ms)? else {
        return refused(&codes::REQUEST_NOT_AGREED);
    };
    let left = left_behind(db, &agreed)?;
    if let Some(words) = &mut request.words {
        words.begun = Some(agreed.request().digest());
    }
    request.state = State::Begun;
    request.begun_at = Some(occasion.now_ms);
    request.closed_by = Some(staff.person());
    requests::stand(db, &request)?;
    note(db, &super::entry(Act::ErasureBegun, staff, &request, occasion))?;
    Ok((agreed, left))
}

fn finish(
    db: &mut Db,
    staff: &StaffMay<CarryOutRequest>,
    id: RequestId,
    occasion: Occasion,
) -> Result<(), RequestError> {
    let mut request = super::of_staff(db, staff, id)?;
    if (request.state, request.begun_at) != (State::Begun, Some(occasion.now_ms)) {
        // Somebody took over what took too long.
        return Err(RequestError::Refused(&codes::REQUEST_UNDER_WAY));
    }
    request.state = State::Done;
    request.closed_at = Some(occasion.now_ms);
    // The request's own words are about the person too.
    request.words = None;
    requests::stand(db, &request)?;
    note(db, &super::entry(Act::RequestDone, staff, &request, occasion))?;
    Ok(())
}

/// Where the person may be named still.
///
/// # Errors
/// [`codes::REQUEST_PERSON_CHANGED`] if a record is another's by now, or in another area, and nothing was
/// erased yet; or those of the database.
fn left_behind(db: &mut Db, agreed: &Agreed) -> Result<Erased, RequestError> {
    let request: &Request = agreed.request();
    let mut homes = Vec::new();
    for (area, record) in &request.records {
        let Some(scope) = agreed.area(*area) else { continue };
        let stored = records::load(db, &scope, &[*record])?.remove(record);
        let said = stored.map(|stored| (stored.registers.kind, Effective::of(&stored.registers)));
        // One that is not there any more may be anybody's where it is: nobody there has agreed.
        let theirs = said.as_ref().is_some_and(|(kind, says)| is_theirs(request, *kind, says));
        if request.state == State::Open && !theirs {
            return Err(RequestError::Refused(&codes::REQUEST_PERSON_CHANGED));
        }
        let home = said.and_then(|(_, says)| says.text("premises")?.parse::<RecordId>().ok());
        homes.extend(home.map(|home| (scope, home)));
    }
    let mut reports = Vec::new();
    for (scope, home) in homes {
        reports.extend(reports::at(db, &scope, home, REPORTS)?);
    }
    let hits = match request.number() {
        Some(number) => look(db, &agreed.areas(), (vault::Words::Number, number))?,
        None => Vec::new(),
    };
    let homes = hits.iter().filter(|hit| hit.kind == Kind::Premises);
    let mut as_landlord: Vec<Place> =
        homes.map(|hit| Place { area: hit.scope.area(), record: hit.record }).collect();
    as_landlord.dedup_by_key(|place| place.record);
    Ok(Erased { records: request.records.len(), as_landlord, reports, notice: notice() })
}

fn notice() -> Words {
    Words {
        zh: "备注等自由填写的文字无法按姓名查找:请审核员逐一查看所列报告。".to_owned(),
        en: "Remarks and other free texts cannot be searched for a name: have a reviewer look \
             through the reports that are listed."
            .to_owned(),
    }
}
