//! An entry as it is put together by whoever does something.

use std::net::IpAddr;

use sync_protocol::codes::Code;
use sync_protocol::ids::{AreaId, RecordId};
use uuid::Uuid;

use super::{About, Act, Actor, reason};
use crate::store::trail::Kept;

/// The outcome of what was done.
pub const DONE: &str = "done";

/// Where a request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// The network address as the server saw it.
    pub address: Option<IpAddr>,
    /// The request, as its answer names it.
    pub request: Option<Uuid>,
}

/// One entry. Nothing of it but the reason may be personal data beyond ids.
#[derive(Debug, Clone)]
pub struct Entry {
    at: i64,
    act: Act,
    actor: Actor,
    outcome: &'static str,
    times: u64,
    about: Option<About>,
    area: Option<AreaId>,
    record: Option<RecordId>,
    field: Option<String>,
    detail: Option<String>,
    origin: Origin,
    reason: Option<String>,
}

impl Entry {
    /// That somebody did something, at a time in milliseconds since 1970 UTC.
    pub fn new(act: Act, actor: Actor, at: i64) -> Self {
        Self {
            at,
            act,
            actor,
            outcome: DONE,
            times: 1,
            about: None,
            area: None,
            record: None,
            field: None,
            detail: None,
            origin: Origin::default(),
            reason: None,
        }
    }

    /// Whom or what it was done to.
    #[must_use]
    pub fn about(self, about: About) -> Self {
        Self { about: Some(about), ..self }
    }

    /// In which area.
    #[must_use]
    pub fn area(self, area: AreaId) -> Self {
        Self { area: Some(area), ..self }
    }

    /// To which record.
    #[must_use]
    pub fn record(self, record: RecordId) -> Self {
        Self { record: Some(record), ..self }
    }

    /// To which field, by its key.
    #[must_use]
    pub fn field(self, key: impl Into<String>) -> Self {
        Self { field: Some(key.into()), ..self }
    }

    /// What more there is to say and is no personal data: a route, a role, a version.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Where it came from.
    #[must_use]
    pub fn from(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// Why, in the words that somebody gave; cut at [`reason::LONGEST`] characters.
    #[must_use]
    pub fn reason(self, words: impl Into<String>) -> Self {
        Self { reason: Some(words.into()), ..self }
    }

    /// That it was refused.
    #[must_use]
    pub fn refused(self, code: &'static Code) -> Self {
        Self { outcome: code.code, ..self }
    }

    /// That it stands for so many.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: times.max(1), ..self }
    }

    /// The entry as it is kept at a place; its chain value is still to be computed.
    pub(super) fn kept(&self, place: u64) -> Kept {
        let reason = self.reason.as_deref().map(reason::salted);
        Kept {
            place,
            at: self.at,
            act: self.act.code().to_owned(),
            outcome: self.outcome.to_owned(),
            times: self.times,
            actor: self.actor.to_string(),
            about: self.about.map(|about| about.to_string()),
            area: self.area,
            record: self.record,
            field: self.field.clone(),
            detail: self.detail.clone(),
            address: self.origin.address.map(|address| address.to_string()),
            request: self.origin.request,
            reason_sha256: reason.as_deref().map(|kept| reason::sha256(kept).to_vec()),
            reason,
            chain: Vec::new(),
        }
    }
}
