//! What goes once it has been kept for as long as the district said in its configuration. What it has
//! not said is kept. Records go the way of an erasure, rows of the server's own are deleted; what went by
//! which rule is in the audit trail. Cut short and begun again it goes on with what is left.

pub mod rules;

use sync_protocol::entries::{Cause, Terms};
use sync_protocol::ids::RecordId;

use crate::auth::Operator;
use crate::configuration;
use crate::store::retention::{self as kept, Expired};
use crate::store::{Db, Store, StoreError, kept_rows};
use crate::sync::{Engine, erasure};
use crate::trail::{Act, Actor, Entry, note, note_apart};

pub use rules::{RULES, Rule, What};

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A rule with what it would erase now.
#[derive(Debug)]
pub struct Due {
    /// The rule.
    pub rule: &'static Rule,
    /// After how many days; nothing where the district keeps it.
    pub days: Option<u16>,
    /// How many go.
    pub number: usize,
    /// Since when the oldest of them could have gone but for the days, in milliseconds since 1970 UTC.
    pub oldest: Option<i64>,
    /// The records, if they are records.
    pub records: Vec<Expired>,
    /// What was over by then goes.
    before: i64,
}

/// What went, and what did not.
#[derive(Debug, Default)]
pub struct Applied {
    /// How many went by each rule.
    pub gone: Vec<(&'static Rule, usize)>,
    /// Records that could not be erased, each with why.
    pub failed: Vec<(RecordId, StoreError)>,
}

/// What these rules would erase now, in their order.
///
/// # Errors
/// Those of the database.
pub fn plan(
    store: &Store,
    by: Operator,
    rules: &[&'static Rule],
    now_ms: i64,
) -> Result<Vec<Due>, StoreError> {
    store.read(|db| {
        let retention = configuration::current(db)?.retention;
        let due = |rule: &&'static Rule| due(db, by, rule, (rule.days)(&retention), now_ms);
        rules.iter().map(due).collect()
    })
}

fn due(
    db: &mut Db,
    by: Operator,
    rule: &'static Rule,
    days: Option<u16>,
    now_ms: i64,
) -> Result<Due, StoreError> {
    let before = now_ms - i64::from(days.unwrap_or_default()) * DAY_MS;
    let mut due = Due { rule, days, number: 0, oldest: None, records: Vec::new(), before };
    match rule.what {
        _ if days.is_none() => {}
        What::Records(records) => {
            due.records = kept::expired(db, by, records, before)?;
            due.number = due.records.len();
            due.oldest = due.records.iter().map(|expired| expired.since).min();
        }
        What::Rows(rows) => (due.number, due.oldest) = kept_rows::count(db, by, rows, before)?,
    }
    Ok(due)
}

/// Erases what was planned, rule by rule; `progress` hears how many records are done, and of how many.
/// A record that was written to since it was planned stays; one that cannot be erased keeps no other.
///
/// # Errors
/// Those of the database that may be none later; what was done until then is not done again.
pub fn apply(
    engine: &Engine,
    by: Operator,
    plan: &[Due],
    (actor, now_ms): (&Actor, i64),
    mut progress: impl FnMut(usize, usize),
) -> Result<Applied, StoreError> {
    let of = plan.iter().map(|due| due.records.len()).sum();
    let mut done = 0;
    let mut applied = Applied::default();
    for due in plan.iter().filter(|due| due.number > 0) {
        let entry = |words: String| {
            let entry = Entry::new(Act::RetentionApplied, actor.clone(), now_ms);
            entry.detail(format!("{} {words}", due.rule.code))
        };
        let number = match due.rule.what {
            What::Rows(rows) => engine.store.transaction(|db| {
                let number = kept_rows::delete(db, by, rows, due.before)?;
                note(db, &entry(number.to_string()))?;
                Ok(number)
            })?,
            What::Records(records) => {
                note_apart(&engine.store, &entry(format!("begun {}", due.number)))?;
                let mut number = 0;
                for expired in &due.records {
                    let still =
                        |db: &mut Db| kept::is_expired(db, by, records, due.before, expired);
                    match erase(engine, by, (due.rule, expired), (actor, now_ms), still) {
                        Ok(gone) => number += usize::from(gone),
                        Err(error) if error.is_passing() => return Err(error),
                        Err(error) => applied.failed.push((expired.record, error)),
                    }
                    done += 1;
                    progress(done, of);
                }
                note_apart(&engine.store, &entry(number.to_string()))?;
                number
            }
        };
        applied.gone.push((due.rule, number));
    }
    Ok(applied)
}

/// Whether it went: not if it was written to since it was planned.
fn erase(
    engine: &Engine,
    by: Operator,
    (rule, expired): (&Rule, &Expired),
    (actor, now_ms): (&Actor, i64),
    still: impl Fn(&mut Db) -> Result<bool, StoreError>,
) -> Result<bool, StoreError> {
    let terms = Terms { at: now_ms, cause: Cause::Retention };
    let entry = Entry::new(Act::RecordErased, actor.clone(), now_ms);
    let entry = entry.detail(format!("retention {}", rule.code));
    let (may, place) = (by.may_erase(expired.record), (expired.area, still));
    Ok(!erasure::erase_if(engine, may, terms, (&entry, now_ms), place)?.is_empty())
}
