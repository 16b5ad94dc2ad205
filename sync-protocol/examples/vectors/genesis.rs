//! The genesis change of each kind: bytes, hash, and the texts that it makes.

use serde_json::{Value as Json, json};
use sync_protocol::document::genesis;
use sync_protocol::records::Kind;

use super::cast::hex;

/// `genesis.json`.
pub(crate) fn vectors() -> Json {
    let kinds: Vec<Json> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let texts: Vec<Json> = (2..=genesis::max_op(kind))
                .map(
                    |counter| json!({ "key": genesis::text_of(kind, counter), "counter": counter }),
                )
                .collect();
            json!({
                "kind": kind.code(),
                "number": kind.number(),
                "schema": format!("{}/1", kind.code()),
                "bytes": hex(genesis::bytes(kind)),
                "hash": genesis::hash(kind),
                "max_op": genesis::max_op(kind),
                "texts": texts,
            })
        })
        .collect();
    json!({ "actor": genesis::ACTOR, "kinds": kinds })
}
