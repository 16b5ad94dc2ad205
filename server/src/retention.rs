//! What goes once it has been kept for as long as the district said in its configuration. What it has
//! not said is kept. Records go the way of an erasure; each is in the audit trail. Cut short and begun
//! again it goes on with what is left.

use sync_protocol::configuration::Retention;
use sync_protocol::records::Label;

use crate::auth::Operator;
use crate::configuration;
use crate::store::retention::{self as kept, Expired};
use crate::store::{Store, StoreError, requests};
use crate::sync::{Engine, erasure};
use crate::trail::{Act, Actor, Entry};

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Why something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The person departed.
    Departed,
    /// The report was accepted.
    Accepted,
    /// The report was never handed in.
    Draft,
}

impl Rule {
    /// The key of the configuration that says how long.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Departed => "departed_days",
            Self::Accepted => "accepted_days",
            Self::Draft => "draft_days",
        }
    }

    /// What people read.
    pub const fn label(self) -> Label {
        match self {
            Self::Departed => Label::new("已离开人员的居住登记", "Stays of people who departed"),
            Self::Accepted => Label::new("已通过的报告", "Accepted reports"),
            Self::Draft => Label::new("未提交的草稿", "Drafts that were never handed in"),
        }
    }
}

/// What would go.
#[derive(Debug, Default)]
pub struct Plan {
    /// Records, each with why.
    pub records: Vec<(Rule, Expired)>,
    /// How many closed requests.
    pub requests: usize,
    /// Those closed before this go, in milliseconds since 1970 UTC.
    requests_before: Option<i64>,
}

/// What would go now.
///
/// # Errors
/// Those of the database.
pub fn plan(store: &Store, by: Operator, now_ms: i64) -> Result<Plan, StoreError> {
    store.read(|db| {
        let Retention { departed_days, accepted_days, draft_days, request_days } =
            configuration::current(db)?.retention;
        let before = |days: Option<u16>| days.map(|days| now_ms - i64::from(days) * DAY_MS);
        let mut plan = Plan::default();
        let mut add = |rule, found: Vec<Expired>| {
            plan.records.extend(found.into_iter().map(|expired| (rule, expired)));
        };
        if let Some(before) = before(departed_days) {
            add(Rule::Departed, kept::departed(db, by, before)?);
        }
        if let Some(before) = before(accepted_days) {
            add(Rule::Accepted, kept::accepted(db, by, before)?);
        }
        if let Some(before) = before(draft_days) {
            add(Rule::Draft, kept::drafts(db, by, before)?);
        }
        plan.requests_before = before(request_days);
        if let Some(before) = plan.requests_before {
            plan.requests = requests::closed_before(db, by, before)?;
        }
        Ok(plan)
    })
}

/// Erases what a plan names; `progress` hears how many records are done, and of how many.
///
/// # Errors
/// Those of the database; what was done until then is not done again.
pub fn apply(
    engine: &Engine,
    by: Operator,
    plan: &Plan,
    (actor, now_ms): (&Actor, i64),
    mut progress: impl FnMut(usize, usize),
) -> Result<(), StoreError> {
    for (number, (rule, expired)) in plan.records.iter().enumerate() {
        let entry = Entry::new(Act::RecordErased, actor.clone(), now_ms);
        let entry = entry.detail(format!("retention {}", rule.code()));
        erasure::erase(engine, expired.record, now_ms, &entry)?;
        progress(number + 1, plan.records.len());
    }
    if let Some(before) = plan.requests_before {
        engine.store.transaction(|db| requests::forget_closed(db, by, before))?;
    }
    Ok(())
}
