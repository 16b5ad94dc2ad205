//! `/v1/duty`, and what an administrator changes of it under `/v1/people/{person}`: roles with dates,
//! absences, stand-ins. Days are the district's, the last one inside.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path, Query};
use chrono::NaiveDate;
use serde::Deserialize;
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use crate::absences::AbsenceId;
use crate::auth::actions::{EndAbsence, EndRole, EnterAbsence, GiveRole, NameStandIn, ReadDuty};
use crate::auth::device_care::Occasion;
use crate::calendar;
use crate::clock::now_ms;
use crate::duty;
use crate::http::error::ApiError;
use crate::http::identity::Allowed;
use crate::http::server::Server;
use crate::http::work::{act, block};
use crate::trail::Origin;

/// Where to look.
#[derive(Deserialize)]
pub(in crate::http) struct AreaQuery {
    area: Option<AreaId>,
}

/// A role, its days and why.
#[derive(Deserialize)]
pub(in crate::http) struct RoleBody {
    area: AreaId,
    role: Role,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    #[serde(default)]
    reason: String,
}

/// The days of an absence.
#[derive(Deserialize)]
pub(in crate::http) struct AbsenceBody {
    from: NaiveDate,
    until: NaiveDate,
    stand_in: Option<PersonId>,
}

/// Who stands in; nobody, if it is nothing.
#[derive(Deserialize)]
pub(in crate::http) struct StandInBody {
    stand_in: Option<PersonId>,
}

/// `GET /v1/duty`.
pub(in crate::http) async fn plan(
    staff: Allowed<ReadDuty>,
    server: Data<Server>,
    query: Query<AreaQuery>,
) -> Result<HttpResponse, ApiError> {
    let store = server.engine.store.clone();
    let found = block(move || duty::plan(&store, &staff.0, query.area, now_ms())).await??;
    let plan = found.ok_or(ApiError::refused(&codes::NOT_FOUND))?;
    Ok(HttpResponse::Ok().json(plan))
}

/// `POST /v1/people/{person}/roles`.
pub(in crate::http) async fn give_role(
    staff: Allowed<GiveRole>,
    server: Data<Server>,
    origin: Origin,
    path: Path<PersonId>,
    body: Json<RoleBody>,
) -> Result<HttpResponse, ApiError> {
    let RoleBody { area, role, from, until, reason } = body.into_inner();
    let dates = (from.map(begins).transpose()?, until.map(ends).transpose()?);
    let (post, occasion) = ((path.into_inner(), area, role), occasion(reason, origin));
    act(server, move |server| {
        duty::give_role(&server.engine.store, &staff.0, post, dates, &occasion)
    })
    .await
}

/// `POST /v1/people/{person}/roles/end`: after its last day, or now where none is said.
pub(in crate::http) async fn end_role(
    staff: Allowed<EndRole>,
    server: Data<Server>,
    origin: Origin,
    path: Path<PersonId>,
    body: Json<RoleBody>,
) -> Result<HttpResponse, ApiError> {
    let RoleBody { area, role, until, reason, .. } = body.into_inner();
    let until = until.map(ends).transpose()?;
    let (post, occasion) = ((path.into_inner(), area, role), occasion(reason, origin));
    act(server, move |server| {
        duty::end_role(&server.engine.store, &staff.0, post, until, &occasion)
    })
    .await
}

/// `POST /v1/people/{person}/absences`.
pub(in crate::http) async fn enter_absence(
    staff: Allowed<EnterAbsence>,
    server: Data<Server>,
    origin: Origin,
    path: Path<PersonId>,
    body: Json<AbsenceBody>,
) -> Result<HttpResponse, ApiError> {
    let AbsenceBody { from, until, stand_in } = body.into_inner();
    let dates = (begins(from)?, ends(until)?);
    let (who, occasion) = ((path.into_inner(), stand_in), occasion(String::new(), origin));
    act(server, move |server| {
        duty::enter_absence(&server.engine.store, &staff.0, who, dates, &occasion)
    })
    .await
}

/// `POST /v1/people/{person}/absences/{absence}/stand-in`.
pub(in crate::http) async fn name_stand_in(
    staff: Allowed<NameStandIn>,
    server: Data<Server>,
    origin: Origin,
    path: Path<(PersonId, AbsenceId)>,
    body: Json<StandInBody>,
) -> Result<HttpResponse, ApiError> {
    let (person, which) = path.into_inner();
    let (who, occasion) = ((person, body.stand_in), occasion(String::new(), origin));
    act(server, move |server| {
        duty::name_stand_in(&server.engine.store, &staff.0, who, which, &occasion)
    })
    .await
}

/// `POST /v1/people/{person}/absences/{absence}/end`.
pub(in crate::http) async fn end_absence(
    staff: Allowed<EndAbsence>,
    server: Data<Server>,
    origin: Origin,
    path: Path<(PersonId, AbsenceId)>,
) -> Result<HttpResponse, ApiError> {
    let ((person, which), occasion) = (path.into_inner(), occasion(String::new(), origin));
    act(server, move |server| {
        duty::end_absence(&server.engine.store, &staff.0, person, which, &occasion)
    })
    .await
}

fn occasion(reason: String, origin: Origin) -> Occasion {
    Occasion { reason, origin, now_ms: now_ms() }
}

fn begins(day: NaiveDate) -> Result<i64, ApiError> {
    calendar::begins(day).ok_or(ApiError::refused(&codes::DATES_WRONG))
}

fn ends(day: NaiveDate) -> Result<i64, ApiError> {
    calendar::ends(day).ok_or(ApiError::refused(&codes::DATES_WRONG))
}
