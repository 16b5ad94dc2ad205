//! Messages of `POST /v1/sync`, each variant at least once. What changes and documents hold is not
//! looked at here: short stand-ins keep the vectors readable.

use serde_json::{Value as Json, json};
use sync_protocol::codes;
use sync_protocol::entries::Cause;
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::records::{Kind, Role, Roles};
use sync_protocol::wire::{
    Access, AreaCursor, AreaPage, BadgeCard, Configured, Item, LateVerdict, Limits, Outcome,
    PROTOCOL, RecordPush, Request, Response, Verdict, Words, Writer, encode,
};

use super::cast::{AREA, CELL, EPOCH, FIRST, SECOND, TIME, hex, home, report};
use super::describe;
use super::signatures::{PUSH, key};

/// `messages.json`.
pub(crate) fn vectors() -> Json {
    let requests = requests().into_iter().map(|(name, message)| {
        told(name, "request", &encode(&message), describe::request(&message))
    });
    let responses = responses().into_iter().map(|(name, message)| {
        told(name, "response", &encode(&message), describe::response(&message))
    });
    json!({ "messages": requests.chain(responses).collect::<Vec<_>>() })
}

fn told(name: &str, rule: &str, bytes: &[u8], message: Json) -> Json {
    json!({ "name": name, "rule": rule, "cbor": hex(bytes), "message": message })
}

fn requests() -> Vec<(&'static str, Request)> {
    let first = Request::idle("vectors 1.0");
    let wants_key = Request { wants_rescue_key: true, ..first.clone() };
    let cursors = Request {
        server_epoch: Some(EPOCH),
        areas: vec![up_to_date(), begun()],
        limits: Some(Limits::PHONE),
        late_seen: 1_790_000_000_123,
        configuration: Some(0),
        badge: Some(2),
        ..first.clone()
    };
    vec![
        ("the first request of a new phone", first),
        ("nothing to say: two areas, one of them still being fetched", cursors.clone()),
        ("a push of two records", pushing(cursors)),
        ("a phone that has no rescue key yet", wants_key),
    ]
}

fn pushing(request: Request) -> Request {
    let first = RecordPush {
        area: AREA,
        record: home(),
        kind: Kind::Premises,
        changes: vec![vec![1; 12].into(), vec![2; 30].into()],
    };
    let (area, kind) = (CELL, Kind::Visit);
    let second = RecordPush { area, record: report(), kind, changes: vec![vec![3; 300].into()] };
    let push = vec![first, second];
    let names: Vec<ChangeHash> = push
        .iter()
        .flat_map(|record| &record.changes)
        .map(|change| sync_protocol::keys::change_name(change))
        .collect();
    let statement = sync_protocol::keys::push_statement(FIRST, PUSH, &names);
    let signature = Some(key().sign(&statement).to_vec().into());
    Request { push_id: Some(PUSH), push, signature, ..request }
}

fn up_to_date() -> AreaCursor {
    AreaCursor {
        area: AREA,
        area_epoch: 1,
        cursor: 70_000,
        chain: Some(ChangeHash([0xc1; 32])),
        complete: true,
        roles: Roles::FIELD.bits(),
    }
}

fn begun() -> AreaCursor {
    let roles = Roles::REVIEW.bits();
    AreaCursor { area: CELL, area_epoch: 0, cursor: 0, chain: None, complete: false, roles }
}

