//! The residents' side: looking somebody up, and what a resident can ask of the district: to be told
//! what is held about them, to have it corrected, to have it erased. A request is taken in by staff,
//! agreed to by two others, carried out once; every step is in the audit trail. It knows neither HTTP
//! nor SQL.

pub mod access;
pub mod agreeing;
pub mod closing;
pub mod corrections;
pub mod erasing;
pub mod intake;
pub mod paper;
pub mod request;
pub mod roster;
pub mod search;
mod subject;
mod turns;
pub mod view;

use sync_protocol::codes::{self, Code};

use self::request::{Request, RequestId};
use crate::auth::{Act, StaffMay};
use crate::store::{Db, Store, StoreError, requests};
use crate::trail::{self, Actor, Origin};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// It may not be done, or there is nothing to do it to.
    #[error("{}", .0.message.en)]
    Refused(&'static Code),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The paper could not be drawn.
    #[error(transparent)]
    Paper(#[from] paper::PaperError),
}

/// From where and when something is done.
#[derive(Debug, Clone, Copy)]
pub struct Occasion {
    /// Where the request came from.
    pub origin: Origin,
    /// When, in milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// One transaction of an engine: refusals come before anything is written, so they end it as it began.
fn within<T>(
    store: &Store,
    work: impl FnOnce(&mut Db) -> Result<T, RequestError>,
) -> Result<T, RequestError> {
    store.transaction(|db| match work(db) {
        Err(RequestError::Store(error)) => Err(error),
        answer => Ok(answer),
    })?
}

/// A request, locked, if the person may do this in every area that it touches; of others nothing is
/// read, so that theirs and none are refused alike.
fn of_staff<A: Act>(
    db: &mut Db,
    staff: &StaffMay<A>,
    id: RequestId,
) -> Result<Request, RequestError> {
    requests::lock(db, id, &staff.areas())?.ok_or(RequestError::Refused(&codes::NOT_FOUND))
}

/// An entry of the trail about a request.
fn entry<A: Act>(
    act: trail::Act,
    staff: &StaffMay<A>,
    request: &Request,
    occasion: Occasion,
) -> trail::Entry {
    trail::Entry::new(act, Actor::Staff(staff.person()), occasion.now_ms)
        .area(request.area)
        .record(request.record)
        .detail(format!("{} {}", request.kind.code(), request.id.0))
        .from(occasion.origin)
}
