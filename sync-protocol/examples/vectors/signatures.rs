//! What a device signs: the statements, byte by byte, and their signatures under test keys.

use serde_json::{Value as Json, json};
use sync_protocol::badge::Badge;
use sync_protocol::ids::{ChangeHash, PushId};
use sync_protocol::keys::{DeviceKey, badge_statement, push_statement, token_statement};

use super::cast::{FIRST, hex};

/// The push that the vectors sign.
pub(crate) const PUSH: PushId =
    PushId([0x01, 0x9a, 0x6c, 0x9b, 0x74, 1, 0x7b, 1, 0x80, 2, 3, 4, 5, 6, 7, 9]);

/// The test device's key.
pub(crate) fn key() -> DeviceKey {
    DeviceKey::from_seed(std::array::from_fn(|place| u8::try_from(place).unwrap_or_default()))
}

/// `signatures.json`.
pub(crate) fn vectors() -> Json {
    let key = key();
    let nonce = [0x5a; 32];
    let token = token_statement(FIRST, &nonce);
    let pushes = [vec![[0xb1; 32], [0xb2; 32]], vec![[0xb2; 32], [0xb1; 32]], vec![[0xb1; 32]]];
    let pushes: Vec<Json> = pushes
        .into_iter()
        .map(|hashes| {
            let hashes: Vec<ChangeHash> = hashes.into_iter().map(ChangeHash).collect();
            let statement = push_statement(FIRST, PUSH, &hashes);
            json!({
                "push_id": PUSH,
                "hashes": hashes,
                "statement": hex(&statement),
                "signature": hex(&key.sign(&statement)),
            })
        })
        .collect();
    let second = 1_790_000_000;
    let badge = badge_statement(FIRST, second);
    json!({
        "device": FIRST.to_string(),
        "badge": {
            "second": second,
            "statement": hex(&badge),
            "code": Badge::sign(FIRST, second, &key).code(),
        },
        "seed": hex(&key.seed()),
        "public_key": hex(&key.public()),
        "token": {
            "nonce": hex(&nonce),
            "statement": hex(&token),
            "signature": hex(&key.sign(&token)),
        },
        "pushes": pushes,
    })
}