fn responses() -> Vec<(&'static str, Response)> {
    let empty = Response {
        protocol: PROTOCOL,
        server_epoch: EPOCH,
        now: TIME * 1000,
        backoff_ms: 0,
        limits: Limits::SERVER,
        verdicts: Vec::new(),
        access: Vec::new(),
        areas: Vec::new(),
        late: Vec::new(),
        rescue_key: None,
        configuration: None,
        badge: None,
    };
    let busy = Response { backoff_ms: 30_000, ..empty.clone() };
    let judged = Response { verdicts: outcomes(), ..empty.clone() };
    let access = Response { access: access(), ..empty.clone() };
    let changes = Response { areas: vec![changes()], ..empty.clone() };
    let documents = Response { areas: vec![documents(), put_off()], ..empty.clone() };
    let late = Response { late: late(), ..empty.clone() };
    let key = super::rescue::district().public();
    let rescue = Response { rescue_key: Some(key.to_vec().into()), ..empty.clone() };
    let office =
        Response { configuration: Some(configured()), badge: Some(badge()), ..empty.clone() };
    vec![
        ("nothing new", empty),
        ("the server wants to be left alone for 30 seconds", busy),
        ("a verdict of every outcome", judged),
        ("access granted, revoked, changed", access),
        ("changes: somebody else's, the phone's own, a record that moved away", changes),
        ("whole documents, and a page without items because the answer is full", documents),
        ("late verdicts", late),
        ("the district's rescue key", rescue),
        ("another configuration, and another badge", office),
    ]
}

fn configured() -> Configured {
    Configured { version: 3, json: r#"{"due": {"visit_days": 180}, "extra": []}"#.to_owned() }
}

fn badge() -> BadgeCard {
    let portrait = Some(vec![0xff, 0xd8, 0xff].into());
    BadgeCard { version: 2, card_number: Some("SY-00042".to_owned()), portrait }
}

fn verdict(number: u8, outcome: Outcome) -> Verdict {
    Verdict { record: home(), hash: ChangeHash([number; 32]), outcome }
}

fn outcomes() -> Vec<Outcome> {
    let field = Some("tier".to_owned());
    vec![
        Outcome::Accepted { seq: 70_001 },
        Outcome::Duplicate { seq: 23 },
        Outcome::rejected(&codes::FIELD_FORBIDDEN, field),
        Outcome::rejected(&codes::NOT_A_CHANGE, None),
        Outcome::Retry { after_ms: 500 },
        Outcome::Held { missing: vec![ChangeHash([7; 32]), ChangeHash([8; 32])] },
    ]
}

fn late() -> Vec<LateVerdict> {
    let dismissed = Outcome::Dismissed { reason: "Entered twice".to_owned() };
    vec![
        LateVerdict {
            number: 1_790_000_000_123,
            verdict: verdict(6, Outcome::Accepted { seq: 70_009 }),
        },
        LateVerdict { number: 1_790_000_000_124, verdict: verdict(3, dismissed) },
    ]
}

fn access() -> Vec<Access> {
    vec![
        Access::Granted {
            area: AREA,
            name: Words { zh: "兴工社区".into(), en: "Xinggong community".into() },
            roles: vec![Role::Coordinator, Role::Inspector],
            key: vec![1; 32].into(),
        },
        Access::Revoked { area: CELL },
        Access::RoleChanged { area: AREA, roles: vec![Role::Reviewer] },
    ]
}

fn page() -> AreaPage {
    AreaPage {
        area: AREA,
        area_epoch: 1,
        head: 70_003,
        cursor: 70_003,
        chain: Some(ChangeHash([0xc2; 32])),
        more: false,
        complete: true,
        items: Vec::new(),
        writers: Vec::new(),
    }
}

fn changes() -> AreaPage {
    let record: RecordId = home();
    let kind = Kind::Premises;
    AreaPage {
        items: vec![
            Item::Change { seq: 70_001, record, kind, bytes: vec![9; 20].into() },
            Item::Own { seq: 70_002, hash: ChangeHash([1; 32]) },
            Item::Moved { seq: 70_003, record: report(), to: CELL },
            Item::Tombstone {
                seq: 70_004,
                record: home(),
                at: 1_795_000_000_000,
                cause: Cause::Request,
            },
        ],
        writers: vec![Writer { device: SECOND, name: "王芳".into() }],
        ..page()
    }
}

fn documents() -> AreaPage {
    let kind = Kind::Inspection;
    AreaPage {
        cursor: 512,
        chain: None,
        more: true,
        complete: false,
        items: vec![Item::Snapshot {
            seq: 512,
            record: report(),
            kind,
            document: vec![4; 40].into(),
        }],
        ..page()
    }
}

fn put_off() -> AreaPage {
    AreaPage { area: CELL, head: 24, cursor: 0, chain: None, more: true, complete: false, ..page() }
}
