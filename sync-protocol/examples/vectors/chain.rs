//! The hash chain of an area's log.

use serde_json::{Value as Json, json};
use sync_protocol::chain::{self, Link};
use sync_protocol::ids::ChangeHash;

use super::cast::{AREA, FIRST, SECOND, TIME, home, report};

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
    json!({ "area": AREA, "start": start, "links": links })
}
