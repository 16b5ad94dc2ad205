//! One request, one answer: push, then pull.

use std::collections::BTreeSet;

use sync_protocol::codes;
use sync_protocol::ids::ChangeHash;
use sync_protocol::wire::{Limits, Outcome, PROTOCOL, Request, Response, limits};

use super::{Engine, SyncError, late, office, pull, push};
use crate::auth::PhoneScope;

/// Answers a phone's request.
///
/// # Errors
/// [`SyncError::Refused`] when the request as a whole breaks a rule; a change that does gets a
/// verdict.
pub fn exchange(
    engine: &Engine,
    scope: &PhoneScope,
    request: &Request,
    now_ms: i64,
) -> Result<Response, SyncError> {
    check(request)?;
    let verdicts = push::push(engine, scope, request, now_ms)?;
    let noted = late_seen(engine, request);
    let pulled = pull::pull(engine, scope, request, noted, &told(&verdicts))?;
    let late = if pulled.verdicts { late::unseen(engine, scope, noted)? } else { Vec::new() };
    let office = office::news(engine, scope, request)?;
    Ok(Response {
        protocol: PROTOCOL,
        server_epoch: engine.server_epoch,
        now: now_ms,
        backoff_ms: 0,
        limits: Limits::SERVER,
        verdicts: verdicts.into_iter().map(|(_, outcome)| outcome).collect(),
        access: pulled.access,
        areas: pulled.pages,
        late,
        // The route's: the engine knows no keys.
        rescue_key: None,
        configuration: office.configuration,
        badge: office.badge,
    })
}

/// The changes of which the verdicts say that they are in the log: nothing else needs to say so.
fn told(verdicts: &[(ChangeHash, Outcome)]) -> BTreeSet<ChangeHash> {
    let is_logged =
        |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. } | Outcome::Duplicate { .. });
    verdicts.iter().filter(|(_, outcome)| is_logged(outcome)).map(|(hash, _)| *hash).collect()
}

/// What the phone noted in another life of this database says nothing about this one.
fn late_seen(engine: &Engine, request: &Request) -> u64 {
    let other_life = request.server_epoch.is_some_and(|epoch| epoch != engine.server_epoch);
    if other_life { 0 } else { request.late_seen }
}

fn check(request: &Request) -> Result<(), SyncError> {
    if request.protocol != PROTOCOL {
        return Err(SyncError::Refused(&codes::PROTOCOL_UNKNOWN));
    }
    let changes: usize = request.push.iter().map(|push| push.changes.len()).sum();
    // A record without a change has no place in a push, so there are no more records than changes.
    let many = changes.max(request.push.len()) > limits::CHANGES;
    if many || request.areas.len() > limits::AREAS {
        return Err(SyncError::Refused(&codes::BODY_TOO_LARGE));
    }
    Ok(())
}
