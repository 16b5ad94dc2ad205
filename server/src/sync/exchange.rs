//! One request, one answer: push, then pull.

use sync_protocol::codes;
use sync_protocol::wire::{Limits, PROTOCOL, Request, Response, limits};

use super::{Engine, SyncError, pull, push};
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
    let pulled = pull::pull(engine, scope, request)?;
    Ok(Response {
        protocol: PROTOCOL,
        server_epoch: engine.server_epoch,
        now: now_ms,
        backoff_ms: 0,
        limits: Limits::SERVER,
        verdicts,
        access: pulled.access,
        areas: pulled.pages,
    })
}

fn check(request: &Request) -> Result<(), SyncError> {
    if request.protocol != PROTOCOL {
        return Err(SyncError::Refused(&codes::PROTOCOL_UNKNOWN));
    }
    let changes: usize = request.push.iter().map(|push| push.changes.len()).sum();
    if changes > limits::CHANGES || request.areas.len() > limits::AREAS {
        return Err(SyncError::Refused(&codes::BODY_TOO_LARGE));
    }
    Ok(())
}
