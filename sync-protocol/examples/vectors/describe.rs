//! A message in words: JSON with the names of docs/protocol.cddl.

use serde_json::{Value as Json, json};
use sync_protocol::wire::{
    Access, AreaCursor, AreaPage, BadgeCard, Configured, Item, LateVerdict, Limits, Outcome,
    RecordPush, Request, Response, Verdict, Words,
};

use super::cast::hex;

/// A request.
pub(crate) fn request(request: &Request) -> Json {
    json!({
        "protocol": request.protocol,
        "schema": request.schema,
        "app": request.app,
        "server_epoch": request.server_epoch,
        "push_id": request.push_id,
        "push": request.push.iter().map(record_push).collect::<Vec<_>>(),
        "signature": request.signature.as_ref().map(|signature| hex(signature)),
        "areas": request.areas.iter().map(area_cursor).collect::<Vec<_>>(),
        "limits": request.limits.as_ref().map(limits),
        "late_seen": request.late_seen,
        "wants_rescue_key": request.wants_rescue_key,
        "configuration": request.configuration,
        "badge": request.badge,
    })
}

fn record_push(push: &RecordPush) -> Json {
    json!({
        "area": push.area,
        "record": push.record,
        "kind": push.kind,
        "changes": push.changes.iter().map(|change| hex(change)).collect::<Vec<_>>(),
    })
}

fn area_cursor(cursor: &AreaCursor) -> Json {
    json!({
        "area": cursor.area,
        "area_epoch": cursor.area_epoch,
        "cursor": cursor.cursor,
        "chain": cursor.chain,
        "complete": cursor.complete,
        "roles": cursor.roles,
    })
}

fn limits(limits: &Limits) -> Json {
    json!({ "bytes": limits.bytes, "items": limits.items })
}

/// A response.
pub(crate) fn response(response: &Response) -> Json {
    json!({
        "protocol": response.protocol,
        "server_epoch": response.server_epoch,
        "now": response.now,
        "backoff_ms": response.backoff_ms,
        "limits": limits(&response.limits),
        "verdicts": response.verdicts.iter().map(outcome).collect::<Vec<_>>(),
        "access": response.access.iter().map(access).collect::<Vec<_>>(),
        "areas": response.areas.iter().map(area_page).collect::<Vec<_>>(),
        "late": response.late.iter().map(late).collect::<Vec<_>>(),
        "rescue_key": response.rescue_key.as_ref().map(|key| hex(key)),
        "configuration": response.configuration.as_ref().map(configured),
        "badge": response.badge.as_ref().map(badge),
    })
}

fn configured(configured: &Configured) -> Json {
    json!({ "version": configured.version, "json": configured.json })
}

fn badge(badge: &BadgeCard) -> Json {
    let portrait = badge.portrait.as_ref().map(|jpeg| hex(jpeg));
    json!({ "version": badge.version, "card_number": badge.card_number, "portrait": portrait })
}

fn late(late: &LateVerdict) -> Json {
    json!({ "number": late.number, "verdict": verdict(&late.verdict) })
}

fn verdict(verdict: &Verdict) -> Json {
    let Verdict { record, hash, outcome } = verdict;
    json!({ "record": record, "hash": hash, "outcome": self::outcome(outcome) })
}

fn outcome(outcome: &Outcome) -> Json {
    match outcome {
        Outcome::Accepted { seq } => json!({ "accepted": { "seq": seq } }),
        Outcome::Duplicate { seq } => json!({ "duplicate": { "seq": seq } }),
        Outcome::Rejected { code, field, words: said } => {
            json!({ "rejected": { "code": code, "field": field, "words": words(said) } })
        }
        Outcome::Retry { after_ms } => json!({ "retry": { "after_ms": after_ms } }),
        Outcome::Held { missing } => json!({ "held": { "missing": missing } }),
        Outcome::Dismissed { reason } => json!({ "dismissed": { "reason": reason } }),
    }
}

fn words(words: &Words) -> Json {
    json!({ "zh": words.zh, "en": words.en })
}

fn access(access: &Access) -> Json {
    match access {
        Access::Granted { area, name, roles, key } => json!({
            "granted": { "area": area, "name": words(name), "roles": roles, "key": hex(key) }
        }),
        Access::Revoked { area } => json!({ "revoked": { "area": area } }),
        Access::RoleChanged { area, roles } => {
            json!({ "role_changed": { "area": area, "roles": roles } })
        }
    }
}

fn area_page(page: &AreaPage) -> Json {
    let writer = |writer: &sync_protocol::wire::Writer| json!({ "device": writer.device.to_string(), "name": writer.name });
    json!({
        "area": page.area,
        "area_epoch": page.area_epoch,
        "head": page.head,
        "cursor": page.cursor,
        "chain": page.chain,
        "more": page.more,
        "complete": page.complete,
        "items": page.items.iter().map(item).collect::<Vec<_>>(),
        "writers": page.writers.iter().map(writer).collect::<Vec<_>>(),
    })
}

fn item(item: &Item) -> Json {
    match item {
        Item::Snapshot { seq, record, kind, document } => json!({
            "snapshot": { "seq": seq, "record": record, "kind": kind, "document": hex(document) }
        }),
        Item::Change { seq, record, kind, bytes } => json!({
            "change": { "seq": seq, "record": record, "kind": kind, "bytes": hex(bytes) }
        }),
        Item::Own { seq, hash } => json!({ "own": { "seq": seq, "hash": hash } }),
        Item::Moved { seq, record, to } => {
            json!({ "moved": { "seq": seq, "record": record, "to": to } })
        }
        Item::Tombstone { seq, record, at, cause } => {
            let cause = cause.number();
            json!({ "tombstone": { "seq": seq, "record": record, "at": at, "cause": cause } })
        }
    }
}
