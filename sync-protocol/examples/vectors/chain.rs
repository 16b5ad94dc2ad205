//! The hash chain of an area's log, and the entries of the server's own in it.

use serde_json::{Value as Json, json};
use sync_protocol::chain::{self, Link};
use sync_protocol::entries::{Arrived, Cause, Departed, Erased, ServerEntry, Terms};
use sync_protocol::ids::{AreaId, ChangeHash};

use super::cast::{AREA, FIRST, SECOND, TIME, hex, home, report};

/// `chain.json`.
pub(crate) fn vectors() -> Json {
    let mut value = chain::start(AREA);
    let start = value;
    let entries =
        [(home(), [0xa1; 32], FIRST), (home(), [0xa2; 32], SECOND), (report(), [0xa3; 32], FIRST)];
    let links: Vec<Json> = (1_u64..)
        .zip(entries)
        .map(|(seq, (record, change, device))| {
            let received_at = TIME * 1000 + i64::try_from(seq).unwrap_or_default();
            let change = ChangeHash(change);
            value = chain::next(&value, &Link { seq, record, change, device, received_at });
            json!({
                "seq": seq,
                "record": record,
                "change": change,
                "device": device.to_string(),
                "received_at": received_at,
                "chain": value,
            })
        })
        .collect();
    json!({ "area": AREA, "start": start, "links": links, "entries": servers_own(value) })
}

/// A record that leaves this area, its arrival in the next one, and one that is erased.
fn servers_own(from_chain: ChangeHash) -> Vec<Json> {
    let (record, to) = (home(), AreaId(AREA.0 + 1));
    let departed = Departed { area: AREA, seq: 3, record, to };
    let changes = vec![ChangeHash([0xa1; 32]), ChangeHash([0xa2; 32])];
    let arrived =
        Arrived { area: to, seq: 1, record, from: AREA, from_seq: 3, from_chain, changes };
    let departed = json!({
        "departed": { "area": AREA, "seq": 3, "record": record, "to": to },
        "bytes": hex(&ServerEntry::Departed(departed.clone()).to_bytes()),
        "name": ServerEntry::Departed(departed).name(),
    });
    let arrived = json!({
        "arrived": {
            "area": to, "seq": 1, "record": record, "from": AREA, "from_seq": 3,
            "from_chain": from_chain, "changes": arrived.changes,
        },
        "bytes": hex(&ServerEntry::Arrived(arrived.clone()).to_bytes()),
        "name": ServerEntry::Arrived(arrived).name(),
    });
    let at = TIME * 1000;
    let terms = Some(Terms { at, cause: Cause::Request });
    let erased = Erased { area: AREA, seq: 4, record, terms };
    let erased = json!({
        "erased": { "area": AREA, "seq": 4, "record": record, "at": at, "cause": 0 },
        "bytes": hex(&ServerEntry::Erased(erased.clone()).to_bytes()),
        "name": ServerEntry::Erased(erased).name(),
    });
    vec![departed, arrived, erased]
}
