//! Derived record ids, and actors.

use serde_json::{Value as Json, json};
use sync_protocol::ids::{Actor, DeviceId};
use sync_protocol::records::derived::{AreaKey, premises_id, residency_id};
use sync_protocol::records::document_number::normalised;

use super::cast::{ADDRESS_CODE, FIRST, THIRD, hex, home};

/// `ids.json`.
pub(crate) fn vectors() -> Json {
    let premises = [ADDRESS_CODE, " 2101020010030001-2x ", "2101020010030001\u{3000}-2X", "甲1栋"];
    let premises = premises.map(|code| {
        json!({ "address_code": code, "normalised": normalised(code), "record": premises_id(code) })
    });
    let residency = [
        ([1; 32], "11010519491231002X"),
        ([1; 32], " 11010519491231002x"),
        ([2; 32], "11010519491231002X"),
        ([1; 32], "E12345678"),
    ];
    let residency = residency.map(|(key, number)| {
        json!({
            "area_key": hex(&key),
            "premises": home(),
            "document_number": number,
            "normalised": normalised(number),
            "record": residency_id(&AreaKey(key), home(), number),
        })
    });
    let actors = [(FIRST, 1), (FIRST, 2), (THIRD, u32::MAX), (DeviceId(7), 0)];
    let actors = actors.map(|(device, incarnation)| {
        let actor = Actor::new(device, incarnation);
        json!({ "device": device.to_string(), "incarnation": incarnation, "actor": actor })
    });
    json!({ "premises": premises, "residency": residency, "actors": actors })
}
